"""The conduct policy's numbers with the calendar that its business days are counted by."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from config.schema import RoutingConfig
from routing.rules.accounts import Terms
from routing.rules.business_days import LineDays, business_days, next_one

_DAY = timedelta(days=1)


def terms_of(config: RoutingConfig) -> Terms:
    """Business days are those of the default line: a caller's ledger knows no line."""
    line = config.lines[config.default_line]
    days = business_days(line, config.hours[line.hours])
    return Terms(config.conduct, lambda at, count: business_days_after(at, count, days))


def business_days_after(at: datetime, count: int, days: LineDays) -> datetime:
    """The end of the `count`-th business day after the day of `at`, on the line's clock.

    A line that has none for a year is given the next day: nobody waits for ever.
    """
    zone = ZoneInfo(days.zone)
    day = at.astimezone(zone).date()
    for _ in range(count):
        day = next_one(days, day + _DAY) or day + _DAY
    return datetime.combine(day + _DAY, time(), zone).astimezone(UTC)
