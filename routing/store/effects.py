"""What is to be done in the world (ring, redirect, hang up): written by a step, done by a dispatcher."""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from redis.exceptions import ResponseError

from config.connections import Store
from config.now import SiteClock, milliseconds
from config.observe import log
from routing.store.keys import Keys
from routing.store.scripts import register

GROUP = "dispatchers"
# What is not done by then is taken by another dispatcher (docs/operations.md, "Jobs and effects").
TAKEN_OVER_AFTER_MS = 5_000
# Short, so that a dispatcher that is told to end ends, and looks for what others left undone.
BLOCK_MS = 200
_GONE_FOR_MS = 3_600_000
_Entry = tuple[str, dict[str, str]]


class Verb(StrEnum):
    """What an effect asks for. leg_changed: whoever a leg belongs to looks at it.

    recording: it is paused or goes on, as the call's record says. send_away: whoever is on our leg hears why
    the call is over, or his telephone stops ringing. ask_again: an answered leg asks for its first document
    once more. warn: both in the conversation hear a warning. tell_reason: the caller
    hears why the call is ended.
    """

    CREATE = "create"
    REDIRECT = "redirect"
    END = "end"
    ANNOUNCE = "announce"
    HOLD = "hold"
    RESUME = "resume"
    RECORD = "record"
    RECORDING = "recording"
    LEG_CHANGED = "leg_changed"
    SEND_AWAY = "send_away"
    ASK_AGAIN = "ask_again"
    MESSAGE = "message"
    WARN = "warn"
    TELL_REASON = "tell_reason"


