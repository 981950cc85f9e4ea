"""Reports about a caller for tests: written, filed in the ledger, upheld."""

from datetime import datetime, timedelta
from typing import Any

from routing import filing
from routing.floor import Floor
from routing.rules.conduct_events import Judged
from routing.rules.conduct_words import Category, Finding, Target
from routing.rules.reports import Report, ReportKind, Statement
from routing.store.reports import new_report_id

NUMBER = "+14155550142"


def a_report(floor: Floor, *, adviser: str = "ana", days_ago: float = 0, **special: Any) -> Report:
    """A report of abuse, filed in the ledger."""
    said = {"call": "CA1", "number": NUMBER, "words": "You are a fool.", "line": "support"} | special
    report_id = new_report_id()
    statement = Statement(
        ReportKind.ABUSE, adviser=adviser, category=Category.SWEARING, target=Target.ADVISER, **said
    )
    floor.reports.write(report_id, statement, by=adviser)
    if days_ago:
        _write_back(floor, report_id, floor.clock.now(floor.store) - timedelta(days=days_ago))
    filing.file(floor, _found(floor, report_id))
    return _found(floor, report_id)


def upheld(floor: Floor, report: Report, *, note: str = "") -> None:
    """By rita, at once."""
    verdict = Judged(
        id=f"v-{report.id}",
        at=report.at,
        by="rita",
        report=report.id,
        finding=Finding.UPHELD,
    )
    floor.offences.append(report.caller, verdict, floor.terms(), words=note)
    floor.reports.is_decided(report.id)


def _found(floor: Floor, report_id: str) -> Report:
    found = floor.reports.find(report_id)
    assert found is not None
    return found


def _write_back(floor: Floor, report_id: str, at: datetime) -> None:
    ms = int(at.timestamp() * 1000)
    floor.store.client.hset(floor.keys.report(report_id), "at_ms", ms)
    for key in (floor.keys.reports, floor.keys.reports_open):
        floor.store.client.zadd(key, {report_id: ms})
