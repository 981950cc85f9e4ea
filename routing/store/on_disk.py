"""Waiting until what was written is on disk: what is promised is acknowledged only then."""

import time
from typing import Any

from redis.exceptions import ResponseError

from config.connections import Store
from routing.store.keys import Keys

# An append-only file that is synced every second takes up to one, and a slow disk longer.
LONGEST_S = 2.0
# Shorter than a webhook's connection waits for an answer (config/connections.py).
_ROUND_MS = 100


class NotKept(Exception):
    """What was written may not be on disk (yet): it is not promised to anybody."""


class OnDisk:
    """The disk of one site's Redis, as those who promise something see it."""

    def __init__(self, store: Store, keys: Keys) -> None:
        self._store, self._mark = store, keys.disk_mark

    def wait(self, key: str, field: str, least: int) -> None:
        """Return once the hash `key` is on disk with at least this number in `field`.

        Waits up to LONGEST_S. Raises StoreAway and NotKept.
        """
        until = time.monotonic() + LONGEST_S
        while not self._is_kept(key, field, least):
            if time.monotonic() > until:
                raise NotKept(f"not on disk within {LONGEST_S:.0f} s")

    def _is_kept(self, key: str, field: str, least: int) -> bool:
        """One round. A server that died and came back without the write is not one that kept it."""
        synced, found = self._store.run(lambda redis: self._round(redis, key, field))
        if int(found or 0) < least:
            raise NotKept("Redis has lost what was just written")
        if isinstance(synced, ResponseError):
            self._check_without_waiting(synced)
            return True
        return bool(synced[0])

    def _round(self, redis: Any, key: str, field: str) -> tuple[Any, str | None]:
        with redis.pipeline(transaction=False) as steps:
            # Redis waits for what this connection wrote; the write before may have come by another one.
            steps.set(self._mark, "1")
            steps.waitaof(1, 0, _ROUND_MS)
            steps.hget(key, field)
            _, synced, found = steps.execute(raise_on_error=False)
        for answer in (found, None if isinstance(synced, ResponseError) else synced):
            if isinstance(answer, Exception):
                raise answer
        return synced, found

    def _check_without_waiting(self, why: ResponseError) -> None:
        """For servers before 7.2, which have no WAITAOF, and for a try-out that keeps nothing anyway."""
        if self._store.may_be_volatile:
            return
        if "unknown command" not in str(why).lower():
            raise NotKept(str(why))
        asked: dict[str, str] = self._store.run(lambda redis: redis.config_get("appendfsync"))
        if asked.get("appendfsync") != "always":
            raise NotKept("this Redis has no WAITAOF: set `appendfsync always`")
