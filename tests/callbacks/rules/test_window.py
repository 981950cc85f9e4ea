"""Whether a customer may be rung at a moment; if not, from when. All times are the customer's own."""

from datetime import UTC, datetime

import pytest

from callbacks.rules.window import may_ring
from config.hours import OpenHours
from config.policy_numbers import Callbacks
from tests.callbacks.rules.lines import (
    NEW_YORK,
    NUMBERS,
    WEEKDAYS,
    a_closure,
    on,
    the_business_days,
    the_open_days,
    told,
)


@pytest.mark.parametrize(
    ("zone", "at", "verdict"),
    [
        (NEW_YORK, "2026-11-23 08:00", "now"),
        (NEW_YORK, "2026-11-23 20:59:59.999", "now"),
        (NEW_YORK, "2026-11-23 07:59:59", "Mon 2026-11-23 08:00"),
        (NEW_YORK, "2026-11-23 21:00", "Tue 2026-11-24 08:00"),
        (NEW_YORK, "2026-11-23 23:59", "Tue 2026-11-24 08:00"),
        pytest.param(NEW_YORK, "2026-11-21 12:00", "Mon 2026-11-23 08:00", id="Saturday"),
        pytest.param(NEW_YORK, "2026-11-26 12:00", "Fri 2026-11-27 08:00", id="Thanksgiving"),
        pytest.param(NEW_YORK, "2026-12-24 21:30", "Mon 2026-12-28 08:00", id="Christmas Eve, too late"),
        pytest.param(NEW_YORK, "2028-02-28 22:00", "Tue 2028-02-29 08:00", id="a leap day"),
        pytest.param(NEW_YORK, "2026-03-06 21:00", "Mon 2026-03-09 08:00", id="over the change to summer"),
        pytest.param(NEW_YORK, "2026-10-30 21:00", "Mon 2026-11-02 08:00", id="over the change to winter"),
        pytest.param(
            "America/Los_Angeles", "2026-11-23 07:00", "Mon 2026-11-23 08:00", id="10:00 at the line"
        ),
        pytest.param("Europe/Berlin", "2026-11-23 20:00", "now", id="14:00 at the line"),
        pytest.param("Australia/Sydney", "2026-11-23 10:00", "Mon 2026-11-23 16:00", id="Sunday at the line"),
        pytest.param("Australia/Sydney", "2026-11-28 10:00", "Mon 2026-11-30 16:00", id="Saturday there"),
        pytest.param("Asia/Kathmandu", "2026-11-24 20:59", "now", id="a quarter of an hour off"),
    ],
)
def test_a_customer_is_rung_in_the_window_on_a_business_day(zone: str, at: str, verdict: str) -> None:
    assert told(may_ring(on(zone, at), (zone,), NUMBERS, the_business_days()), zone) == verdict


@pytest.mark.parametrize(
    ("zones", "at", "verdict"),
    [
        pytest.param("Pacific/Auckland Pacific/Chatham", "2026-11-24 08:30", "now", id="09:15 in Chatham"),
        pytest.param(
            "Pacific/Auckland Pacific/Chatham",
            "2026-11-24 20:20",
            "Wed 2026-11-25 08:00",
            id="past nine in Chatham",
        ),
        pytest.param(
            "Europe/Berlin Europe/London", "2026-11-24 08:30", "Tue 2026-11-24 09:00", id="07:30 in London"
        ),
        pytest.param(
            "Asia/Tokyo Europe/London America/Los_Angeles",
            "2026-11-24 12:00",
            "person",
            id="round the world: never",
        ),
        pytest.param("", "2026-11-24 12:00", "person", id="no clock known"),
    ],
)
def test_on_several_clocks_it_must_be_allowed_on_all(zones: str, at: str, verdict: str) -> None:
    clocks = tuple(zones.split())
    zone = clocks[0] if clocks else NEW_YORK
    assert told(may_ring(on(zone, at), clocks, NUMBERS, the_business_days(zone=zone)), zone) == verdict


def test_who_asked_for_a_call_is_rung_on_a_saturday_too_where_the_line_is_open() -> None:
    saturday = on(NEW_YORK, "2026-11-21 12:00")
    assert told(may_ring(saturday, (NEW_YORK,), NUMBERS, the_open_days())) == "now"
    assert told(may_ring(saturday, (NEW_YORK,), NUMBERS, the_open_days(WEEKDAYS))) == "Mon 2026-11-23 08:00"


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        pytest.param("2026-11-23 12:00", "now", id="two hours late, the window is open"),
        pytest.param("2026-11-23 21:05", "Tue 2026-11-24 08:00", id="found when the window has closed"),
        pytest.param("2026-11-27 21:05", "Mon 2026-11-30 08:00", id="the same on a Friday"),
    ],
)
def test_a_call_that_was_due_at_ten_and_is_found_late(found: str, verdict: str) -> None:
    assert told(may_ring(on(NEW_YORK, found), (NEW_YORK,), NUMBERS, the_business_days())) == verdict


@pytest.mark.parametrize(
    ("earliest", "latest", "at", "moment"),
    [
        pytest.param(
            "02:30", "05:00", "2026-03-08T06:00Z", "2026-03-08T07:30Z", id="the clock leaps over 02:30"
        ),
        pytest.param(
            "02:10", "03:05", "2026-03-08T06:00Z", "2026-03-09T06:10Z", id="and over all but its end"
        ),
        pytest.param("01:30", "01:45", "2026-11-01T05:10Z", "2026-11-01T05:30Z", id="01:30, the first time"),
        pytest.param("01:30", "01:45", "2026-11-01T06:10Z", "2026-11-01T06:30Z", id="01:30, the second time"),
    ],
)
def test_a_window_in_the_night_in_which_clocks_change(
    earliest: str, latest: str, at: str, moment: str
) -> None:
    numbers = Callbacks(earliest=earliest, latest=latest)
    verdict = may_ring(datetime.fromisoformat(at), (NEW_YORK,), numbers, the_open_days())
    assert (
        told(verdict)
        == f"{datetime.fromisoformat(moment).astimezone(on(NEW_YORK, at[:10]).tzinfo):%a %Y-%m-%d %H:%M}"
    )


@pytest.mark.parametrize(
    ("numbers", "hours"),
    [
        pytest.param(
            Callbacks(earliest="21:00", latest="08:00"), "24/7", id="a window that ends before it begins"
        ),
        pytest.param(Callbacks(earliest="08:00", latest="08:00"), "24/7", id="an empty window"),
        pytest.param(NUMBERS, "2020 Mo-Fr 09:00-17:00", id="a line that never opens again"),
    ],
)
def test_what_can_never_be_dialled_is_shown_to_a_person(numbers: Callbacks, hours: str) -> None:
    days = the_business_days(OpenHours(open=hours))
    assert told(may_ring(on(NEW_YORK, "2026-11-23 12:00"), (NEW_YORK,), numbers, days)) == "person"


def test_a_line_closed_for_a_fortnight_calls_after_it() -> None:
    away = OpenHours(open="24/7", closures=(a_closure("2026-08-03", "2026-08-16"),))
    verdict = may_ring(on(NEW_YORK, "2026-08-03 12:00"), (NEW_YORK,), NUMBERS, the_business_days(away))
    assert told(verdict) == "Mon 2026-08-17 08:00"


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        may_ring(datetime(2026, 11, 23, 12, 0), (NEW_YORK,), NUMBERS, the_business_days())  # noqa: DTZ001
    noon = datetime(2026, 11, 23, 17, tzinfo=UTC)
    assert told(may_ring(noon, (NEW_YORK,), NUMBERS, the_business_days())) == "now"
