"""A month of conduct in figures: counted from the facts of each caller (docs/policy.md 33)."""

from datetime import UTC, datetime, timedelta

import pytest

from config.policy_numbers import Conduct
from routing.rules.conduct_events import Fact
from routing.rules.conduct_figures import (
    Pattern,
    Repeat,
    Tally,
    in_queue_s,
    middle,
    month_of,
    ninth_tenth,
    year_to,
)
from routing.rules.conduct_words import Finding, Outcome
from tests.routing.stories import (
    appealed,
    at_stage,
    by_hand,
    decided,
    judged,
    nuisance,
    on,
    quashed,
    reported,
    signed_by_both,
    spoken,
    upheld,
)

ZONE = "America/New_York"
FOURTH = [*at_stage(3), *upheld("o4", 25)]


def tally(*callers: list[Fact], day: float = 60, month: int = 1) -> Tally:
    """January 2026 (it ends on day 26) as it is seen on day 60."""
    counted = Tally(month_of(2026, month, ZONE), year_to(2026, month, ZONE), on(day), Conduct())
    for facts in callers:
        counted.add(facts)
    return counted


def test_an_empty_month() -> None:
    found = tally()
    assert (found.reports, found.open, found.not_upheld, found.overturned) == (0, 0, 0, 0)
    assert (middle(found.hours), ninth_tenth(found.hours)) == (None, None)
    assert found.repeat_after(1).rate is None
    assert found.patterns() == []


def test_a_month_counted_by_hand() -> None:
    found = tally(
        at_stage(2),  # o1 on day 0 and o2 on day 10, each upheld an hour later
        [*upheld("p1", 3), *quashed("p1", 5)],
        [reported("q1", 4), judged("q1", 5, "not_upheld")],
        [reported("r1", 6), judged("r1", 8, "inconclusive")],
        [reported("s1", 20), judged("s1", 40)],  # decided in February
        nuisance("n1", 7),
        [by_hand("slow_queue", 9, 12)],
    )
    assert (found.reports, found.nuisance_reports, found.overrides) == (6, 1, 1)
    assert found.verdicts == {Finding.UPHELD: 3, Finding.NOT_UPHELD: 1, Finding.INCONCLUSIVE: 1}
    assert (found.not_upheld, found.overturned, found.open) == (2, 1, 1)
    assert found.nuisance_verdicts == {Finding.UPHELD: 1}
    assert sorted(round(hours, 3) for hours in found.hours) == [1, 1, 1, 24, 48]
    assert (round(middle(found.hours) or 0, 3), ninth_tenth(found.hours)) == (1, 48)


def test_a_verdict_is_of_the_month_in_which_it_was_given() -> None:
    facts = [reported("s1", 20), judged("s1", 40)]
    assert tally(facts, month=2).verdicts == {Finding.UPHELD: 1}
    assert (tally(facts, month=2).reports, tally(facts, month=2).open) == (0, 0)


def test_the_month_is_that_of_the_zone() -> None:
    """Day 26 at 12:00 UTC is 31 January; seventeen hours later it is February in New York."""
    last = [reported("o1", 26 + 16.9 / 24)]
    assert (tally(last).reports, tally(last, month=2).reports) == (1, 0)
    first = [reported("o1", 26 + 17 / 24)]
    assert (tally(first).reports, tally(first, month=2).reports) == (0, 1)


