"""Moments at which something is due: set by anybody, handed out to one dispatcher at a time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from config.connections import Store
from config.now import SiteClock, milliseconds, moment
from routing.store.keys import Keys
from routing.store.scripts import register

DIED_AFTER_MS = 5_000


@dataclass(frozen=True, slots=True)
class Due:
    """What is due, since when, and until when (ms) it is nobody else's."""

    kind: str
    id: str
    at: datetime
    leased_until_ms: int


class Deadlines:
    """The deadlines of one site, in its own time: the lab's clock put forward makes them due."""

    def __init__(self, store: Store, keys: Keys, clock: SiteClock) -> None:
        self._store, self._clock, self._key = store, clock, keys.deadlines
        self._in_hand = keys.deadlines_in_hand
        self._claim = register(store.client, "claim_due")
        self._finish = register(store.client, "finish_due")

    def set(self, kind: str, id_: str, at: datetime) -> None:
        """Make it due at `at`, whatever stood there before; `kind` has no colon. Raises StoreAway."""
        self._store.run(lambda redis: redis.zadd(self._key, {f"{kind}:{id_}": milliseconds(at)}))

    def set_by(self, kind: str, id_: str, at: datetime) -> None:
        """Make it due at `at` at the latest: an earlier moment that stands there stays. Raises StoreAway."""
        self._store.run(lambda redis: redis.zadd(self._key, {f"{kind}:{id_}": milliseconds(at)}, lt=True))

    def moment_of(self, kind: str, id_: str) -> datetime | None:
        """When it is due, or comes back; None when it is not set. Raises StoreAway."""
        ms: float | None = self._store.run(lambda redis: redis.zscore(self._key, f"{kind}:{id_}"))
        return moment(int(ms)) if ms is not None else None

    def clear(self, kind: str, id_: str) -> None:
        """It is not due any more. Raises StoreAway."""
        self._store.run(lambda redis: redis.zrem(self._key, f"{kind}:{id_}"))

    def claim_due(self, n: int, lease_ms: int) -> list[Due]:
        """Up to `n` of what is due, the longest due first; each comes back after the lease if not finished.

        Raises StoreAway.
        """
        arguments: list[str | int] = [self._clock.offset_key, n, lease_ms]
        keys = [self._key, self._in_hand]
        until, *found = self._store.run(lambda redis: self._claim(keys, arguments, redis))
        return [_due(member, at, int(until)) for member, at in zip(found[::2], found[1::2], strict=True)]

    def finish(self, due: Due) -> bool:
        """Done; False when it was set anew meanwhile, or handed to somebody else. Raises StoreAway."""
        member = f"{due.kind}:{due.id}"
        arguments: list[str | int] = [member, due.leased_until_ms]
        keys = [self._key, self._in_hand]
        return bool(self._store.run(lambda redis: self._finish(keys, arguments, redis)))

    def let_go(self, due: Due) -> None:
        """Not done, and not in hand any more: it comes back after its lease. Raises StoreAway."""
        self._store.run(lambda redis: redis.zrem(self._in_hand, f"{due.kind}:{due.id}"))

    def in_hand(self) -> int:
        """How many are being done now; of a dispatcher that died, for DIED_AFTER_MS. Raises StoreAway."""
        since = milliseconds(self._clock.now(self._store)) - DIED_AFTER_MS
        count: int = self._store.run(lambda redis: redis.zcount(self._in_hand, since, "+inf"))
        return count

    def next(self) -> datetime | None:
        """When the earliest is due, or comes back; None while there is none. Raises StoreAway."""
        first: list[Any] = self._store.run(lambda redis: redis.zrange(self._key, 0, 0, withscores=True))
        return moment(int(first[0][1])) if first else None


def _due(member: str, at: str, until_ms: int) -> Due:
    kind, _, id_ = member.partition(":")
    return Due(kind, id_, moment(int(float(at))), until_ms)
