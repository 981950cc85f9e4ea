"""Lines, numbers and clocks for the tests of promised calls."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from callbacks.rules.window import Later, NeedsPerson, Now
from config.hours import Closure, Holidays, OpenHours
from config.policy_numbers import Callbacks
from routing.rules.business_days import LineDays, business_days, open_days
from tests.routing.builders import a_line

NUMBERS = Callbacks()
NEW_YORK, LOS_ANGELES = "America/New_York", "America/Los_Angeles"
ALWAYS = OpenHours(open="24/7")
WEEKDAYS = OpenHours(open="Mo-Fr 09:00-17:00", holidays=Holidays(country="US"))


def a_closure(first: str, last: str) -> Closure:
    return Closure.model_validate({"name": "Stocktaking", "from": first, "to": last})


def the_business_days(hours: OpenHours = ALWAYS, zone: str = NEW_YORK) -> LineDays:
    """Those of the default line, which is always open, unless other hours are given."""
    return business_days(a_line().model_copy(update={"zone": zone}), hours)


def the_open_days(hours: OpenHours = ALWAYS, zone: str = NEW_YORK) -> LineDays:
    return open_days(a_line().model_copy(update={"zone": zone}), hours)


def on(zone: str, text: str, fold: int = 0) -> datetime:
    """A moment by a zone's clock: on(NEW_YORK, "2026-11-23 10:00")."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


def told(verdict: object, zone: str = NEW_YORK) -> str:
    """A verdict by a zone's clock, in a word or two: "Mon 2026-11-23 10:00", "now", "person"."""
    match verdict:
        case Now():
            return "now"
        case Later(at):
            assert at.tzinfo is UTC
            return f"{at.astimezone(ZoneInfo(zone)):%a %Y-%m-%d %H:%M}"
        case NeedsPerson(because):
            assert because.endswith(".")
            return "person"
        case other:
            return type(other).__name__.lower()
