"""What follows when a report was written: the ledger has it, reviewers hear of it, leaders if it is late."""

from datetime import timedelta

from config.observe import log
from routing import alarms, filing, review
from routing.floor import Floor
from routing.rules.audiences import Kind
from routing.rules.conduct_refusals import AlreadyReported, FactRefused
from routing.rules.reports import Report
from routing.rules.review import look_again_at, promise_of, stage_at
from routing.store.dossiers import LedgerBroken
from routing.store.on_disk import NotKept
from routing.store.reports import DEADLINE

UNFILED, ESCALATED = "reports_unfiled", "reports_escalated"  # what is counted for /metrics
_AGAIN_AFTER = timedelta(minutes=1)
_WRITTEN = "written"


def look(floor: Floor, report_id: str) -> None:
    """A deadline of a report has come; safe to repeat. Raises StoreAway, NoConfigError."""
    report = floor.reports.find(report_id)
    if report is None or not floor.reports.is_open(report_id):
        return
    if not floor.reports.was_told(report_id, _WRITTEN):
        alarms.tell_reviewers(floor, report)
        floor.reports.is_told(report_id, _WRITTEN, floor.clock.now(floor.store))
    is_filed = _is_filed(floor, report)
    if floor.reports.is_open(report_id):
        _watch(floor, report, is_filed=is_filed)


def _is_filed(floor: Floor, report: Report) -> bool:
    """A ledger that takes nothing costs no report: it stays in the list, alarms, and is tried again."""
    try:
        filing.file(floor, report)
        if verdict := _verdict(floor, report.id):
            review.close(floor, report.id, by=verdict)
    except AlreadyReported:
        # One call reported twice by one adviser is one report; it is the earlier one.
        log.warning("report_is_a_repeat", report=report.id)
        review.close(floor, report.id, by=filing.US)
    except (LedgerBroken, NotKept, FactRefused, OSError) as broken:
        log.error("report_unfiled", report=report.id, because=type(broken).__name__)
        floor.reports.count(UNFILED)
        return False
    return True


def _verdict(floor: Floor, report_id: str) -> str:
    """Who gave the verdict that is in the ledger already, as after a fault between the two; "" for nobody."""
    filed = floor.reports.find(report_id)
    verdict = review.verdict_on(floor, filed) if filed else None
    return verdict.by if verdict else ""


def _watch(floor: Floor, report: Report, *, is_filed: bool) -> None:
    """Somebody above the reviewers hears, once, that a report was not seen, and daily that it is overdue."""
    now, promise = floor.clock.now(floor.store), promise_of(report, floor.terms())
    stage = stage_at(report, promise, now)
    if stage and not floor.reports.was_told(report.id, stage):
        _escalate(floor, report, stage)
    again = look_again_at(promise, now)
    floor.deadlines.set(DEADLINE, report.id, again if is_filed else min(again, now + _AGAIN_AFTER))


def _escalate(floor: Floor, report: Report, stage: str) -> None:
    """Mails first: a repeat sends none twice, and what is told once is not lost."""
    alarms.tell_leaders(floor, report, stage)
    if not floor.reports.is_told(report.id, stage, floor.clock.now(floor.store)):
        return
    state = stage.partition("-")[0]
    floor.events.add(Kind.REPORT, {"id": report.id, "state": state})
    floor.reports.count(f"{ESCALATED}:{state}")
    log.warning("report_escalated", report=report.id, stage=stage)
