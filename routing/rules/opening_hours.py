"""Whether a line is open at a moment, on the line's own clock."""

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from opening_hours import OpeningHours


def is_open(expression: str, zone: str, at: datetime) -> bool:
    """True when `expression` (OpenStreetMap's opening hours) is open at `at` on the clock of `zone`."""
    return _hours(expression).is_open(at.astimezone(ZoneInfo(zone)).replace(tzinfo=None))


@lru_cache(maxsize=256)
def _hours(expression: str) -> OpeningHours:
    return OpeningHours(expression)
