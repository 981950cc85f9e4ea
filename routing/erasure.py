"""What is known of a caller goes; that it was there, and who erased it, stays (docs/policy.md 31)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from config.now import moment
from config.observe import log
from routing.call_history import calls_since
from routing.callers import Seen
from routing.floor import Floor
from routing.rules.conduct import standing_at
from routing.rules.conduct_events import Fact, Judged, NuisanceReported, Reported
from routing.rules.reports import Report

DEADLINE = "forget"  # the kind of the deadline of a report that could not be de-identified yet
US = "calmline"
# Spent offences are known by name for so long (docs/policy.md 31).
KEPT_AFTER = timedelta(days=30)
_LOOK_AGAIN = timedelta(days=7)
_AT_ONCE = 200
# A mark of the number itself: it protects whoever else rings from there.
_OF_THE_NUMBER = ("shared",)


@dataclass(frozen=True, slots=True)
class Gone:
    """How much was erased: parts of the ledger, reports, messages, wishes and notes, entries of the audit."""

    parts: int
    reports: int
    left: int
    audited: int


def erase(floor: Floor, seen: Seen, *, by: str, why: str) -> Gone:
    """All of a caller that this storey keeps. Safe to repeat: the ledger, which names the rest, goes last.

    Raises StoreAway, NoConfigError, LedgerBroken, NotKept.
    """
    reports = sum(
        floor.callers.forget_report(fact.id)
        for fact in seen.facts
        if isinstance(fact, Reported | NuisanceReported)
    )
    left = sum(floor.callers.forget_left(number) for number in seen.numbers)
    left += floor.callers.forget_wrap_ups(_calls(floor, seen))
    audited = floor.callers.mask_audit(seen.numbers, seen.id)
    floor.callers.forget_profile(seen.id)
    addresses = {seen.address, *(link.address for link in seen.links)} - {""}
    for address in addresses:
        floor.callers.forget_standing(address, _OF_THE_NUMBER)
    floor.callers.note("erase", seen.id, by=by, at=seen.at)
    parts = 0
    if seen.caller:
        parts = floor.offences.erase(seen.caller, floor.terms(), by=by, why=why, at=seen.at, words_only=False)
    log.info("caller_erased", caller=seen.id, parts=parts, reports=reports)
    return Gone(parts, reports, left, audited)


def de_identify(floor: Floor, report_id: str) -> None:
    """The words about a report whose offence has long been spent go, and its record; safe to repeat.

    One that is not to go yet is looked at again by a deadline. Raises StoreAway, NoConfigError, LedgerBroken,
    NotKept.
    """
    report = floor.reports.find(report_id)
    if report is None:
        return
    now = floor.clock.now(floor.store)
    facts = floor.offences.dossiers.known(report.caller).facts if report.caller else ()
    if (later := _not_before(floor, report, facts, now)) is not None:
        floor.deadlines.set(DEADLINE, report_id, later)
        return
    about = {fact.id for fact in facts if report_id in (fact.id, _subject(fact))}
    floor.offences.erase(
        report.caller,
        floor.terms(),
        by=US,
        why="spent for 30 days",
        at=now,
        words_only=True,
        fact_ids=about,
    )
    floor.callers.forget_report(report_id)


def de_identify_the_next(floor: Floor) -> int:
    """Reports that have come of age since the last run, at most _AT_ONCE of them; how many were looked at.

    Raises what `de_identify` raises.
    """
    now = floor.clock.now(floor.store)
    before = now - timedelta(days=floor.terms().conduct.offence_days) - KEPT_AFTER
    found = floor.callers.come_of_age(before, _AT_ONCE)
    for report_id, at in found:
        de_identify(floor, report_id)
        floor.callers.is_forgotten_until(at)
    return len(found)


def _not_before(floor: Floor, report: Report, facts: tuple[Fact, ...], now: datetime) -> datetime | None:
    """When to look again; None for a report that is to go now."""
    if not report.caller:
        return now + _LOOK_AGAIN
    if held := floor.callers.held(report.caller):
        return max(moment(held.until_ms), now + _LOOK_AGAIN)
    if not any(isinstance(fact, Judged) and fact.report == report.id for fact in facts):
        return now + _LOOK_AGAIN
    accounts = standing_at(facts, floor.terms(), now).accounts
    spent = next((one.spent_at for one in accounts if one.report == report.id), None)
    lived = report.at + timedelta(days=floor.terms().conduct.offence_days)
    goes = max(spent or lived, lived) + KEPT_AFTER
    return goes if now < goes else None


def _calls(floor: Floor, seen: Seen) -> set[str]:
    """The calls from the caller's numbers that the call log still has."""
    keys = [floor.caller_key(number) for number in seen.numbers]
    return {call.call_sid for key in keys for call in calls_since(floor, caller=key)}


def _subject(fact: Fact) -> str:
    """The report that a verdict, an appeal or a remedy is about."""
    return getattr(fact, "report", "") or getattr(fact, "offence", "")
