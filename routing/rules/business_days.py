"""The days of a line: business days, or all on which it opens (docs/policy.md 22)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import holidays
from opening_hours import OpeningHours, State

from config.hours import Holidays, OpenHours
from config.schema import Line
from routing.rules.opening_hours import days_off

_DAY = timedelta(days=1)
_SATURDAY = 5
# A line without a day to call on for so long has none: a person has to look.
LOOK_AHEAD_DAYS = 366


@dataclass(frozen=True, slots=True)
class LineDays:
    """The days of one line, by its own clock `zone`; `business` leaves out weekends and public holidays."""

    hours: OpenHours
    zone: str
    region: str
    business: bool


def open_days(line: Line, hours: OpenHours) -> LineDays:
    """Days on which the line opens, by its hours, holidays and closures as configured."""
    return LineDays(hours, line.zone, line.region, business=False)


def business_days(line: Line, hours: OpenHours) -> LineDays:
    """Open days of a line that has days of rest; Monday to Friday of one that is open all week.

    Public holidays are those that the hours name; where they name none, those of the line's region.
    """
    return LineDays(hours, line.zone, line.region, business=True)


@lru_cache(maxsize=8192)
def is_one(days: LineDays, day: date) -> bool:
    """True when `day` is one of the line's days."""
    if day in _off(days, day.year) or not _opens(days.hours.open, day):
        return False
    return not days.business or day.weekday() < _SATURDAY or not _open_all_week(days.hours.open, day)


def next_one(days: LineDays, day: date) -> date | None:
    """The first of the line's days from `day` on; None for none within a year."""
    ahead = (day + _DAY * n for n in range(LOOK_AHEAD_DAYS + 1))
    return next((day for day in ahead if is_one(days, day)), None)


@lru_cache(maxsize=64)
def _off(days: LineDays, year: int) -> frozenset[date]:
    public = _public_holidays(days, year) if days.business and days.hours.holidays is None else ()
    return frozenset({*(day for day, _ in days_off(days.hours, year)), *public})


def _public_holidays(days: LineDays, year: int) -> Iterator[date]:
    if days.region in holidays.list_supported_countries():
        yield from (day for day, _ in Holidays(country=days.region).shut(year))


def _open_all_week(written: str, day: date) -> bool:
    monday = day - _DAY * day.weekday()
    return all(_opens(written, monday + _DAY * n) for n in range(7))


@lru_cache(maxsize=8192)
def _opens(written: str, day: date) -> bool:
    """True when it opens on `day` or is open to its end: the small hours of the night before do not count."""
    midnight = datetime.combine(day, time())
    opened = _week(written).intervals(midnight - _DAY, midnight + _DAY)
    return any(
        state == State.OPEN and (begins >= midnight or ends >= midnight + _DAY)
        for begins, ends, state, _ in opened
    )


@lru_cache(maxsize=64)
def _week(written: str) -> OpeningHours:
    return OpeningHours(written)
