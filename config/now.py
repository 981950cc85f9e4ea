"""The one source of time: Redis TIME, plus the lab's offset where CALMLINE_LAB is set."""

from datetime import UTC, datetime
from typing import Any

from config.connections import Store
from config.settings import Settings


class SiteClock:
    """The site's time. Scripts read it themselves, with the offset under `offset_key` ("": no lab)."""

    def __init__(self, site: str, *, lab: bool) -> None:
        self.offset_key = f"{site}:lab:offset_ms" if lab else ""

    def now(self, store: Store) -> datetime:
        """The site's time now, aware, UTC. Raises StoreAway."""

        def read(redis: Any) -> datetime:
            seconds, microseconds = redis.time()
            offset_ms = int(redis.get(self.offset_key) or 0) if self.offset_key else 0
            return moment(seconds * 1000 + microseconds // 1000 + offset_ms)

        return store.run(read)


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
