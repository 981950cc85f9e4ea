"""A promised call as the API and the command line show it."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from callbacks.records import Attempt, Callback, Outcome
from callbacks.rules.outcomes import Result
from callbacks.rules.states import Kind, State, Step


class AttemptRow(BaseModel):
    """One try. It counts once the customer's call was `posted`; times are ISO 8601."""

    id: str
    began: str
    speaker: str
    posted: str | None
    result: Result | None


class OutcomeRow(BaseModel):
    """What came of the call, as the speaker told it."""

    result: Result
    by: str
    at: str
    standard_explained: bool
    apology: bool | str
    agreed: bool | str
    original_problem: str
    support_need: str
    next_step: str
    do_not_call: bool


class CallbackRow(BaseModel):
    """A promised call. `caller` stands for the number where no number may be; `step` only while dialling.

    `owner` is null for nobody yet, `because` says why it needs a person or was called off.
    """

    id: str
    kind: Kind
    caller: str
    number: str
    name: str
    line: str
    due_at: str | None
    state: State
    step: Step | None
    attempts: list[AttemptRow]
    owner: str | None
    exclude: list[str]
    brief: str
    note: str
    because: str
    booked_by: str
    booked_at: str
    outcome: OutcomeRow | None


class CallbackPage(BaseModel):
    """Some of them; `next` is the `after` of the next page, null when there is none."""

    items: list[CallbackRow]
    next: str | None


def row_of(callback: Callback) -> dict[str, Any]:
    """A row as JSON takes it."""
    row = CallbackRow(
        id=callback.id,
        kind=callback.kind,
        caller=callback.caller,
        number=callback.number,
        name=callback.name,
        line=callback.line,
        due_at=_iso(callback.due_at),
        state=callback.state,
        step=callback.step,
        attempts=[_attempt(one) for one in callback.attempts],
        owner=callback.owner or None,
        exclude=list(callback.exclude),
        brief=callback.brief,
        note=callback.note,
        because=callback.because,
        booked_by=callback.booked_by,
        booked_at=callback.booked_at.isoformat(),
        outcome=_outcome(callback.outcome),
    )
    return row.model_dump(mode="json")


def _attempt(one: Attempt) -> AttemptRow:
    return AttemptRow(
        id=one.id,
        began=one.began.isoformat(),
        speaker=one.speaker,
        posted=_iso(one.posted),
        result=one.result,
    )


def _outcome(outcome: Outcome | None) -> OutcomeRow | None:
    if outcome is None:
        return None
    return OutcomeRow(
        result=outcome.result,
        by=outcome.by,
        at=outcome.at.isoformat(),
        standard_explained=outcome.standard_explained,
        apology=outcome.apology,
        agreed=outcome.agreed,
        original_problem=outcome.original_problem,
        support_need=outcome.support_need,
        next_step=outcome.next_step,
        do_not_call=outcome.do_not_call,
    )


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
