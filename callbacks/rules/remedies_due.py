"""What the conduct policy owes a caller at a moment, and when to look again (docs/policy.md 11-15)."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from routing.rules.accounts import Account, Terms
from routing.rules.conduct import ConductStanding
from routing.rules.conduct_events import AppealDecided, Appealed, Fact, Judged
from routing.rules.remedies import Remedy


def follow_ups(standing: ConductStanding) -> Mapping[str, Account]:
    """The offences that owe a follow-up call which was neither made nor let go."""
    return {
        one.report: one
        for one in standing.accounts
        if one.counts
        and one.remedy is Remedy.FOLLOW_UP_CALL
        and one.delivered_at is None
        and not one.is_waived
    }


def overdue(standing: ConductStanding, at: datetime) -> list[Account]:
    """The offences whose follow-up call we should have made by now (docs/policy.md 12).

    The remedies of later stages wait for the caller: who does not ring again is nobody's neglect.
    """
    owed = [one for one in standing.accounts if one.remedy is Remedy.FOLLOW_UP_CALL]
    return [one for one in owed if one.overdue_at is not None and one.overdue_at <= at]


def waiting_appeals(facts: tuple[Fact, ...], terms: Terms) -> dict[str, datetime]:
    """By offence: when an appeal that nobody has decided should have been (docs/policy.md 15)."""
    decided = {one.offence for one in facts if isinstance(one, AppealDecided)}
    days = terms.conduct.appeal_decision_business_days
    return {
        one.offence: terms.business_days_after(one.at, days)
        for one in facts
        if isinstance(one, Appealed) and one.offence not in decided
    }


def next_look(
    standing: ConductStanding, facts: tuple[Fact, ...], terms: Terms, at: datetime
) -> datetime | None:
    """The next moment that matters if nobody writes anything before; None when none does."""
    return min((moment for moment in _moments(standing, facts, terms) if moment > at), default=None)


def _moments(standing: ConductStanding, facts: tuple[Fact, ...], terms: Terms) -> Iterator[datetime]:
    yield from (one.overdue_at for one in standing.accounts if one.overdue_at)
    yield from (one.spent_at for one in standing.accounts if one.spent_at)
    # A notice that people have to post, of a verdict or of an appeal.
    for fact in facts:
        if isinstance(fact, Judged | AppealDecided):
            yield terms.business_days_after(fact.at, terms.conduct.notice_business_days)
    yield from waiting_appeals(facts, terms).values()
    if standing.restriction is not None:
        yield standing.restriction.review_at
    if standing.until is not None:
        yield standing.until
    if standing.protection_review_at is not None:
        yield standing.protection_review_at
