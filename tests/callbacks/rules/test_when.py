"""When a promised call is first due: a table by kind, hour and place. All times are the customer's own."""

from datetime import datetime, timedelta

import pytest

from callbacks.rules.days import days_for
from callbacks.rules.states import Kind
from callbacks.rules.when import first_due, next_business_day, same_day, soonest
from config.policy_numbers import Callbacks
from tests.callbacks.rules.lines import (
    ALWAYS,
    LOS_ANGELES,
    NEW_YORK,
    NUMBERS,
    WEEKDAYS,
    on,
    the_business_days,
    told,
)
from tests.routing.builders import a_line

DAYS = the_business_days()


@pytest.mark.parametrize(
    ("zone", "booked", "due"),
    [
        pytest.param(NEW_YORK, "2026-11-20 16:00", "Mon 2026-11-23 10:00", id="booked Friday 16:00"),
        pytest.param(LOS_ANGELES, "2026-11-20 13:00", "Mon 2026-11-23 10:00", id="the same in California"),
        pytest.param(NEW_YORK, "2026-11-23 00:01", "Tue 2026-11-24 10:00", id="just after midnight"),
        pytest.param(NEW_YORK, "2026-11-25 23:59", "Fri 2026-11-27 10:00", id="before Thanksgiving"),
        pytest.param(NEW_YORK, "2026-12-31 12:00", "Mon 2027-01-04 10:00", id="New Year's Eve"),
        pytest.param(NEW_YORK, "2028-02-28 12:00", "Tue 2028-02-29 10:00", id="before a leap day"),
        pytest.param(NEW_YORK, "2027-02-26 12:00", "Mon 2027-03-01 10:00", id="no leap day"),
        pytest.param(NEW_YORK, "2026-03-06 16:00", "Mon 2026-03-09 10:00", id="to summer: 65 hours, not 66"),
        pytest.param(NEW_YORK, "2026-10-30 16:00", "Mon 2026-11-02 10:00", id="to winter: 67 hours"),
        pytest.param("Europe/Berlin", "2026-03-27 16:00", "Mon 2026-03-30 10:00", id="Berlin, to summer"),
        pytest.param("Europe/Berlin", "2026-11-22 23:30", "Mon 2026-11-23 10:00", id="Berlin, Sunday night"),
        # In Sydney Monday 10:00 is still Sunday at the line, and nobody is there.
        pytest.param("Australia/Sydney", "2026-11-21 08:00", "Tue 2026-11-24 10:00", id="Sydney"),
    ],
)
def test_a_follow_up_is_due_at_ten_on_the_next_business_day(zone: str, booked: str, due: str) -> None:
    assert told(next_business_day(on(zone, booked), (zone,), NUMBERS, DAYS), zone) == due


def test_on_several_clocks_it_is_ten_or_later_on_all_of_them() -> None:
    new_zealand = ("Pacific/Auckland", "Pacific/Chatham")
    days = the_business_days(zone="Pacific/Auckland")
    due = next_business_day(on("Pacific/Auckland", "2026-11-20 16:00"), new_zealand, NUMBERS, days)
    assert told(due, "Pacific/Auckland") == "Mon 2026-11-23 10:00"
    assert told(due, "Pacific/Chatham") == "Mon 2026-11-23 10:45"


@pytest.mark.parametrize(
    ("at", "due"), [("06:00", "Mon 2026-11-23 08:00"), ("22:00", "Tue 2026-11-24 08:00")]
)
def test_a_time_of_day_outside_the_window_gives_way_to_the_window(at: str, due: str) -> None:
    booked = on(NEW_YORK, "2026-11-20 16:00")
    assert told(next_business_day(booked, (NEW_YORK,), Callbacks(at=at), DAYS)) == due


