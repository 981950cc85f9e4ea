"""Line-ups in Redis: who can be offered to agents now."""

from config.connections import Store
from routing.store.keys import Keys


class LineUps:
    """The line-ups of one site. Whatever is asked may raise StoreAway."""

    def __init__(self, store: Store, keys: Keys) -> None:
        self._store, self._keys = store, keys

    def enter(self, member: str, skill_set: str, rank_ms: int) -> None:
        """A requested callback (its id) takes its place among the callers; again does nothing twice."""
        self._store.run(lambda redis: redis.zadd(self._keys.line_up(skill_set), {member: rank_ms}))

    def leave(self, member: str, skill_set: str) -> None:
        """It is not to be offered any more."""
        self._store.run(lambda redis: redis.zrem(self._keys.line_up(skill_set), member))
