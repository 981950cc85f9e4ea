"""The days on which a line calls its customers: a table of weeks, holidays and closures."""

from datetime import date

import pytest

from callbacks.rules.days import days_for
from callbacks.rules.states import Kind
from config.hours import Holidays, OpenHours
from routing.rules.business_days import LineDays, is_one, next_one
from tests.callbacks.rules.lines import ALWAYS, WEEKDAYS, a_closure, the_business_days, the_open_days
from tests.routing.builders import a_line

CLOSED_IN_MAY = OpenHours(open="24/7", closures=(a_closure("2026-05-04", "2026-05-05"),))
WORKED = OpenHours(open="24/7", holidays=Holidays(country="US", open_on=("Columbus Day",)))
NIGHTS = OpenHours(open="Mo-Fr 22:00-06:00")
SUNDAY_TO_THURSDAY = OpenHours(open="Su-Th 08:00-16:00")


@pytest.mark.parametrize(
    ("hours", "day", "business", "opens"),
    [
        pytest.param(ALWAYS, "2026-11-23", True, True, id="always open, a Monday"),
        pytest.param(ALWAYS, "2026-11-21", False, True, id="always open, a Saturday"),
        pytest.param(ALWAYS, "2026-11-22", False, True, id="always open, a Sunday"),
        pytest.param(ALWAYS, "2026-11-26", False, True, id="always open, Thanksgiving in its region"),
        pytest.param(ALWAYS, "2026-07-03", False, True, id="always open, the Fourth kept on a Friday"),
        pytest.param(ALWAYS, "2028-02-29", True, True, id="a leap day, a Tuesday"),
        pytest.param(CLOSED_IN_MAY, "2026-05-05", False, False, id="a closure"),
        pytest.param(CLOSED_IN_MAY, "2026-05-06", True, True, id="the day after a closure"),
        pytest.param(WORKED, "2026-10-12", True, True, id="a holiday that is worked here"),
        pytest.param(WORKED, "2026-12-25", False, False, id="a holiday that the hours name"),
        pytest.param(WEEKDAYS, "2026-11-20", True, True, id="an office, Friday"),
        pytest.param(WEEKDAYS, "2026-11-21", False, False, id="an office, Saturday"),
        pytest.param(SUNDAY_TO_THURSDAY, "2026-11-22", True, True, id="a week that begins on Sunday"),
        pytest.param(SUNDAY_TO_THURSDAY, "2026-11-20", False, False, id="its day of rest, Friday"),
        pytest.param(NIGHTS, "2026-11-20", True, True, id="a night line, Friday"),
        pytest.param(NIGHTS, "2026-11-21", False, False, id="the end of Friday's night is no Saturday"),
        pytest.param(OpenHours(open="Mo-Su 08:00-20:00"), "2026-11-21", False, True, id="seven days a week"),
        pytest.param(OpenHours(open="Mo-Sa 08:00-20:00"), "2026-11-21", True, True, id="six days a week"),
    ],
)
def test_which_days_are_business_days_and_which_are_open(
    hours: OpenHours, day: str, business: bool, opens: bool
) -> None:
    assert is_one(the_business_days(hours), date.fromisoformat(day)) is business
    assert is_one(the_open_days(hours), date.fromisoformat(day)) is opens


@pytest.mark.parametrize(
    ("after", "next_day"),
    [
        ("2026-11-20", "2026-11-20"),
        pytest.param("2026-11-21", "2026-11-23", id="over a weekend"),
        pytest.param("2026-12-25", "2026-12-28", id="over Christmas, a Friday"),
        pytest.param("2027-12-31", "2028-01-03", id="New Year, kept on the Friday before"),
        pytest.param("2028-02-26", "2028-02-28", id="into a leap week"),
    ],
)
def test_the_next_business_day(after: str, next_day: str) -> None:
    assert next_one(the_business_days(), date.fromisoformat(after)) == date.fromisoformat(next_day)


def test_a_line_that_never_opens_has_no_next_day() -> None:
    assert next_one(the_business_days(OpenHours(open="2020 Mo-Fr 09:00-17:00")), date(2026, 1, 1)) is None


def test_a_region_without_known_holidays_has_weekends_only() -> None:
    assert is_one(LineDays(ALWAYS, "Atlantic/St_Helena", "AC", business=True), date(2026, 12, 25))


@pytest.mark.parametrize("kind", Kind)
def test_who_waits_for_our_call_gets_it_on_any_open_day(kind: Kind) -> None:
    """A caller who pressed "call me back" on a Saturday, on a line that is open, is not left until Monday."""
    days = days_for(kind, a_line(), ALWAYS)
    assert is_one(days, date(2026, 11, 21)) is (kind in {Kind.REQUESTED, Kind.PROMISED})
    assert days == (the_open_days() if kind in {Kind.REQUESTED, Kind.PROMISED} else the_business_days())
