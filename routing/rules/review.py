"""The order in which reports are reviewed, and when one should be seen and decided (docs/policy.md 5)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from routing.rules.accounts import Terms
from routing.rules.conduct_words import FOR_LEGAL, Category
from routing.rules.reports import Report, Statement

# Ended without two warnings only for these (docs/policy.md 3).
IMMEDIATE = FOR_LEGAL | {Category.SEXUAL}
_BY_SEVERITY = (
    {Category.THREAT},
    FOR_LEGAL - {Category.THREAT},
    {Category.SEXUAL},
    {Category.DEROGATORY},
    {Category.SWEARING},
)
_DAY = timedelta(days=1)


def severity(said: Statement) -> int:
    """0 is the gravest; what has no category, as a prank call, comes last."""
    ranks = (rank for rank, kinds in enumerate(_BY_SEVERITY) if said.category in kinds)
    return next(ranks, len(_BY_SEVERITY))


@dataclass(frozen=True, slots=True)
class Promise:
    """By when somebody should have opened a report, and by when it should be decided."""

    seen_by: datetime
    due_at: datetime


def promise_of(report: Report, terms: Terms) -> Promise:
    """The clock starts when the report was written."""
    conduct = terms.conduct
    return Promise(
        report.at + timedelta(minutes=conduct.review_seen_min),
        terms.business_days_after(report.at, conduct.review_due_business_days),
    )


def stage_at(report: Report, promise: Promise, at: datetime) -> str:
    """How late an open report is: "" for not, `unseen`, or `overdue-N` on the Nth day past its due moment."""
    if at >= promise.due_at:
        return f"overdue-{(at - promise.due_at) // _DAY + 1}"
    return "unseen" if at >= promise.seen_by and report.seen_at is None else ""


def look_again_at(promise: Promise, at: datetime) -> datetime:
    """When it may be later than it is now."""
    if at < promise.seen_by:
        return promise.seen_by
    if at < promise.due_at:
        return promise.due_at
    return promise.due_at + _DAY * ((at - promise.due_at) // _DAY + 1)
