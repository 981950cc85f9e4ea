"""A report as the API shows it: a row of the list, and the whole case."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from ivr.api.access import PREFIX
from routing.review_case import AppealRead, Case
from routing.review_list import Listed, ReportState
from routing.rules.accounts import Why
from routing.rules.caller import Treatment
from routing.rules.conduct_events import Judged
from routing.rules.conduct_words import Category, Finding, LegalWish, Outcome, Target
from routing.rules.reports import Channel, Report, ReportKind
from routing.what_follows import Follows


class ReportRow(BaseModel):
    """A report in the list. `due_at`: by when it should be decided; `seen`: a reviewer has opened it."""

    id: str
    kind: ReportKind
    category: Category | None
    channel: Channel
    state: ReportState
    by: str
    at: str
    age_s: int
    due_at: str
    is_overdue: bool
    seen: bool


class ReportPage(BaseModel):
    """Some of them; `next` is the `after` of the next page, null when there is none."""

    items: list[ReportRow]
    next: str | None


class WarningRow(BaseModel):
    """A warning that the caller had; `spoken`: the adviser said it himself."""

    number: int
    at: str
    spoken: bool


class ContactRow(BaseModel):
    """An earlier report of the same caller, and whether it counts."""

    report: str
    kind: ReportKind
    category: Category | None
    at: str
    by: str
    why: Why


class AppealRow(BaseModel):
    """An appeal: who took it down, what was said, and how it ended; `outcome` is null while it is open."""

    by: str
    at: str
    grounds: str
    outcome: Outcome | None
    decided_by: str | None


class VerdictRow(BaseModel):
    """What a reviewer answered, and wrote."""

    note: str
    finding: Finding
    protocol_followed: bool
    by: str
    at: str


class CaseRow(BaseModel):
    """Everything that a reviewer needs, to be read only. `waited_s`, `transfers`: what may have made angry.

    `recording` is a path of ours, null when there is none; so are `verdict` and `appeal` until then.
    """

    id: str
    kind: ReportKind
    state: ReportState
    by: str
    adviser: str
    at: str
    channel: Channel
    call: str
    line: str
    queue: str
    language: str
    original_problem: str
    words: str
    note: str
    conversation: str
    thread: str
    category: Category | None
    target: Target | None
    immediate: bool
    legal_wish: LegalWish
    customer_id: str
    ticket_id: str
    recorded: bool
    warnings: list[WarningRow]
    waited_s: int
    transfers: int
    recording: str | None
    seen_by: str | None
    seen_at: str | None
    earlier: list[ContactRow]
    verdict: VerdictRow | None
    appeal: AppealRow | None


class Reported(BaseModel):
    """The new report."""

    report_id: str


class FollowsRow(BaseModel):
    """The offence that a report has become, null for none, and what the caller meets from now on."""

    offence_id: str | None
    stage: int
    treatment: Treatment


def page_of(items: Sequence[Listed], next_: str) -> dict[str, Any]:
    """A page as JSON takes it."""
    return ReportPage(items=[_row(one) for one in items], next=next_ or None).model_dump(mode="json")


def _row(one: Listed) -> ReportRow:
    report = one.report
    return ReportRow(
        id=report.id,
        kind=report.statement.kind,
        category=report.statement.category,
        channel=report.statement.channel,
        state=one.state,
        by=report.by,
        at=report.at.isoformat(),
        age_s=one.age_s,
        due_at=one.due_at.isoformat(),
        is_overdue=one.is_overdue,
        seen=report.seen_at is not None,
    )


def case_of(case: Case) -> dict[str, Any]:
    """A case as JSON takes it."""
    report, said = case.report, case.report.statement
    named = {name: getattr(said, name) for name in _SAID}
    row = CaseRow(
        **named,
        id=report.id,
        state=case.state,
        by=report.by,
        at=report.at.isoformat(),
        warnings=[WarningRow(number=w.number, at=w.at.isoformat(), spoken=w.spoken) for w in report.warnings],
        waited_s=report.waited_s,
        transfers=report.transfers,
        recording=f"{PREFIX}/reports/{report.id}/recording" if case.recording_sid else None,
        seen_by=report.seen_by or None,
        seen_at=_iso(report.seen_at),
        earlier=[_contact(why, one) for why, one in case.earlier],
        verdict=_verdict(case.verdict, case.verdict_note) if case.verdict else None,
        appeal=_appeal(case.appeal) if case.appeal else None,
    )
    return row.model_dump(mode="json")


def follows_of(follows: Follows) -> dict[str, Any]:
    """What follows, as JSON takes it."""
    row = FollowsRow(offence_id=follows.offence_id or None, stage=follows.stage, treatment=follows.treatment)
    return row.model_dump(mode="json")


_SAID = (
    *("kind", "adviser", "channel", "call", "line", "queue", "language", "original_problem", "words", "note"),
    *("conversation", "thread", "category", "target", "immediate", "legal_wish", "customer_id", "ticket_id"),
    "recorded",
)


def _verdict(judged: Judged, note: str) -> VerdictRow:
    return VerdictRow(
        finding=judged.finding,
        protocol_followed=judged.protocol_followed,
        note=note,
        by=judged.by,
        at=judged.at.isoformat(),
    )


def _appeal(one: AppealRead) -> AppealRow:
    return AppealRow(
        by=one.asked.by,
        at=one.asked.at.isoformat(),
        grounds=one.grounds,
        outcome=one.decision.outcome if one.decision else None,
        decided_by=one.decision.by if one.decision else None,
    )


def _contact(why: Why, report: Report) -> ContactRow:
    return ContactRow(
        report=report.id,
        kind=report.statement.kind,
        category=report.statement.category,
        at=report.at.isoformat(),
        by=report.by,
        why=why,
    )


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
