"""Every decision about a new call says why (docs/policy.md 30), and there is one whatever the standing."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.schema import Destination
from routing.rules.answers import Answer
from routing.rules.caller import Override, Standing, Treatment, recognise
from routing.rules.decisions import KINDS, Rule, as_json
from routing.rules.phone_numbers import read_number
from routing.rules.route import Load, route_new_call
from tests.routing.builders import MONDAY_NOON, SUNDAY_NOON, a_caller, a_config, a_line, told

EARLIER = ["state_unreadable", "protected", "identity_unsure", "closed", "email_only"]
LATER = [
    "closed_hours",
    "nobody_signed_in",
    "team_leader",
    "slow_queue",
    "specialist",
    "promised_call",
    "menu",
]


def trace_of(caller: Any, *, waiting: int = 0) -> list[tuple[str, bool]]:
    load = Load({"slow": waiting}, owner_is_free=True)
    decision = route_new_call(caller, line=a_line(), config=a_config(), load=load, at=MONDAY_NOON)
    return [(line.rule.value, line.matched) for line in decision.because.trace]


@pytest.mark.parametrize(
    ("caller", "asked"),
    [
        (a_caller(unreadable=True), EARLIER[:1]),
        (a_caller(protected=True), EARLIER[:2]),
        (a_caller("closed"), EARLIER[:4]),
        (a_caller("email_only"), EARLIER),
        (a_caller("team_leader"), [*EARLIER, *LATER[:3]]),
        (a_caller("slow_queue"), [*EARLIER, *LATER[:3], "nuisance_full", "slow_queue"]),
        (a_caller("specialist"), [*EARLIER, *LATER[:5]]),
        (a_caller(owner="ann"), [*EARLIER, *LATER[:6]]),
        (a_caller(), [*EARLIER, *LATER]),
    ],
    ids=lambda it: "" if isinstance(it, list) else None,
)
def test_the_trace_holds_every_rule_that_was_asked_and_only_the_last_matched(
    caller: Any, asked: list[str]
) -> None:
    assert trace_of(caller) == [(rule, rule == asked[-1]) for rule in asked]


def test_a_full_slow_queue_is_in_the_trace() -> None:
    assert trace_of(a_caller("slow_queue"), waiting=5)[-1] == ("nuisance_full", True)


def test_an_unsure_identity_matches_in_the_trace_but_never_decides() -> None:
    trace = trace_of(a_caller("closed", withheld=True))
    assert [rule for rule, matched in trace if matched] == ["identity_unsure", "menu"]


@pytest.mark.parametrize(
    ("caller", "identity", "offences"),
    [
        (a_caller("specialist", offences=["o1", "o2"]), "sure", ["o1", "o2"]),
        (a_caller("specialist", offences=["o1", "o2"], shared=True), "shared", []),
        (a_caller("specialist", offences=["o1"], spoofed=True), "spoofed", []),
        (a_caller("specialist", offences=["o1"], lapsed=True), "link_lapsed", []),
        (a_caller(withheld=True), "withheld", []),
    ],
)
def test_offences_are_named_only_when_the_caller_is_known(
    caller: Any, identity: str, offences: list[str]
) -> None:
    decision = route_new_call(caller, line=a_line(), config=a_config(), load=Load(), at=MONDAY_NOON)
    because = as_json(decision)["because"]
    assert (because["identity"], because["offences"]) == (identity, offences)
    assert because["config_version"] == 0


@pytest.mark.parametrize(
    ("emergency", "decision"),
    [
        (Destination(queue="urgent"), "enqueue urgent, by protected"),
        (Destination(menu="main"), "menu main, by protected"),
        (Destination(message="closed_hours"), "say_and_hang_up closed_hours, by protected"),
    ],
)
def test_a_protected_caller_takes_the_lines_emergency_route_out_of_hours(
    emergency: Destination, decision: str
) -> None:
    line = a_line("office").model_copy(update={"emergency": emergency})
    out_of_hours, in_hours = (
        told(route_new_call(a_caller(protected=True), line=line, config=a_config(), load=Load(), at=at))
        for at in (SUNDAY_NOON, MONDAY_NOON)
    )
    assert (out_of_hours, in_hours) == (decision, "enqueue urgent, by protected")


moments = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
treatments = st.sampled_from(Treatment)
standings = st.builds(
    Standing,
    treatment=treatments,
    override=st.none() | st.builds(Override, treatments, moments, st.just("why"), st.just("ops")),
    offences=st.lists(st.text(max_size=5), max_size=3).map(tuple),
    is_protected=st.booleans(),
    is_shared=st.booleans(),
    last_contact=st.none() | moments,
    callback_owner=st.sampled_from(["", "ann"]),
)
loads = st.builds(
    Load,
    st.dictionaries(st.sampled_from(["slow", "general"]), st.integers(0, 9)),
    st.integers(0, 2),
    owner_is_free=st.booleans(),
)


@settings(max_examples=300, deadline=None)
@given(
    standing=st.none() | standings,
    shown=st.sampled_from(["+14155550142", "anonymous", "", "client:x"]),
    verification=st.sampled_from(["", "TN-Validation-Passed-A", "TN-Validation-Failed-B"]),
    line=st.sampled_from(["support", "office"]),
    load=loads,
    at=moments,
)
def test_every_caller_gets_a_decision_that_can_be_explained_and_kept(
    standing: Standing | None, shown: str, verification: str, line: str, load: Load, at: datetime
) -> None:
    caller = recognise(read_number(shown, "US"), standing, verification=verification, at=at, link_days=90)
    decision = route_new_call(caller, line=a_line(line), config=a_config(), load=load, at=at)
    assert isinstance(decision, tuple(KINDS.values()))
    matched = [asked.rule for asked in decision.because.trace if asked.matched]
    assert matched[-1] is decision.because.rule
    assert set(matched[:-1]) <= {Rule.IDENTITY_UNSURE}
    assert json.loads(json.dumps(as_json(decision)))["because"]["rule"] == matched[-1]
    answer = Answer(decision, "en", line, 1)
    assert Answer.from_parts(json.loads(json.dumps(answer.parts()))) == answer
    if caller.identity_is_sure and standing and standing.treatment_at(at) is Treatment.CLOSED:
        assert decision.because.rule in {Rule.PROTECTED, Rule.CLOSED}
