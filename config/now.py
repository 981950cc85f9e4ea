"""The one source of time: Redis TIME, plus the lab's offset where CALMLINE_LAB is set."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from config.connections import Store
from config.settings import Settings

# The clock never goes back, so a slip of the finger must not leave a site where calendars end.
LATEST = datetime(2100, 1, 1, tzinfo=UTC)

# KEYS: offset, this advance   ARGV: by | to, ms, latest ms   Returns {moved | refused, now ms}
# In one step: of two who advance at once, neither undoes the other. The second key tells a repeat, which the
# client sends when the answer was lost on its way; without it two hours would become four.
_ADVANCE = """
local time, ahead = redis.call('TIME'), tonumber(redis.call('GET', KEYS[1])) or 0
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000) + ahead
if redis.call('EXISTS', KEYS[2]) == 1 then
  return {'moved', now}
end
local to = tonumber(ARGV[2])
if ARGV[1] == 'by' then
  to = now + to
end
if to < now or to > tonumber(ARGV[3]) then
  return {'refused', now}
end
redis.call('SET', KEYS[1], string.format('%.0f', ahead + to - now))
redis.call('SET', KEYS[2], '', 'PX', 10000)
return {'moved', to}
"""


class NoLab(Exception):
    """The time of a real line is nobody's to move."""


class NotForward(Exception):
    """The lab's clock goes forward only, and not past LATEST; the message is a sentence for people."""


class SiteClock:
    """The site's time. Scripts read it themselves, with the offset under `offset_key` ("": no lab)."""

    def __init__(self, site: str, *, lab: bool) -> None:
        self.offset_key = f"{site}:lab:offset_ms" if lab else ""

    @property
    def is_lab(self) -> bool:
        return bool(self.offset_key)

    def now(self, store: Store) -> datetime:
        """The site's time now, aware, UTC. Raises StoreAway."""

        def read(redis: Any) -> datetime:
            seconds, microseconds = redis.time()
            offset_ms = int(redis.get(self.offset_key) or 0) if self.offset_key else 0
            return moment(seconds * 1000 + microseconds // 1000 + offset_ms)

        return store.run(read)

    def advance(self, store: Store, step: timedelta | datetime) -> datetime:
        """Put the lab's clock forward by a time or to an aware moment, to the millisecond; the new time.

        Advances by a time add up. Raises NoLab, NotForward, ValueError for a naive moment, StoreAway.
        """
        if not self.is_lab:
            raise NoLab("The clock can be put forward in the lab only; set CALMLINE_LAB=1.")
        keys = [self.offset_key, f"{self.offset_key}:{secrets.token_hex(8)}"]
        arguments = [*_by_or_to(step), milliseconds(LATEST)]
        outcome, now_ms = store.run(lambda redis: redis.eval(_ADVANCE, len(keys), *keys, *arguments))
        if outcome == "refused":
            raise NotForward(
                f"The site's clock shows {moment(now_ms).isoformat(timespec='seconds')} "
                f"and goes forward only, to {LATEST:%Y} at most."
            )
        return moment(now_ms)


def _by_or_to(step: timedelta | datetime) -> tuple[str, int]:
    if isinstance(step, timedelta):
        return "by", step // timedelta(milliseconds=1)
    if step.tzinfo is None:
        raise ValueError(f"{step} is naive: whose clock is meant?")
    return "to", milliseconds(step)


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
