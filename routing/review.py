"""A reviewer opens a report and gives the verdict (docs/policy.md 9-11)."""

from dataclasses import dataclass
from datetime import timedelta

from config.observe import log
from routing import filing
from routing.floor import Floor
from routing.rules.audiences import Kind
from routing.rules.conduct_events import Judged
from routing.rules.conduct_refusals import AlreadyDecided, OwnReport, UnknownReport
from routing.rules.conduct_words import Finding
from routing.rules.reports import Report, ReportKind
from routing.store.reports import DEADLINE
from routing.what_follows import Follows, facts_of, what_follows

_LOOK_AFTER = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answers to the two questions. `second_listener`: what somebody else who was there heard."""

    finding: Finding
    protocol_followed: bool
    note: str = ""
    second_listener: str = ""


class SecondListenerMissing(Exception):
    """Nobody can listen again to what was not recorded: somebody else has to say that he heard it."""


def found(floor: Floor, report_id: str) -> Report:
    """Raises StoreAway, UnknownReport."""
    report = floor.reports.find(report_id)
    if report is None:
        raise UnknownReport("There is no report under this id.")
    return report


def opened(floor: Floor, report_id: str, *, by: str, reviews: bool) -> Report:
    """The report for somebody to read, which is audited; the first reviewer who opens it has seen it.

    Raises StoreAway, UnknownReport.
    """
    report, at = found(floor, report_id), floor.clock.now(floor.store)
    floor.reports.looked(report_id, "see_report", by=by, at=at)
    if reviews and not is_own(report, by):
        floor.reports.is_seen(report_id, by=by, at=at)
    return report


def is_own(report: Report, person: str) -> bool:
    """True for whoever reported, and for the adviser whom the caller spoke to."""
    return person in (report.by, report.statement.adviser)


def judge(floor: Floor, report_id: str, verdict: Verdict, *, by: str) -> Follows:
    """The verdict, once it is on disk; the same again is answered again, and another one is refused.

    Raises UnknownReport, OwnReport, AlreadyDecided, SecondListenerMissing, NoConfigError, and what
    `filing.file` raises.
    """
    report = found(floor, report_id)
    if is_own(report, by):
        raise OwnReport("Whoever reported, or was on the call, does not review it; somebody else has to.")
    _check_heard(report, verdict)
    caller = filing.file(floor, report)
    judged = Judged(
        id=f"verdict-{report_id}-{by}",
        at=floor.clock.now(floor.store),
        by=by,
        report=report_id,
        finding=verdict.finding,
        protocol_followed=verdict.protocol_followed,
        second_listener=bool(verdict.second_listener),
    )
    words = "\n".join(filter(None, (verdict.note, verdict.second_listener)))
    # Should we not get to the end of this, somebody looks whether the ledger has the verdict.
    floor.deadlines.set_by(DEADLINE, report_id, judged.at + _LOOK_AFTER)
    floor.offences.append(caller, judged, floor.terms(), words=words)
    _check_same(floor, caller, judged)
    close(floor, report_id, by=by)
    return what_follows(floor, caller, report_id)


def close(floor: Floor, report_id: str, *, by: str) -> None:
    """It has its verdict; safe to repeat."""
    if floor.reports.is_decided(report_id):
        floor.events.add(Kind.REPORT, {"id": report_id, "state": "decided", "by": by})
        log.info("report_decided", report=report_id)


def verdict_on(floor: Floor, report: Report) -> Judged | None:
    """What the ledger has; None while the report is open. Raises StoreAway, LedgerBroken."""
    if not report.is_filed:
        return None
    judged = (one for one in facts_of(floor, report.caller) if isinstance(one, Judged))
    return next((one for one in judged if one.report == report.id), None)


def _check_heard(report: Report, verdict: Verdict) -> None:
    said = report.statement
    is_abuse = said.kind is ReportKind.ABUSE and verdict.finding is Finding.UPHELD
    if is_abuse and not said.recorded and not verdict.second_listener:
        raise SecondListenerMissing(
            "The call was not recorded: it can be upheld only with what a second listener says he heard"
        )


def _check_same(floor: Floor, caller: str, judged: Judged) -> None:
    """The ledger takes the same fact twice by its id alone: what this reviewer answered first stays."""
    kept = next((one for one in facts_of(floor, caller) if one.id == judged.id), judged)
    assert isinstance(kept, Judged)
    if _answers(kept) != _answers(judged):
        raise AlreadyDecided("You have decided this report already, and otherwise.")


def _answers(one: Judged) -> tuple[Finding, bool, bool]:
    return one.finding, one.protocol_followed, one.second_listener
