"""The lengths of the conduct policy to the second: what holds until when (docs/policy.md 7, 14, 15, 17)."""

from datetime import timedelta

import pytest

from routing.rules.conduct import course, standing_at
from routing.rules.conduct_events import Fact
from tests.routing.stories import (
    account,
    at_stage,
    by_hand,
    nuisance,
    on,
    quashed,
    reported,
    spoken,
    terms,
    upheld,
)

SECOND = timedelta(seconds=1)
ONE = [*upheld("o1", 0), spoken("o1", 0.2)]

ENDS: list[tuple[str, list[Fact], float, tuple[int, str], tuple[int, str]]] = [
    ("an offence after 365 days", ONE, 365, (1, "normal"), (0, "normal")),
    ("the first of two", at_stage(2), 365, (2, "specialist"), (1, "normal")),
    ("the second of two", at_stage(2), 375, (1, "normal"), (0, "normal")),
    ("a restriction after 180 days", at_stage(3), 20 + 1 / 24 + 180, (3, "email_only"), (3, "specialist")),
    ("a nuisance mark after 30", nuisance("n1", 0), 30 + 1 / 24, (0, "slow_queue"), (0, "normal")),
    ("a treatment by hand", [by_hand("closed", 0, 8)], 8, (0, "closed"), (0, "normal")),
]


@pytest.mark.parametrize(
    ("facts", "day", "before", "after"), [row[1:] for row in ENDS], ids=[row[0] for row in ENDS]
)
def test_what_ends_ends_to_the_second(
    facts: list[Fact], day: float, before: tuple[int, str], after: tuple[int, str]
) -> None:
    end = on(day)
    found = [standing_at(facts, terms(), at) for at in (end - SECOND, end, end + SECOND)]
    assert [(one.stage, one.treatment.value) for one in found] == [before, after, after]


@pytest.mark.parametrize(("facts", "day"), [(row[1], row[2]) for row in ENDS], ids=[row[0] for row in ENDS])
def test_the_course_that_is_written_down_changes_at_that_second(facts: list[Fact], day: float) -> None:
    """No process has to change it on the day."""
    assert on(day) in [phase.since for phase in course(facts, terms())]


@pytest.mark.parametrize(
    ("later", "stage"),
    [(timedelta(hours=24) - SECOND, 1), (timedelta(hours=24), 2), (timedelta(hours=24) + SECOND, 2)],
    ids=["a second less than 24 hours", "24 hours", "a second more"],
)
def test_an_episode_ends_to_the_second(later: timedelta, stage: int) -> None:
    day = later / timedelta(days=1)
    assert standing_at([*ONE, *upheld("o2", day)], terms(), on(3)).stage == stage


def test_an_episode_ends_with_the_delivery_of_its_remedy_only_after_its_hours() -> None:
    delivered = [*upheld("o1", 0), spoken("o1", 3)]
    before = standing_at([*delivered, *upheld("o2", 3 - 1 / 86400)], terms(), on(4))
    after = standing_at([*delivered, *upheld("o2", 3 + 1 / 86400)], terms(), on(4))
    assert (before.stage, after.stage) == (1, 2)
    assert account(before, "o2").why == "same_episode"


def test_the_team_leader_owns_the_next_call_to_the_end_of_the_fifth_business_day() -> None:
    facts = [reported("o1", 0)]  # a Monday; five business days on is the Monday after
    end = on(7).replace(hour=0) + timedelta(days=1)
    found = [standing_at(facts, terms(), at).treatment.value for at in (end - SECOND, end)]
    assert found == ["team_leader", "normal"]


@pytest.mark.parametrize("stage", [1, 2, 3, 4])
def test_a_won_appeal_against_every_offence_is_as_if_nothing_had_been(stage: int) -> None:
    facts = at_stage(stage)
    for offence in range(1, stage + 1):
        facts += quashed(f"o{offence}", 32)
    found = standing_at(facts, terms(), on(34))
    assert (found.stage, found.treatment, found.offences, found.gate) == (0, "normal", (), None)
    assert (found.restriction, found.unsigned) == (None, ())