class NotYet(Exception):
    """Raised by an effect whose turn has not come (the pacer says so): it is tried again after `wait_ms`."""

    def __init__(self, wait_ms: int) -> None:
        super().__init__(f"not before {wait_ms} ms from now")
        self.wait_ms = wait_ms


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing to do. `target` is our id of a leg or a message, or a CallSid; `data` holds no number.

    `deadline_ms` is the site's time after which it is of no use any more. It may be handed out more than
    once, and two effects on one target may be done in either order or at once: do what the state asks for
    now, not what it asked for then.
    """

    id: str
    verb: str
    target: str
    data: Mapping[str, Any]
    deadline_ms: int

    @property
    def label(self) -> str:
        """The id for log lines, where a number of that length would be masked."""
        return f"e{self.id}"


class Effects:
    """The effects of one site, a stream. `store` must allow a read to block for BLOCK_MS."""

    def __init__(self, store: Store, keys: Keys, clock: SiteClock) -> None:
        self._store, self._clock, self._stream, self._counts = store, clock, keys.effects, keys.counts
        self._add = register(store.client, "add_effect")
        self._forget = register(store.client, "forget_dispatchers")
        self._cursor = "0-0"
        self._cursor_lock = threading.Lock()
        self._is_new_first = True

    def add(self, verb: str, target: str, data: Mapping[str, Any], *, within: timedelta) -> str:
        """Add an effect on its own; returns its id. In a Lua step call `add_effect` (prelude.lua) instead.

        Raises StoreAway.
        """
        arguments: list[str | int] = [self._clock.offset_key, verb, target, json.dumps(data), _ms(within)]
        added: str = self._store.run(lambda redis: self._add([self._stream], arguments, redis))
        return added

    def take(self, consumer: str, count: int) -> list[Effect]:
        """Up to `count` effects for this consumer: what others left undone, and new ones.

        Waits up to BLOCK_MS for a new one. Effects past their deadline are dropped, logged and counted.
        Raises StoreAway.
        """
        # Every other time new ones come first: calls that the pacer puts off again and again, by the dozen,
        # would keep a caller's offer from being looked at.
        self._is_new_first = not self._is_new_first
        entries = self._new(consumer, count, None) if self._is_new_first else []
        if len(entries) < count:
            entries += self._left_undone(consumer, count - len(entries))
        if len(entries) < count:
            # Who already has work does not wait for more.
            entries += self._new(consumer, count - len(entries), None if entries else BLOCK_MS)
        if not entries:
            return []
        now_ms = milliseconds(self._clock.now(self._store))
        effects = [_effect(entry) for entry in entries]
        return [effect for effect in effects if not self._dropped(effect, now_ms)]

    def done(self, effect: Effect) -> None:
        """It is done: nobody is handed it again. Raises StoreAway."""
        self._remove(effect.id)

    def put_off(self, effect: Effect, ms: int) -> None:
        """Have it handed out again after `ms` (at most TAKEN_OVER_AFTER_MS), by any dispatcher.

        Raises StoreAway.
        """
        idle = max(TAKEN_OVER_AFTER_MS - ms, 0)
        self._store.run(
            lambda redis: redis.xclaim(self._stream, GROUP, "put_off", 0, [effect.id], idle=idle, justid=True)
        )

    def waiting(self) -> int:
        """How many effects are not done yet. Raises StoreAway."""
        count: int = self._store.run(lambda redis: redis.xlen(self._stream))
        return count

    def forget_the_gone(self) -> int:
        """Forget the names of dispatchers that ended long ago; how many. Raises StoreAway."""
        arguments: list[str | int] = [GROUP, _GONE_FOR_MS]
        forgotten: int = self._in_group(lambda redis: self._forget([self._stream], arguments, redis))
        return forgotten

    def _left_undone(self, consumer: str, count: int) -> list[_Entry]:
        with self._cursor_lock:
            cursor = self._cursor
        answer = self._in_group(
            lambda redis: redis.xautoclaim(
                self._stream, GROUP, consumer, TAKEN_OVER_AFTER_MS, start_id=cursor, count=count
            )
        )
        with self._cursor_lock:
            # One call looks at a part of a long list only: the next one goes on from there.
            self._cursor = answer[0]
        return [entry for entry in answer[1] if entry[1]]

    def _new(self, consumer: str, count: int, block_ms: int | None) -> list[_Entry]:
        answer = self._in_group(
            lambda redis: redis.xreadgroup(GROUP, consumer, {self._stream: ">"}, count=count, block=block_ms)
        )
        if not answer:
            return []
        found: list[_Entry] = answer[self._stream][0] if isinstance(answer, dict) else answer[0][1]
        return found

    def _in_group(self, action: Any) -> Any:
        """Make the group where it is missing: at the first start, and after Redis came back empty."""

        def run(redis: Any) -> Any:
            try:
                return action(redis)
            except ResponseError as refused:
                if "NOGROUP" not in str(refused) and "no such key" not in str(refused):
                    raise
                _make_group(redis, self._stream)
                return action(redis)

        return self._store.run(run)

    def _dropped(self, effect: Effect, now_ms: int) -> bool:
        late_ms = now_ms - effect.deadline_ms
        if late_ms <= 0:
            return False
        self._remove(effect.id)
        self._store.run(lambda redis: redis.hincrby(self._counts, f"effects_dropped:{effect.verb}", 1))
        log.error(
            "effect_dropped", effect=effect.label, verb=effect.verb, target=effect.target, late_ms=late_ms
        )
        return True

    def _remove(self, effect_id: str) -> None:
        def remove(redis: Any) -> None:
            with redis.pipeline(transaction=True) as steps:
                steps.xack(self._stream, GROUP, effect_id)
                steps.xdel(self._stream, effect_id)
                steps.execute()

        self._store.run(remove)


def _make_group(redis: Any, stream: str) -> None:
    try:
        # From the beginning: what was written before the first dispatcher came is to be done too.
        redis.xgroup_create(stream, GROUP, id="0", mkstream=True)
    except ResponseError as refused:
        if "BUSYGROUP" not in str(refused):
            raise


def _effect(entry: _Entry) -> Effect:
    id_, fields = entry
    return Effect(
        id_, fields["verb"], fields["target"], json.loads(fields["data"]), int(float(fields["deadline_ms"]))
    )


def _ms(span: timedelta) -> int:
    return round(span.total_seconds() * 1000)
