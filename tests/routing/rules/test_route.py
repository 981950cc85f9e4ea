"""Where a new call goes: the design's order of rules, as tables."""

from datetime import timedelta
from itertools import combinations
from typing import Any

import pytest

from routing.rules.caller import Treatment
from routing.rules.decisions import Decision, PlayMenu, SayAndHangUp
from routing.rules.route import Load, route_new_call
from tests.routing.builders import MONDAY_NOON, SUNDAY_NOON, a_caller, a_config, a_line, told

SECOND = timedelta(seconds=1)
MENU = "menu main, by menu"
UNSURE = ["withheld", "placeholder", "not_a_number", "shared", "spoofed", "lapsed"]


def route(
    *,
    closed_hours: bool = False,
    agents: int = 0,
    signed_in: int = 0,
    slow_calls_waiting: int = 0,
    slow_calls: int | None = 5,
    closed_allowed: bool = True,
    owner_is_free: bool = True,
    **caller: Any,
) -> Decision:
    """What a call is told; what is not a matter of line or load describes the caller."""
    at = SUNDAY_NOON if closed_hours else MONDAY_NOON
    return route_new_call(
        a_caller(**{"at": at} | caller),
        line=a_line("office" if closed_hours else "support"),
        config=a_config(closed_allowed=closed_allowed, slow_calls=slow_calls),
        load=Load({"slow": slow_calls_waiting}, agents, signed_in, owner_is_free),
        at=at,
    )


@pytest.mark.parametrize(
    ("caller", "decision"),
    [
        ({}, MENU),
        ({"treatment": "specialist"}, "enqueue specialist, by specialist"),
        ({"treatment": "slow_queue"}, "enqueue slow, by slow_queue"),
        ({"treatment": "team_leader"}, "enqueue team_leader, by team_leader"),
        ({"treatment": "email_only"}, "say_and_hang_up email_only, by email_only"),
        ({"treatment": "closed"}, "say_and_hang_up closed, by closed"),
        ({"protected": True}, "enqueue urgent, by protected"),
        ({"unreadable": True}, "enqueue general, by state_unreadable"),
        ({"owner": "ann"}, "connect ann, by promised_call"),
        ({"owner": "ann", "owner_is_free": False}, MENU),
    ],
)
def test_each_treatment_has_its_place(caller: dict[str, Any], decision: str) -> None:
    assert told(route(**caller)) == decision


@pytest.mark.parametrize("unsure", UNSURE)
@pytest.mark.parametrize("treatment", Treatment)
def test_a_treatment_never_meets_a_caller_who_may_be_somebody_else(treatment: str, unsure: str) -> None:
    assert told(route(treatment=treatment, owner="ann", **{unsure: True})) == MENU


@pytest.mark.parametrize("unsure", UNSURE)
def test_a_protected_caller_is_protected_also_when_the_identity_is_unsure(unsure: str) -> None:
    assert told(route(treatment="closed", protected=True, **{unsure: True})) == "enqueue urgent, by protected"


@pytest.mark.parametrize("unsure", UNSURE)
def test_an_unsure_identity_does_not_open_a_closed_line(unsure: str) -> None:
    decision = route(treatment="closed", closed_hours=True, **{unsure: True})
    assert told(decision) == "say_and_hang_up closed_hours, by closed_hours"


# Each situation that a rule is for, in the design's order.
IN_ORDER: dict[str, dict[str, Any]] = {
    "enqueue general, by state_unreadable": {"unreadable": True},
    "enqueue urgent, by protected": {"protected": True},
    "say_and_hang_up closed, by closed": {"treatment": "closed"},
    "say_and_hang_up email_only, by email_only": {"treatment": "email_only"},
    "say_and_hang_up closed_hours, by closed_hours": {"closed_hours": True},
    "say_and_hang_up nobody_signed_in, by nobody_signed_in": {"agents": 2},
    "enqueue team_leader, by team_leader": {"treatment": "team_leader"},
    "enqueue general, by nuisance_full": {"treatment": "slow_queue", "slow_calls_waiting": 5},
    "enqueue slow, by slow_queue": {"treatment": "slow_queue"},
    "enqueue specialist, by specialist": {"treatment": "specialist"},
    "connect ann, by promised_call": {"owner": "ann"},
    MENU: {},
}
PAIRS = [
    (first, second)
    for first, second in combinations(IN_ORDER, 2)
    if not {"treatment"} & set(IN_ORDER[first]) & set(IN_ORDER[second])
]


@pytest.mark.parametrize(("first", "second"), PAIRS, ids=[f"{a} / {b}".replace(" ", "_") for a, b in PAIRS])
def test_an_earlier_rule_beats_a_later_one(first: str, second: str) -> None:
    assert told(route(**(IN_ORDER[first] | IN_ORDER[second]))) == first


@pytest.mark.parametrize(
    ("until", "decision"),
    [
        (MONDAY_NOON + SECOND, "say_and_hang_up closed, by closed"),
        (MONDAY_NOON, "enqueue specialist, by specialist"),
        (MONDAY_NOON - SECOND, "enqueue specialist, by specialist"),
    ],
    ids=["a second to go", "ends now", "ended"],
)
def test_an_override_ends_and_the_derived_treatment_counts_again(until: Any, decision: str) -> None:
    assert told(route(treatment="specialist", override="closed", override_ends=until)) == decision


def test_an_override_may_also_lift_a_treatment() -> None:
    assert told(route(treatment="closed", override="normal")) == MENU


def test_an_essential_service_closes_nobody_out() -> None:
    decision = route(treatment="closed", closed_allowed=False)
    assert isinstance(decision, SayAndHangUp)
    assert told(decision) == "say_and_hang_up email_only, by email_only"


@pytest.mark.parametrize(
    ("waiting", "limit", "decision"),
    [
        (0, 5, "enqueue slow, by slow_queue"),
        (4, 5, "enqueue slow, by slow_queue"),
        (5, 5, "enqueue general, by nuisance_full"),
        (6, 5, "enqueue general, by nuisance_full"),
        (0, 0, "enqueue general, by nuisance_full"),
        (999, None, "enqueue slow, by slow_queue"),
    ],
)
def test_nuisance_callers_never_fill_the_line(waiting: int, limit: int | None, decision: str) -> None:
    assert told(route(treatment="slow_queue", slow_calls_waiting=waiting, slow_calls=limit)) == decision


@pytest.mark.parametrize(
    ("agents", "signed_in", "decision"),
    [
        (0, 0, MENU),
        (1, 1, MENU),
        (9, 1, MENU),
        (1, 0, "say_and_hang_up nobody_signed_in, by nobody_signed_in"),
        (9, 0, "say_and_hang_up nobody_signed_in, by nobody_signed_in"),
    ],
)
def test_nobody_signed_in_is_asked_only_where_there_are_agents(
    agents: int, signed_in: int, decision: str
) -> None:
    assert told(route(agents=agents, signed_in=signed_in)) == decision


def test_the_first_menu_is_the_lines_own() -> None:
    line = a_line().model_copy(update={"menu": "evening"})
    decision = route_new_call(a_caller(), line=line, config=a_config(), load=Load(), at=MONDAY_NOON)
    assert decision == PlayMenu("evening", decision.because)
