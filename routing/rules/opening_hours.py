"""When a line is open, on its own clock: weekly hours, public holidays and named closures."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from opening_hours import OpeningHours, State

from config.hours import OpenHours

# How far ahead the next opening is looked for; a line closed for longer has none that is worth saying.
LOOK_AHEAD = timedelta(days=366)


def is_open(hours: OpenHours, zone: str, at: datetime) -> bool:
    """True when the hours are open at `at` (aware) on the clock of `zone`."""
    return _is_open_in(hours, zone, int(at.timestamp() // 60))


def next_opening(hours: OpenHours, zone: str, at: datetime) -> datetime | None:
    """When hours that are closed at `at` open next, on the clock of `zone`; None for not within a year."""
    clock = ZoneInfo(zone)
    wall = at.astimezone(clock).replace(tzinfo=None)
    # Not the library's next_change: for hours of a year that is past it looks on for half a minute.
    for begins, _, state, _ in _in_force(hours, wall.year).intervals(wall, wall + LOOK_AHEAD):
        # In the night in which clocks go back, a wall time comes twice: with fold 0, then with fold 1.
        for fold in (0, 1) if state == State.OPEN else ():
            opens = begins.replace(tzinfo=clock, fold=fold).astimezone(UTC)
            if opens > at and is_open(hours, zone, opens):
                changes = _clock_changes(clock, at, opens)
                return next((at for at in changes if is_open(hours, zone, at)), opens).astimezone(clock)
    return None


@lru_cache(maxsize=4096)
def _is_open_in(hours: OpenHours, zone: str, minute: int) -> bool:
    """In a minute since 1970: hours change on full ones, and each waiting caller asks every 20 seconds."""
    wall = datetime.fromtimestamp(minute * 60, ZoneInfo(zone)).replace(tzinfo=None)
    return _in_force(hours, wall.year).is_open(wall)


def days_off(hours: OpenHours, year: int) -> Iterator[tuple[date, str]]:
    """Every day of a year on which a holiday or a closure shuts the line, with its name."""
    if hours.holidays is not None:
        yield from hours.holidays.shut(year)
    for closure in hours.closures:
        day = max(closure.first, date(year, 1, 1))
        while day <= min(closure.last, date(year, 12, 31)):
            yield day, closure.name
            day += timedelta(days=1)


@lru_cache(maxsize=256)
def _in_force(hours: OpenHours, year: int) -> OpeningHours:
    """The weekly hours with the days off of this year and its neighbours written in as dates.

    Dates, because the library's own calendar differs by country: 1 January is a working day in its Britain.
    """
    off = sorted({day for near in (year - 1, year, year + 1, year + 2) for day, _ in days_off(hours, near)})
    return OpeningHours("; ".join([hours.open, *(f"{day:%Y %b %d} off" for day in off)]))


def _clock_changes(clock: ZoneInfo, after: datetime, until: datetime) -> Iterator[datetime]:
    """The moments between two at which the clock is put on or back: hours may open by that alone."""
    start = after.astimezone(UTC)
    while start < until:
        end = min(start + timedelta(days=1), until)
        if start.astimezone(clock).utcoffset() != end.astimezone(clock).utcoffset():
            yield _change_between(clock, start, end)
        start = end


def _change_between(clock: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """Clocks change on a full second."""
    offset = before.astimezone(clock).utcoffset()
    before, after = before.replace(microsecond=0), after.replace(microsecond=0)
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(clock).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after
