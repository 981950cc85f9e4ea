"""/calls: one call and what happened to it; hold, recording, goodbye and wrap-up by the agent who has it."""

from collections.abc import Mapping
from typing import Any, Literal

from flask import Response, jsonify
from pydantic import BaseModel, ConfigDict, Field

from ivr.api.errors import Described, Invalid, Refusal
from ivr.api.keys import api_routes, person
from ivr.voice.exchange import exchange
from routing import conversation, wrap_up
from routing.call_story import Story, story_of
from routing.conversation import NoSuchCall
from routing.rules.call_states import CallState
from routing.rules.people import Person, Role
from routing.store.conversations import Recording
from routing.store.warnings import OneWarning, WarningState
from routing.wrap_up import UnknownDisposition, WrapUp

calls = api_routes("calls")

_SEES_ALL = frozenset({Role.SUPERVISOR, Role.ADMIN})


class OneCall(BaseModel):
    """The customer's CallSid in the path."""

    call_sid: str = Field(max_length=64)


class WarningRow(BaseModel):
    """A warning to the caller; only those that were played count. `spoken`: the adviser said it himself."""

    number: Literal[1, 2]
    state: WarningState
    played_at: str | None
    spoken: bool


class RecordingRow(BaseModel):
    """The recording; `sid` is null until Twilio has said it."""

    state: Literal["running", "paused", "ended"]
    sid: str | None


class Call(BaseModel):
    """A call now. Entries of `timeline` are in order, with `at` (ISO 8601) and `what` happened.

    `waited_s` counts all its waits; `agent` is whoever has it. `safety`: strikes are suspended;
    `help`: a supervisor was called in.
    """

    call: str
    state: CallState
    queue: str | None
    agent: str | None
    language: str | None
    waited_s: int
    timeline: list[Mapping[str, Any]]
    warnings: list[WarningRow]
    safety: bool
    help: bool
    recording: RecordingRow | None


class Changed(BaseModel):
    """The call, and what it is doing after what you asked for."""

    call: str
    state: CallState


class RecordingWanted(BaseModel):
    """Paused: silence from here on, such as while a card number is said."""

    model_config = ConfigDict(extra="forbid")

    state: Recording


class Written(BaseModel):
    """How it went. `support_need`: what helps this caller ("allow extra time"), never a diagnosis."""

    model_config = ConfigDict(extra="forbid")

    disposition: str = Field(max_length=64)
    note: str = Field(default="", max_length=4000)
    resolved: bool | None = None
    support_need: str | None = Field(default=None, max_length=200)


_SEEN: Described = {"200": Call, "404": Refusal}
_CHANGED: Described = {"200": Changed, "404": Refusal, "409": Refusal}


@calls.get("/calls/<call_sid>", responses=_SEEN)
def see(path: OneCall) -> Response:
    """One call: yours, or any for who leads."""
    story = seen(path)
    call = Call(
        call=story.call_sid,
        state=story.state,
        queue=story.queue or None,
        agent=story.agent or None,
        language=story.language or None,
        waited_s=story.waited_s,
        timeline=list(story.timeline),
        warnings=[_warning(one) for one in story.warnings],
        safety=story.safety,
        help=story.help,
        recording=_recording(story),
    )
    return jsonify(call.model_dump(mode="json"))


@calls.post("/calls/<call_sid>/hold", responses=_CHANGED)
def hold(path: OneCall) -> Response:
    """The caller hears music instead of you."""
    conversation.hold(exchange().floor, seen(path).call_sid, person().id)
    return changed(path)


@calls.post("/calls/<call_sid>/resume", responses=_CHANGED)
def resume(path: OneCall) -> Response:
    """The caller hears you again."""
    conversation.resume(exchange().floor, seen(path).call_sid, person().id)
    return changed(path)


@calls.post("/calls/<call_sid>/finish", responses=_CHANGED)
def finish(path: OneCall) -> Response:
    """A normal goodbye: the caller hears our thanks, you write up the call."""
    conversation.finish(exchange().floor, seen(path).call_sid, person().id)
    return changed(path)


@calls.post("/calls/<call_sid>/recording", responses=_CHANGED)
def record(path: OneCall, body: RecordingWanted) -> Response:
    """Pause the recording, or let it go on."""
    conversation.set_recording(exchange().floor, seen(path).call_sid, person().id, body.state)
    return changed(path)


@calls.post("/calls/<call_sid>/wrap-up", responses=_CHANGED)
def write_up(path: OneCall, body: Written) -> Response:
    """Write down how it went; you are free after that, or what you asked to be."""
    wrote = WrapUp(body.disposition, body.note, body.resolved, (body.support_need or "").strip())
    try:
        wrap_up.write_up(exchange().floor, seen(path).call_sid, person().id, wrote)
    except UnknownDisposition as unknown:
        raise Invalid({"disposition": str(unknown)}) from None
    return changed(path)


def seen(path: OneCall) -> Story:
    """Raises NoSuchCall, also for one that is none of whoever asks."""
    story = story_of(exchange().floor, path.call_sid)
    if story is None or not _may_see(person(), story):
        raise NoSuchCall("There is no call of yours under this CallSid.")
    return story


def _may_see(who: Person, story: Story) -> bool:
    return who.role in _SEES_ALL or who.id in story.people


def _warning(one: OneWarning) -> WarningRow:
    played_at = one.played_at.isoformat(timespec="milliseconds") if one.played_at else None
    return WarningRow.model_validate(
        {"number": one.number, "state": one.state, "played_at": played_at, "spoken": one.spoken}
    )


def _recording(story: Story) -> RecordingRow | None:
    if story.recording is None:
        return None
    return RecordingRow.model_validate({"state": story.recording.state, "sid": story.recording.sid or None})


def changed(path: OneCall) -> Response:
    """The call, and what it is doing after what was asked for."""
    now = exchange().floor.conversations.of(path.call_sid)
    return jsonify(call=path.call_sid, state=now["state"])