@pytest.mark.parametrize(
    ("happened", "due"),
    [
        pytest.param("2026-11-23 09:00", "Mon 2026-11-23 13:00", id="in the morning: four hours later"),
        pytest.param("2026-11-23 16:59", "Mon 2026-11-23 20:59", id="just in time for today"),
        pytest.param("2026-11-23 17:00", "Tue 2026-11-24 10:00", id="too late for today"),
        pytest.param("2026-11-23 02:00", "Mon 2026-11-23 08:00", id="at night: when the window opens"),
        pytest.param("2026-11-23 22:00", "Tue 2026-11-24 10:00", id="late: four hours later is tomorrow"),
        pytest.param("2026-11-21 09:00", "Mon 2026-11-23 10:00", id="on a Saturday"),
        pytest.param("2026-11-20 18:00", "Mon 2026-11-23 10:00", id="on a Friday evening"),
    ],
)
def test_on_the_same_day_only_after_four_hours_and_inside_the_window(happened: str, due: str) -> None:
    assert told(same_day(on(NEW_YORK, happened), (NEW_YORK,), NUMBERS, DAYS)) == due


@pytest.mark.parametrize(
    ("kind", "wanted", "due"),
    [
        ("follow_up", None, "Mon 2026-11-23 10:00"),
        ("correction", None, "Mon 2026-11-23 10:00"),
        pytest.param("promised", None, "Sat 2026-11-21 10:00", id="the line is open on Saturday"),
        pytest.param("requested", None, "Fri 2026-11-20 16:00", id="as soon as the window is open"),
        ("follow_up", "2026-11-24 15:30", "Tue 2026-11-24 15:30"),
        ("promised", "2026-11-21 11:00", "Sat 2026-11-21 11:00"),
        pytest.param(
            "follow_up", "2026-11-21 11:00", "Mon 2026-11-23 08:00", id="Saturday, for our own reasons"
        ),
        pytest.param(
            "promised", "2026-11-20 22:00", "Sat 2026-11-21 08:00", id="too late: later, not earlier"
        ),
        pytest.param("promised", "2026-11-23 06:00", "Mon 2026-11-23 08:00", id="too early"),
        pytest.param(
            "promised", "2026-11-19 12:00", "Fri 2026-11-20 16:00", id="a time that is past: at once"
        ),
    ],
)
def test_a_call_booked_on_friday_at_four_is_due(kind: str, wanted: str | None, due: str) -> None:
    days = days_for(Kind(kind), a_line(), ALWAYS)
    given = on(NEW_YORK, wanted) if wanted else None
    booked = on(NEW_YORK, "2026-11-20 16:00")
    assert told(first_due(Kind(kind), booked, given, (NEW_YORK,), NUMBERS, days)) == due


def test_a_caller_who_asks_at_night_is_called_when_the_window_opens() -> None:
    assert (
        told(soonest(on(NEW_YORK, "2026-11-23 05:00"), (NEW_YORK,), NUMBERS, DAYS)) == "Mon 2026-11-23 08:00"
    )


@pytest.mark.parametrize("kind", Kind)
def test_without_a_clock_every_kind_is_shown_to_a_person(kind: Kind) -> None:
    booked = on(NEW_YORK, "2026-11-20 16:00")
    for wanted in (None, booked + timedelta(days=1)):
        assert told(first_due(kind, booked, wanted, (), NUMBERS, DAYS)) == "person"
    assert told(same_day(booked, (), NUMBERS, DAYS)) == "person"


@pytest.mark.parametrize("kind", Kind)
def test_a_time_without_a_zone_is_refused(kind: Kind) -> None:
    naive, booked = datetime(2026, 11, 24, 12, 0), on(NEW_YORK, "2026-11-20 16:00")  # noqa: DTZ001
    with pytest.raises(ValueError, match="no time zone"):
        first_due(kind, booked, naive, (NEW_YORK,), NUMBERS, DAYS)
    with pytest.raises(ValueError, match="no time zone"):
        first_due(kind, naive, None, (NEW_YORK,), NUMBERS, DAYS)


def test_an_office_and_a_line_that_is_always_open_agree_on_the_next_business_day() -> None:
    booked = on(NEW_YORK, "2026-11-25 12:00")
    office = next_business_day(booked, (NEW_YORK,), NUMBERS, the_business_days(WEEKDAYS))
    assert office == next_business_day(booked, (NEW_YORK,), NUMBERS, DAYS)