def test_december_ends_with_the_year() -> None:
    december = month_of(2026, 12, ZONE)
    assert december.until.astimezone(UTC) == datetime(2027, 1, 1, 5, tzinfo=UTC)
    assert year_to(2026, 12, ZONE).since.astimezone(UTC) == datetime(2026, 1, 1, 5, tzinfo=UTC)
    assert year_to(2026, 11, ZONE).since.astimezone(UTC) == datetime(2025, 12, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("facts", "day", "stage", "repeat"),
    [
        (at_stage(1), 60, 1, Repeat(1, 0)),
        (at_stage(2), 60, 1, Repeat(1, 1)),
        (at_stage(2), 60, 2, Repeat(1, 0)),
        (at_stage(3), 60, 2, Repeat(1, 1)),
        ([*at_stage(1), *upheld("o2", 40)], 60, 1, Repeat(1, 1)),
        ([*at_stage(1), *upheld("o2", 40)], 39, 1, Repeat(1, 0)),
        ([*at_stage(2), *quashed("o2", 12)], 60, 1, Repeat(1, 0)),
        ([*at_stage(1), *quashed("o1", 2)], 60, 1, Repeat(0, 0)),
        ([*upheld("o1", 0), *upheld("o2", 0.5)], 60, 1, Repeat(1, 0)),
        ([*upheld("o1", 0), *upheld("o2", 10)], 60, 1, Repeat(1, 0)),
        ([*at_stage(1), reported("o2", 40)], 60, 1, Repeat(1, 0)),
        (FOURTH, 60, 3, Repeat(1, 1)),
        (FOURTH, 60, 4, Repeat(0, 0)),
        ([*FOURTH, *signed_by_both("o4", 40)], 60, 4, Repeat(1, 0)),
    ],
    ids=[
        "nothing more happened",
        "a second offence after the follow-up call",
        "…which nothing followed",
        "a third",
        "the second came in the month after",
        "…and is not known before",
        "one that was quashed is no repeat",
        "nor did it reach a stage",
        "two within a day are one",
        "what came before the remedy belongs to the first",
        "a report is no offence yet",
        "a fourth that nobody signed is after the third",
        "…and no fourth",
        "…until both have",
    ],
)
def test_the_repeat_rate_after_each_stage(facts: list[Fact], day: float, stage: int, repeat: Repeat) -> None:
    assert tally(facts, day=day).repeat_after(stage) == repeat


def test_the_rate_is_of_all_callers_at_the_stage() -> None:
    found = tally(at_stage(2), [*upheld("p1", 3), spoken("p1", 4)], upheld("q1", 30)).repeat_after(1)
    assert (found, found.rate) == (Repeat(2, 1), 0.5)


def test_appeals_are_of_the_month_in_which_they_were_decided() -> None:
    facts = [*upheld("o1", 0), appealed("o1", 1), decided("o1", 40, "varied", treatment="normal")]
    assert tally(facts).overturned == 0
    assert tally(facts, month=2).appeals == {Outcome.VARIED: 1}


def some_reports(by: str, count: int, *findings: str, day: float = 0) -> list[list[Fact]]:
    """Each about another caller; the first ones with these verdicts."""
    callers: list[list[Fact]] = []
    for index in range(count):
        facts = [reported(f"{by}{index}", day, by=by)]
        facts += [judged(f"{by}{index}", day + 1, finding) for finding in findings[index : index + 1]]
        callers.append(facts)
    return callers


def test_advisers_are_shown_as_a_pattern_from_five_reports_on() -> None:
    found = tally(
        *some_reports("ben", 6, "upheld", "not_upheld", "inconclusive", "not_upheld"),
        *some_reports("ana", 5),
        *some_reports("zoe", 4, "not_upheld", "not_upheld", "not_upheld", "not_upheld"),
        *some_reports("carl", 5, day=-400),
    ).patterns()
    assert found == [Pattern("ana", 5, 0, 0), Pattern("ben", 6, 1, 3)]
    assert [one.share_not_upheld for one in found] == [None, 0.75]


def test_the_pattern_is_of_twelve_months() -> None:
    a_year_ago = some_reports("ana", 5, day=-340)  # 30 January 2025
    assert tally(*a_year_ago).patterns() == []
    assert tally(*some_reports("ana", 5, day=-330)).patterns() == [Pattern("ana", 5, 0, 0)]


@pytest.mark.parametrize(("count", "tenth"), [(1, 1), (2, 2), (9, 9), (10, 9), (11, 10), (20, 18), (100, 90)])
def test_nine_in_ten_do_not_exceed_the_ninth_tenth(count: int, tenth: int) -> None:
    assert ninth_tenth(range(count, 0, -1)) == tenth


@pytest.mark.parametrize(
    ("steps", "waited_s", "slow_s"),
    [
        ([], 0, 0),
        ([(0, "slow")], 600, 600),
        ([(0, ""), (20, "slow")], 600, 600),
        ([(0, "general")], 600, 0),
        ([(0, "slow"), (100, "urgent")], 130, 100),
        ([(0, "general"), (100, "slow")], 130, 30),
        ([(0, "slow"), (100, "")], 100, 100),
        ([(0, "slow"), (100, "general"), (150, "slow")], 200, 150),
        ([(0, "slow"), (50, "slow")], 80, 80),
        ([(0, "general"), (500, "slow")], 100, 0),
    ],
)
def test_what_a_call_waited_in_the_slow_queue(
    steps: list[tuple[int, str]], waited_s: float, slow_s: float
) -> None:
    at = [(on(0) + timedelta(seconds=second), queue) for second, queue in steps]
    assert in_queue_s("slow", at, waited_s) == slow_s
