"""The ledger of promised calls: what is owed to whom. Every change is one step, with who and why."""

import random
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from callbacks import listing
from callbacks.allowed import check
from callbacks.encoding import from_text
from callbacks.keys import CallbackKeys
from callbacks.listing import Page
from callbacks.records import Callback, Change
from callbacks.rules.states import Kind, State
from callbacks.script_arguments import Entry, entry_of, told
from config.connections import StoreAway
from config.now import milliseconds, moment
from routing.floor import Floor
from routing.store.keys import CALL_RECORD_S
from routing.store.on_disk import OnDisk
from routing.store.scripts import register

DEADLINE = "callback"  # the kind of its deadline
_HERE = Path(__file__).parent
_TRIES = 100
_PAUSE_S = 0.01


class AlreadyOpen(Exception):
    """This caller has an open promised call of that kind; `existing` is its id."""

    def __init__(self, existing: str) -> None:
        super().__init__(f"A call of this kind is promised to this number already: {existing}.")
        self.existing = existing


class Busy(StoreAway):
    """Others changed this promised call again and again while we tried to; nothing was changed."""


def new_id() -> str:
    return f"cb{secrets.token_hex(10)}"


class Ledger:
    """The promised calls of one site."""

    def __init__(self, floor: Floor) -> None:
        self._floor, self._store = floor, floor.store
        self._keys = CallbackKeys(floor.keys.site)
        self._change = register(floor.store.client, "change_callback", _HERE)
        self._read = register(floor.store.client, "read_callback", _HERE)
        self._disk = OnDisk(floor.store, floor.keys)

    def book(self, callback: Callback, *, by: str, why: str = "", look_at: datetime | None) -> Callback:
        """A new one, acknowledged only once it is on disk; to be looked at again at `look_at`.

        Raises AlreadyOpen, StoreAway and NotKept; after the last two it may be booked all the same, and
        whoever books again is told so by AlreadyOpen.
        """
        change = Change(replace(callback, version=1), look_at=look_at, keep=True)
        if not self._write(None, change, by=by, why=why):
            raise Busy(f"somebody else wrote {callback.id}")
        return change.after

    def find(self, callback_id: str) -> Callback | None:
        """Raises StoreAway."""
        return self._with_time(callback_id)[0]

    def change(
        self,
        callback_id: str,
        decide: Callable[[Callback, datetime], Change | None],
        *,
        by: str,
        why: str = "",
    ) -> Callback | None:
        """What became of it: what `decide` made of the record at the site's time, or the record unchanged
        where it decided on nothing. None for one that does not exist.

        `decide` is asked again when somebody else came between: it must do nothing but decide. Whatever it
        raises goes to the caller, and nothing is changed. Raises StoreAway (Busy among them), AlreadyOpen
        for one that would open again beside another, NotKept for a change that says `keep`, NotAllowed.
        """
        for tried in range(_TRIES):
            before, now = self._with_time(callback_id)
            decided = decide(before, now) if before else None
            if before is None or decided is None:
                return before
            change = replace(decided, after=replace(decided.after, version=before.version + 1))
            check(before, change.after)
            if self._write(before, change, by=by, why=why):
                return change.after
            time.sleep(random.random() * _PAUSE_S * min(tried, 5))
        raise Busy(f"{callback_id} was changed by others all the time")

    def open_of(self, caller: str) -> list[Callback]:
        """The open ones of a caller (by key), at most one of each kind. Raises StoreAway."""
        places = [f"{caller}:{kind}" for kind in Kind]
        ids = self._store.run(lambda redis: redis.hmget(self._keys.open, places))
        return [found for found in map(self.find, filter(None, ids)) if found]

    def calls_to(self, caller: str) -> list[datetime]:
        """When calls to this caller were posted in the last week, whatever was promised. Raises StoreAway."""
        key = self._keys.calls_to(caller)
        found: list[tuple[str, float]] = self._store.run(
            lambda redis: redis.zrange(key, 0, -1, withscores=True)
        )
        return [moment(int(ms)) for _, ms in found]

    def wants_no_calls(self, caller: str) -> bool:
        """True for somebody who said so in a promised call (docs/policy.md 27). Raises StoreAway."""
        return bool(self._store.run(lambda redis: redis.hexists(self._keys.do_not_call, caller)))

    def remember_inbound(self, call_sid: str, callback_id: str) -> None:
        """The customer rang in, by this call, while one was promised to him. Raises StoreAway."""
        key = self._keys.inbound(call_sid)
        self._store.run(lambda redis: redis.set(key, callback_id, ex=CALL_RECORD_S))

    def inbound_of(self, call_sid: str) -> str:
        """The promised call that a call which came in was remembered for, or "". Raises StoreAway."""
        found: str | None = self._store.run(lambda redis: redis.get(self._keys.inbound(call_sid)))
        return found or ""

    def history(self, callback_id: str) -> list[Entry]:
        """Every change, the first first. Raises StoreAway."""
        found: list[tuple[str, dict[str, str]]] = self._store.run(
            lambda redis: redis.xrange(self._keys.history(callback_id))
        )
        return [entry_of(fields) for _, fields in found]

    def listed(
        self,
        state: State | None = None,
        since: datetime | None = None,
        after: str | None = None,
        limit: int = 50,
        only: Callable[[Callback], bool] = lambda _: True,
    ) -> Page:
        """In the order in which they are due, see callbacks/listing.py. Raises StoreAway and UnknownPlace."""
        return listing.page(
            self._store, self._keys, state=state, since=since, after=after, limit=limit, only=only
        )

    def all(self, state: State | None = None, since: datetime | None = None) -> Iterator[Callback]:
        """Page after page of `listed`. Raises StoreAway."""
        after: str | None = None
        while True:
            page = self.listed(state, since, after, listing.MOST)
            yield from page.items
            if (after := page.next) is None:
                return

    def counts(self) -> dict[State, int]:
        """How many are in each state. Raises StoreAway."""

        def count(redis: Any) -> list[int]:
            with redis.pipeline(transaction=False) as pipe:
                for state in State:
                    pipe.zcard(self._keys.in_state(state))
                found: list[int] = pipe.execute()
            return found

        return dict(zip(State, self._store.run(count), strict=True))

    def is_none_due(self) -> bool:
        """Raises StoreAway."""
        return not self._store.run(lambda redis: redis.exists(self._keys.in_state(State.DUE)))

    def due_before(self, at: datetime) -> int:
        """How many are due and have been since before `at`. Raises StoreAway."""
        key = self._keys.in_state(State.DUE)
        count: int = self._store.run(lambda redis: redis.zcount(key, "-inf", f"({milliseconds(at)}"))
        return count

    def _with_time(self, callback_id: str) -> tuple[Callback | None, datetime]:
        keys, arguments = [self._keys.callback(callback_id)], [self._floor.clock.offset_key]
        record, now_ms = self._store.run(lambda redis: self._read(keys, arguments, redis))
        return (from_text(record) if record else None), moment(int(now_ms))

    def _write(self, before: Callback | None, change: Change, *, by: str, why: str) -> bool:
        """False when somebody else came between."""
        after = change.after
        keys = [
            self._keys.callback(after.id),
            self._keys.history(after.id),
            self._keys.open,
            self._keys.every,
            self._floor.keys.deadlines,
            self._floor.keys.effects,
            self._floor.keys.standing(after.number),
            self._keys.calls_to(after.caller),
            self._keys.do_not_call,
        ]
        text = told(before, change, self._keys, self._floor.clock.offset_key, by=by, why=why)
        match self._store.run(lambda redis: self._change(keys, [text], redis)):
            case ["open", existing]:
                raise AlreadyOpen(existing)
            case ["conflict"]:
                return False
        if change.keep:
            self._disk.wait(keys[0], "version", after.version)
        return True


def open_ledger(floor: Floor) -> Ledger:
    """The ledger of a floor's site; touches nothing."""
    return Ledger(floor)
