"""Moments and what a clock on the wall shows: a date and a time become a moment at the very end."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


def instant(at: datetime) -> datetime:
    """`at` in UTC; raises ValueError for one without a zone, which Python would take for this machine's."""
    if at.tzinfo is None or at.utcoffset() is None:
        raise ValueError(f"{at.isoformat()} says no time zone")
    return at.astimezone(UTC)


def day_on(at: datetime, zone: str) -> date:
    """The date on a zone's clock at a moment."""
    return at.astimezone(ZoneInfo(zone)).date()


def resolved(day: date, wall: time, zone: str, *, not_before: datetime | None = None) -> datetime:
    """The moment (UTC) at which a zone's clock shows this wall time.

    A time that the clock leaps over comes as much later as it leaps. Of one that comes twice the first is
    taken, or the second when `not_before` is past the first.
    """
    first, second = (
        datetime.combine(day, wall.replace(fold=fold), ZoneInfo(zone)).astimezone(UTC) for fold in (0, 1)
    )
    is_past = not_before is not None and first < not_before
    return second if is_past and second > first else first
