"""The order of reviews, and the clock that runs for each."""

from datetime import timedelta

import pytest

from routing.rules.conduct_words import Category
from routing.rules.reports import Report, ReportKind, Statement
from routing.rules.review import look_again_at, promise_of, severity, stage_at
from tests.routing.stories import BEGINNING, on, terms

# Written on a Monday at noon; to be decided by the end of Tuesday.
REPORT = Report("r1", "ana", BEGINNING, Statement(ReportKind.ABUSE, "CA1", "ana"))
DUE = BEGINNING.replace(hour=0) + timedelta(days=2)


def test_threats_come_first_and_prank_calls_last() -> None:
    said = [Statement(ReportKind.ABUSE, "CA1", "ana", category=one) for one in Category]
    ranks = {one.category: severity(one) for one in said}
    assert sorted(ranks.values()) == [0, 1, 1, 1, 2, 3, 4]
    assert [name for name, rank in ranks.items() if rank != 1] == [
        "threat",
        "sexual",
        "derogatory",
        "swearing",
    ]
    assert severity(Statement(ReportKind.NUISANCE, "CA1", "ana")) == 5


@pytest.mark.parametrize(
    ("minutes", "stage", "next_minutes"),
    [
        (0, "", 5),
        (4, "", 5),
        (5, "unseen", 36 * 60),
        (36 * 60 - 1, "unseen", 36 * 60),
        (36 * 60, "overdue-1", 60 * 60),
        (60 * 60 - 1, "overdue-1", 60 * 60),
        (60 * 60, "overdue-2", 84 * 60),
    ],
)
def test_a_report_that_nobody_opened(minutes: int, stage: str, next_minutes: int) -> None:
    promise, at = promise_of(REPORT, terms()), BEGINNING + timedelta(minutes=minutes)
    assert promise.due_at == DUE
    assert stage_at(REPORT, promise, at) == stage
    assert look_again_at(promise, at) == BEGINNING + timedelta(minutes=next_minutes)


def test_a_report_that_was_opened_is_only_ever_overdue() -> None:
    seen = Report("r1", "ana", BEGINNING, REPORT.statement, seen_at=on(0), seen_by="rita")
    promise = promise_of(seen, terms())
    assert [stage_at(seen, promise, on(day)) for day in (0.1, 1, 2)] == ["", "", "overdue-1"]
