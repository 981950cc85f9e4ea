"""The one source of time: Redis TIME, plus the lab's offset where CALMLINE_LAB is set."""

from datetime import UTC, datetime
from typing import Any

from config.connections import Store, StoreAway
from config.settings import Settings


class SiteClock:
    """`now()` for everybody; `ask` and `answer` let a read that goes to Redis anyway bring the time along."""

    def __init__(self, site: str, *, lab: bool) -> None:
        self.offset_key = f"{site}:lab:offset_ms" if lab else ""

    def ask(self, pipe: Any) -> int:
        """Put the question on a pipeline; returns how many replies `answer` takes from its front."""
        pipe.time()
        if not self.offset_key:
            return 1
        pipe.get(self.offset_key)
        return 2

    def answer(self, replies: list[Any]) -> datetime:
        """The time from the replies that `ask` asked for, aware, UTC."""
        seconds, microseconds = replies[0]
        offset_ms = int(replies[1] or 0) if self.offset_key else 0
        return moment(seconds * 1000 + microseconds // 1000 + offset_ms)

    def now(self, store: Store) -> datetime:
        """The site's time now. Raises StoreAway."""

        def read(redis: Any) -> datetime:
            with redis.pipeline(transaction=False) as pipe:
                self.ask(pipe)
                return self.answer(pipe.execute())

        return store.run(read)

    def now_or_own(self, store: Store) -> datetime:
        """The same, or this machine's clock while Redis is away: a caller is never left without an answer."""
        try:
            return self.now(store)
        except StoreAway:
            return own_clock()


def site_clock(settings: Settings) -> SiteClock:
    return SiteClock(settings.calmline_site, lab=settings.calmline_lab)


def own_clock() -> datetime:
    return datetime.now(UTC)


def moment(ms: int) -> datetime:
    """Milliseconds since 1970 as an aware UTC time."""
    return datetime.fromtimestamp(ms / 1000, UTC)


def milliseconds(at: datetime) -> int:
    """An aware time as whole milliseconds since 1970."""
    return round(at.timestamp() * 1000)
