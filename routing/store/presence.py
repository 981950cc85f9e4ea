"""Who has a page open that rings, in Redis: seen there a moment ago, or gone from it since when."""

from collections.abc import Iterable
from typing import Any

from config.connections import Store
from config.now import SiteClock, milliseconds
from routing.store.keys import Keys

# A page that is open is said to be so every ten seconds; after so long its process has died.
_UNHEARD_MS = 25_000


class Presence:
    """The softphones of one site.

    That a page is open is a fact of the world and measured by the server's own clock, which a lab does not
    move. How long somebody may be gone is policy and measured by the site's.
    """

    def __init__(self, store: Store, keys: Keys, clock: SiteClock) -> None:
        self._store, self._clock = store, clock
        self._open, self._left = keys.present("open"), keys.present("left")

    def seen(self, person_ids: Iterable[str]) -> None:
        """These have a page open at this moment. Raises StoreAway."""
        if ids := list(person_ids):

            def write(redis: Any) -> None:
                now = _server_ms(redis)
                with redis.pipeline(transaction=True) as pipe:
                    pipe.zadd(self._open, dict.fromkeys(ids, now))
                    pipe.zrem(self._left, *ids)
                    pipe.execute()

            self._store.run(write)

    def left(self, person_ids: Iterable[str]) -> None:
        """These have closed theirs. Raises StoreAway."""
        if ids := list(person_ids):
            now = milliseconds(self._clock.now(self._store))

            def write(redis: Any) -> None:
                with redis.pipeline(transaction=True) as pipe:
                    pipe.zrem(self._open, *ids)
                    pipe.zadd(self._left, dict.fromkeys(ids, now))
                    pipe.execute()

            self._store.run(write)

    def unheard(self) -> list[str]:
        """Whose page has not been heard of: its process died, or Redis was away. Raises StoreAway."""
        found: list[str] = self._store.run(
            lambda redis: redis.zrangebyscore(self._open, 0, _server_ms(redis) - _UNHEARD_MS)
        )
        return found

    def gone(self, ms: int) -> list[str]:
        """Who has had no page for at least that long. Raises StoreAway."""
        until = milliseconds(self._clock.now(self._store)) - ms
        found: list[str] = self._store.run(lambda redis: redis.zrangebyscore(self._left, 0, until))
        return found


def _server_ms(redis: Any) -> int:
    seconds, microseconds = redis.time()
    return int(seconds * 1000 + microseconds // 1000)
