"""A caller as agents and as supervisors see him."""

from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, RootModel

from callbacks.ledger import Ledger
from callbacks.rules.states import Kind
from routing.callers import Seen, is_number, override_reason
from routing.floor import Floor
from routing.rules.accounts import Account, Why
from routing.rules.caller import Identity, Treatment
from routing.rules.conduct_events import Reported
from routing.rules.conduct_words import Category
from routing.rules.remedies import Remedy
from routing.rules.reports import Report
from routing.rules.standing_words import reasons, why_told

_NOBODY = "team leader"


class Promised(BaseModel):
    """A call that we promised him and have not made."""

    id: str
    kind: Kind
    due_at: str | None


class AgentsView(BaseModel):
    """What helps on the call. `banner` is "" unless a report about an earlier call waits for its verdict."""

    id: str
    label: str
    support_need: str
    banner: str
    promised: list[Promised]


class OffenceRow(BaseModel):
    """A report with a verdict; `why` it counts or does not, `said` is the same in words."""

    id: str
    at: str | None
    category: Category | None
    counts: bool
    why: Why
    said: str
    stage_at_verdict: int
    spent_at: str | None
    remedy: Remedy | None
    delivered_at: str | None
    overdue_at: str | None


class OpenReport(BaseModel):
    """A report that waits for its verdict."""

    id: str
    at: str | None


class OverrideRow(BaseModel):
    """A treatment that somebody set by hand."""

    treatment: Treatment
    until: str
    reason: str
    by: str


class LinkRow(BaseModel):
    """An address; `lapsed`: not heard of for so long that it may be somebody else's by now."""

    address: str
    since: str
    last_contact: str | None
    lapsed: bool


class SupervisorsView(AgentsView):
    """Everything. `treatment` is what policy or hand gives; it is applied only while identity is sure."""

    identity: Identity
    treatment: Treatment
    stage: Literal[0, 1, 2, 3, 4]
    reasons: list[str]
    offences: list[OffenceRow]
    open_reports: list[OpenReport]
    protected: bool
    shared: bool
    nuisance_until: str | None
    override: OverrideRow | None
    links: list[LinkRow]


class View(RootModel[SupervisorsView | AgentsView]):
    """Everything for supervisors and admins, what helps on the call for all others."""


def agents_view(floor: Floor, ledger: Ledger, seen: Seen) -> dict[str, Any]:
    """As JSON takes it. Of a number that does not tell who it is, only the number is known."""
    tells = seen.identity is Identity.SURE
    view = AgentsView(
        id=seen.id,
        label=_label(seen, tells),
        support_need=seen.support_need if tells else "",
        banner=_banner(floor, seen) if tells else "",
        promised=_promised(floor, ledger, seen),
    )
    return view.model_dump(mode="json")


def supervisors_view(floor: Floor, seen: Seen) -> dict[str, Any]:
    """What supervisors see beyond; as JSON takes it."""
    override = seen.override
    facts = {fact.id: fact for fact in seen.facts if isinstance(fact, Reported)}
    return {
        "label": _label(seen, True),
        "support_need": seen.support_need,
        "identity": seen.identity,
        "treatment": seen.treatment,
        "stage": seen.conduct.stage,
        "reasons": reasons(seen.conduct),
        "offences": [
            _offence(one, facts.get(one.report)).model_dump(mode="json")
            for one in seen.conduct.accounts
            if one.why is not Why.REPORT_OPEN
        ],
        "open_reports": [
            {"id": one, "at": facts[one].at.isoformat() if one in facts else None}
            for one in seen.conduct.open_reports
        ],
        "protected": seen.is_protected,
        "shared": seen.standing.is_shared,
        "nuisance_until": _iso(seen.conduct.nuisance_until),
        "override": {
            "treatment": override.treatment,
            "until": override.until.isoformat(),
            "reason": override_reason(floor, seen),
            "by": override.by,
        }
        if override
        else None,
        "links": [
            {
                "address": one.address,
                "since": one.since.isoformat(),
                "last_contact": _iso(one.last_contact),
                "lapsed": one.is_lapsed,
            }
            for one in seen.links
        ],
    }


def _label(seen: Seen, tells: bool) -> str:
    if tells and seen.profile.name:
        return seen.profile.name
    shown = seen.address if is_number(seen.address) else next(iter(seen.numbers), "")
    return f"Caller ending in {shown[-2:]}" if shown else "Caller without a number"


def _banner(floor: Floor, seen: Seen) -> str:
    """That there was something, and whom to ask; nothing more (docs/policy.md 7)."""
    waiting = floor.reports.of(seen.conduct.open_reports)
    if not waiting:
        return ""
    last = max(waiting, key=lambda report: report.at)
    return f"Earlier call ended {_day(floor, last, seen.at)}; owner {_owner(floor, last)}"


def _day(floor: Floor, report: Report, now: datetime) -> str:
    config = floor.configs.in_force()
    line = config.lines.get(report.statement.line) or config.lines[config.default_line]
    day, today = (at.astimezone(ZoneInfo(line.zone)).date() for at in (report.at, now))
    return "today" if day == today else f"on {day.isoformat()}"


def _owner(floor: Floor, report: Report) -> str:
    adviser = floor.people.find(report.statement.adviser)
    owner = (adviser.manager if adviser else "") or report.seen_by
    found = floor.people.find(owner) if owner else None
    return (found.alias or found.id) if found else _NOBODY


def _promised(floor: Floor, ledger: Ledger, seen: Seen) -> list[Promised]:
    found = [one for number in seen.numbers for one in ledger.open_of(floor.caller_key(number))]
    return [Promised(id=one.id, kind=one.kind, due_at=_iso(one.due_at)) for one in found]


def _offence(account: Account, fact: Reported | None) -> OffenceRow:
    return OffenceRow(
        id=account.report,
        at=_iso(fact.acted_at) if fact else None,
        category=fact.category if fact else None,
        counts=account.counts,
        why=account.why,
        said=why_told(account),
        stage_at_verdict=account.stage_at_verdict,
        spent_at=_iso(account.spent_at),
        remedy=account.remedy,
        delivered_at=_iso(account.delivered_at),
        overdue_at=_iso(account.overdue_at),
    )


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
