"""When a line is open, on its own clock: weekly hours, public holidays and named closures."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays
from opening_hours import OpeningHours

from config.hours import OpenHours

# How far ahead the next opening is looked for; a line closed for longer has none that is worth saying.
LOOK_AHEAD = timedelta(days=366)


def is_open(hours: OpenHours, zone: str, at: datetime) -> bool:
    """True when the hours are open at `at` (aware) on the clock of `zone`."""
    wall = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return _in_force(hours, wall.year).is_open(wall)


def next_opening(hours: OpenHours, zone: str, at: datetime) -> datetime | None:
    """When hours that are closed at `at` open next, on the clock of `zone`; None for not within a year."""
    clock = ZoneInfo(zone)
    wall = at.astimezone(clock).replace(tzinfo=None)
    in_force = _in_force(hours, wall.year)
    change = in_force.next_change(wall)
    while change is not None and change - wall <= LOOK_AHEAD:
        if in_force.is_open(change):
            return _on_the_clock(change, clock)
        change = in_force.next_change(change)
    return None


def days_off(hours: OpenHours, year: int) -> Iterator[tuple[date, str]]:
    """Every day of a year on which a holiday or a closure shuts the line, with its name."""
    if hours.holidays is not None:
        rules = hours.holidays
        found = holidays.country_holidays(rules.country, subdiv=rules.subdivision, years=year)
        yield from ((day, name) for day, name in sorted(found.items()) if name not in rules.open_on)
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


def _on_the_clock(wall: datetime, clock: ZoneInfo) -> datetime:
    """A wall time with its zone; one that the change to summer time skips is moved past the gap."""
    return datetime.fromtimestamp(wall.replace(tzinfo=clock).timestamp(), clock)
