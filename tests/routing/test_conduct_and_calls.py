"""From what stands in the ledger to what the next call hears: the ladder meets the rules of routing."""

from datetime import datetime

import pytest

from routing.rules.caller import recognise
from routing.rules.conduct_events import Fact, Protected
from routing.rules.decisions import Rule
from routing.rules.phone_numbers import read_number
from routing.rules.route import Load, route_new_call
from routing.store.standing import decode, derived
from tests.routing.builders import a_config, a_line, told
from tests.routing.stories import (
    at_stage,
    by_hand,
    nuisance,
    on,
    quashed,
    reported,
    terms,
    upheld,
)
from tests.routing.stories import told as fact

PROTECTED = fact(Protected, 32, need="allow extra time")


def called(
    facts: list[Fact],
    at: datetime,
    *,
    shown: str = "+14155550142",
    verification: str = "",
    closed_allowed: bool = True,
    **marks: str,
) -> str:
    """What the line does with a call; `marks` are fields set by hand under the number."""
    standing = decode(derived("c1", facts, terms(closed_allowed=closed_allowed)) | marks)
    caller = recognise(read_number(shown, "US"), standing, verification=verification, at=at, link_days=90)
    config = a_config(closed_allowed=closed_allowed)
    return told(route_new_call(caller, line=a_line(), config=config, load=Load(), at=at))


@pytest.mark.parametrize(
    ("facts", "day", "decision"),
    [
        ([reported("o1", 0)], 1, "enqueue team_leader, by team_leader"),
        (upheld("o1", 0), 1, "menu main, by menu"),
        (at_stage(2), 12, "enqueue specialist, by specialist"),
        (at_stage(3), 22, "say_and_hang_up email_only, by email_only"),
        (at_stage(3), 201, "enqueue specialist, by specialist"),
        (at_stage(4), 32, "say_and_hang_up closed, by closed"),
        (at_stage(4), 600, "menu main, by menu"),
        ([*at_stage(2), *quashed("o2", 12)], 14, "menu main, by menu"),
        (nuisance("n1", 0), 1, "enqueue slow, by slow_queue"),
        ([*at_stage(4), PROTECTED], 33, "enqueue urgent, by protected"),
        ([by_hand("email_only", 0, 8)], 1, "say_and_hang_up email_only, by email_only"),
        ([by_hand("email_only", 0, 8)], 9, "menu main, by menu"),
    ],
    ids=[
        "an open report: the team leader",
        "the first offence: as everybody",
        "the second: a specialist",
        "the third: in writing",
        "…for 180 days",
        "the fourth, signed: closed",
        "all spent: as everybody",
        "an appeal won: as everybody, without anybody calling or pressing anything",
        "pranks: the slow queue",
        "protected: urgent, whatever the stage",
        "by hand: in writing",
        "…until its day",
    ],
)
def test_what_the_next_call_meets(facts: list[Fact], day: float, decision: str) -> None:
    assert called(facts, on(day)) == decision


@pytest.mark.parametrize("shown", ["anonymous", "unknown", "911"])
def test_a_number_that_is_not_shown_is_never_flagged(shown: str) -> None:
    assert called(at_stage(4), on(32), shown=shown) == f"menu main, by {Rule.MENU}"


def test_of_two_callers_on_one_number_neither_is_flagged() -> None:
    assert called(at_stage(4), on(32), shared="1") == "menu main, by menu"


def test_a_number_that_may_be_false_is_not_flagged() -> None:
    found = called(at_stage(4), on(32), verification="TN-Validation-Failed-C")
    assert found == "menu main, by menu"


def test_a_line_that_closes_nobody_out_keeps_to_writing() -> None:
    found = called(at_stage(4), on(32), closed_allowed=False)
    assert found == "say_and_hang_up email_only, by email_only"


def test_the_offences_that_count_are_the_reason() -> None:
    standing = decode(derived("c1", at_stage(2), terms()))
    assert standing.as_of(on(12)).offences == ("o1", "o2")
    assert standing.as_of(on(366)).offences == ("o2",)
