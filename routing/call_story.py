"""What happened to one call, in order: decisions, states, offers, legs, recording, wrap-up."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from config.now import moment
from routing.floor import Floor
from routing.rules.call_states import CallState
from routing.rules.decisions import Decision
from routing.store.leg_records import Leg
from routing.store.step import answer_again
from routing.store.warnings import OneWarning, warnings_in

_MOMENTS_OF_LEGS = ("posted", "ringing", "answered", "joined", "ended")
_GOES_ON = frozenset(CallState) - {CallState.ENDED}


@dataclass(frozen=True, slots=True)
class Recorded:
    """The recording: running, paused or ended; `sid` is "" until Twilio has said it."""

    state: str
    sid: str


@dataclass(frozen=True, slots=True)
class Story:
    """A call as it is now, and how it came to that; `timeline` has the time of each entry under `at`.

    `agent` is whoever has it, "" for nobody; `people` all whom it was offered to. `safety`: strikes are
    suspended; `help`: a supervisor was called in.
    """

    call_sid: str
    state: CallState
    queue: str
    agent: str
    language: str
    waited_s: int
    timeline: tuple[Mapping[str, Any], ...]
    recording: Recorded | None
    people: frozenset[str]
    warnings: tuple[OneWarning, ...] = ()
    safety: bool = False
    help: bool = False


def story_of(floor: Floor, call_sid: str) -> Story | None:
    """None for a call that nobody knows (any more). Raises StoreAway."""
    call = floor.conversations.of(call_sid)
    if "state" not in call:
        return None
    notes = floor.conversations.timeline(call_sid)
    offered = [note for note in notes if note["what"] == "offer" and note["state"] == "made"]
    told = [*_notes(notes, call), *_of_legs(floor, offered)]
    now = floor.clock.now(floor.store)
    return Story(
        call_sid,
        CallState(call["state"]),
        call.get("queue", ""),
        call.get("agent", ""),
        call.get("language") or _language(call),
        _waited_s(call, now),
        tuple(sorted(told, key=lambda entry: entry["at"])),
        _recorded(call),
        frozenset(note["agent"] for note in offered),
        warnings_in(call),
        "safety" in call,
        "help" in call,
    )


def _notes(notes: list[dict[str, Any]], call: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    for note in notes:
        at = moment(note.pop("at_ms")).isoformat(timespec="milliseconds")
        if note["what"] == "decision":
            note |= _decided(answer_again(call[note["step"]]).decision)
            note["step"] = note["step"].removeprefix("step:")
        yield {"at": at, **note}


def _decided(decision: Decision) -> dict[str, Any]:
    because = decision.because
    return {"do": decision.do, "name": decision.name, "rule": because.rule, "identity": because.identity}


def _of_legs(floor: Floor, offered: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for note in offered:
        offer = floor.offers.find(note["offer"])
        leg = floor.legs.read(offer.leg) if offer else None
        if leg is not None:
            yield from _of_leg(leg)


def _of_leg(leg: Leg) -> Iterator[dict[str, Any]]:
    for state in _MOMENTS_OF_LEGS:
        at: datetime | None = getattr(leg, state)
        if at is not None:
            told = {"what": "leg", "leg": leg.id, "agent": leg.person, "state": state}
            how = {"how": leg.how} if state == "ended" else {}
            yield {"at": at.isoformat(timespec="milliseconds"), **told, **how}


def _language(call: Mapping[str, str]) -> str:
    return answer_again(call[call["last"]]).language if "last" in call else ""


def _waited_s(call: Mapping[str, str], now: datetime) -> int:
    """In all its waits, the one that is going on included."""
    waited = int(call.get("waited_ms", 0))
    if call["state"] == CallState.WAITING and "waits_from_ms" in call:
        waited += int((now - moment(int(call["waits_from_ms"]))).total_seconds() * 1000)
    return waited // 1000


def _recorded(call: Mapping[str, str]) -> Recorded | None:
    if "recording" not in call:
        return None
    state = call["recording"] if call["state"] in _GOES_ON else "ended"
    return Recorded(state, call.get("recording_sid", ""))
