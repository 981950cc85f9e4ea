"""All that a reviewer is shown of one report."""

from dataclasses import dataclass

from routing import review
from routing.floor import Floor
from routing.review_list import ReportState
from routing.rules.accounts import Why
from routing.rules.conduct_events import AppealDecided, Appealed, Judged, NuisanceReported
from routing.rules.conduct_words import Finding
from routing.rules.dossier import Dossier
from routing.rules.reports import Report
from routing.what_follows import facts_of, standing_of


@dataclass(frozen=True, slots=True)
class AppealRead:
    """An appeal in the words of whoever took it down; `decision` is None while it is open."""

    asked: Appealed
    grounds: str
    decision: AppealDecided | None


@dataclass(frozen=True, slots=True)
class Case:
    """A report, verdict and appeal if there are any, and what was reported before, the oldest first."""

    report: Report
    state: ReportState
    recording_sid: str
    verdict: Judged | None
    verdict_note: str
    appeal: AppealRead | None
    earlier: tuple[tuple[Why, Report], ...]


def case_of(floor: Floor, report: Report) -> Case:
    """What a reviewer reads. Raises StoreAway, LedgerBroken, NoConfigError."""
    is_open = floor.reports.is_open(report.id)
    verdict = review.verdict_on(floor, report)
    return Case(
        report,
        ReportState.OPEN if is_open else ReportState.DECIDED,
        recording_of(floor, report),
        verdict,
        floor.offences.dossiers.words(verdict.id) if verdict else "",
        _appeal(floor, report) if verdict else None,
        _earlier(floor, report) if report.is_filed else (),
    )


def recording_of(floor: Floor, report: Report) -> str:
    """Twilio's SID; "" for none. It may have come after the report was written. Raises StoreAway."""
    said = report.statement
    if report.recording_sid or not said.call.startswith("CA"):
        return report.recording_sid
    return floor.conversations.of(said.call).get("recording_sid", "")


def _appeal(floor: Floor, report: Report) -> AppealRead | None:
    facts = facts_of(floor, report.caller)
    asked = (one for one in facts if isinstance(one, Appealed) and one.offence == report.id)
    first = next(asked, None)
    if first is None:
        return None
    found = Dossier(facts, facts[-1].at).appeal_of(report.id)
    return AppealRead(first, floor.offences.dossiers.words(first.id), found.decision if found else None)


def _earlier(floor: Floor, report: Report) -> tuple[tuple[Why, Report], ...]:
    whys = {one.report: one.why for one in standing_of(floor, report.caller).accounts}
    whys |= _of_nuisance(floor, report.caller)
    kept = floor.reports.of(one for one in whys if one != report.id)
    before = sorted((one for one in kept if one.at <= report.at), key=lambda one: one.at)
    return tuple((whys[one.id], one) for one in before)


def _of_nuisance(floor: Floor, caller: str) -> dict[str, Why]:
    """Prank calls have no account of their own on the ladder."""
    facts = facts_of(floor, caller)
    dossier = Dossier(facts, max((fact.at for fact in facts), default=floor.clock.now(floor.store)))
    verdicts = dossier.verdicts
    return {one.id: _why(verdicts.get(one.id)) for one in dossier.all(NuisanceReported)}


def _why(verdict: Judged | None) -> Why:
    if verdict is None:
        return Why.REPORT_OPEN
    return Why.COUNTS if verdict.finding is Finding.UPHELD else Why(verdict.finding.value)
