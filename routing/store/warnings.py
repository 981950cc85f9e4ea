"""Warnings in Redis: played to both or said by the adviser, and what became of each; one step each."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from config.connections import Store
from config.now import moment
from routing.store.floor_scripts import FloorScripts
from routing.store.keys import Keys

DEADLINE = "warning"  # the kind, of a CallSid: what plays there should have been heard to its end by now


class WarningState(StrEnum):
    """How far a warning has come; only one that was played counts."""

    PLAYING = "playing"
    PLAYED = "played"
    FAILED = "failed"


class SaidToWarning(StrEnum):
    """What became of the wish to warn."""

    OK = "ok"
    NOT_YOURS = "not_yours"
    SAFETY_SUSPENDS = "safety_suspends"
    ON_HOLD = "caller_on_hold"
    NOT_CONNECTED = "caller_not_connected"
    PLAYING = "warning_playing"
    TWO_GIVEN = "two_warnings_given"
    TOO_SOON = "too_soon"


@dataclass(frozen=True, slots=True)
class OneWarning:
    """A warning of a call; `played_at` is None unless it was heard, `conference` is where it plays."""

    id: str
    number: int
    state: WarningState
    spoken: bool
    conference: str = ""
    played_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Warn:
    """A warning that is wanted. `fail_after_ms` by its number: it has not been heard by then.

    One that cannot be begun within `begin_within_ms` is not played any more.
    """

    call_sid: str
    agent: str
    id: str
    spoken: bool
    gap_ms: int
    fail_after_ms: Sequence[int]
    begin_within_ms: int


class Warnings:
    """The warnings of one site's calls. Whatever is asked may raise StoreAway."""

    def __init__(self, store: Store, keys: Keys, floor: FloorScripts) -> None:
        self._store, self._keys, self._floor = store, keys, floor

    def warn(self, wanted: Warn) -> tuple[SaidToWarning, int, WarningState]:
        """What became of it, its number, and how far it has come."""
        said, *more = self._floor.run(
            "warn_caller",
            wanted.call_sid,
            wanted.agent,
            wanted.id,
            "1" if wanted.spoken else "",
            wanted.gap_ms,
            json.dumps(list(wanted.fail_after_ms)),
            wanted.begin_within_ms,
        )
        number, state = more or (0, WarningState.FAILED)
        return SaidToWarning(said), int(number), WarningState(state)

    def is_over(self, call_sid: str, *, played: bool, warning_id: str = "", conference: str = "") -> str:
        """It was heard to its end, or will not be; the state that this led to, "" for no news.

        "" for `warning_id` is whichever plays, for `conference` any.
        """
        to = WarningState.PLAYED if played else WarningState.FAILED
        said: str = self._floor.run("settle_warning", call_sid, warning_id, conference, to)
        return said

    def has_expired(self, call_sid: str) -> str:
        """The same for one of which nothing was heard in time."""
        said: str = self._floor.run("settle_warning", call_sid, "", "", "expired")
        return said

    def of(self, call_sid: str) -> tuple[OneWarning, ...]:
        """Those of a call, in order."""
        names = ("warnings", "conference")
        said, conference = self._store.run(lambda redis: redis.hmget(self._keys.call(call_sid), names))
        return warnings_in({"warnings": said or "[]", "conference": conference or ""})

    def call_of(self, conference: str) -> str:
        """The call for which this conference was made; "" for none."""
        return self._store.run(lambda redis: redis.get(self._keys.conference(conference))) or ""

    def begin(self, call_sid: str, warning_id: str) -> bool:
        """True for the first who is to have it played: nobody hears a warning twice."""
        key = self._keys.call(call_sid)
        return bool(self._store.run(lambda redis: redis.hsetnx(key, f"begun:{warning_id}", 1)))

    def was_not_begun(self, call_sid: str, warning_id: str) -> None:
        """Twilio surely did not take it: somebody may try again."""
        self._store.run(lambda redis: redis.hdel(self._keys.call(call_sid), f"begun:{warning_id}"))


def warnings_in(call: Mapping[str, str]) -> tuple[OneWarning, ...]:
    """From the record of a call. One that plays where the call is not any more has failed."""
    return tuple(_read(one, call.get("conference", "")) for one in json.loads(call.get("warnings") or "[]"))


def _read(one: Mapping[str, Any], conference: str) -> OneWarning:
    state = WarningState(one["state"])
    if state is WarningState.PLAYING and one.get("conference") != conference:
        state = WarningState.FAILED
    played_at = moment(int(one["at_ms"])) if state is WarningState.PLAYED else None
    number, spoken = int(one["number"]), bool(one["spoken"])
    return OneWarning(one["id"], number, state, spoken, one.get("conference", ""), played_at)
