"""Open or closed at a moment, on the line's own clock: to the second, and when clocks change."""

import time
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from config.hours import Closure, Holidays, OpenHours
from routing.rules.opening_hours import days_off, is_open, next_opening

OFFICE = "Mo-Fr 09:00-17:00"
NEW_YORK = "America/New_York"


@pytest.mark.parametrize(
    ("expression", "zone", "at", "expected"),
    [
        pytest.param(OFFICE, NEW_YORK, "2026-11-23T13:59:59Z", False, id="a second before opening"),
        pytest.param(OFFICE, NEW_YORK, "2026-11-23T14:00:00Z", True, id="opening"),
        pytest.param(OFFICE, NEW_YORK, "2026-11-23T21:59:59Z", True, id="the last second"),
        pytest.param(OFFICE, NEW_YORK, "2026-11-23T22:00:00Z", False, id="closing"),
        pytest.param(OFFICE, NEW_YORK, "2026-11-22T17:00:00Z", False, id="Sunday"),
        pytest.param(OFFICE, NEW_YORK, "2026-11-23T09:00:00-05:00", True, id="said in New York's offset"),
        pytest.param(OFFICE, "Europe/Madrid", "2026-11-23T14:00:00Z", True, id="another zone, open"),
        pytest.param(OFFICE, "Europe/Madrid", "2026-11-23T16:30:00Z", False, id="another zone, closed"),
        pytest.param(OFFICE, "Asia/Tokyo", "2026-11-22T23:59:00Z", False, id="Tokyo, Monday 08:59"),
        pytest.param(OFFICE, "Asia/Tokyo", "2026-11-23T00:00:00Z", True, id="Tokyo, Monday 09:00"),
        pytest.param(OFFICE, NEW_YORK, "2026-03-06T13:59:00Z", False, id="Friday in winter time, 08:59"),
        pytest.param(OFFICE, NEW_YORK, "2026-03-06T14:00:00Z", True, id="Friday in winter time, 09:00"),
        pytest.param(OFFICE, NEW_YORK, "2026-03-09T12:59:00Z", False, id="Monday in summer time, 08:59"),
        pytest.param(OFFICE, NEW_YORK, "2026-03-09T13:00:00Z", True, id="Monday in summer time, 09:00"),
        pytest.param(OFFICE, NEW_YORK, "2026-10-30T13:00:00Z", True, id="Friday in summer time, 09:00"),
        pytest.param(OFFICE, NEW_YORK, "2026-11-02T13:00:00Z", False, id="Monday in winter time, 08:00"),
        pytest.param(OFFICE, NEW_YORK, "2026-11-02T14:00:00Z", True, id="Monday in winter time, 09:00"),
        pytest.param("Su 01:00-02:30", NEW_YORK, "2026-03-08T06:59:59Z", True, id="before the lost hour"),
        pytest.param("Su 01:00-02:30", NEW_YORK, "2026-03-08T07:00:00Z", False, id="after the lost hour"),
        pytest.param("Su 01:00-02:00", NEW_YORK, "2026-11-01T05:30:00Z", True, id="01:30 for the first time"),
        pytest.param(
            "Su 01:00-02:00", NEW_YORK, "2026-11-01T06:30:00Z", True, id="01:30 for the second time"
        ),
        pytest.param("Su 01:00-02:00", NEW_YORK, "2026-11-01T07:00:00Z", False, id="02:00 at last"),
        pytest.param("Fr 22:00-06:00", NEW_YORK, "2026-11-28T08:00:00Z", True, id="past midnight"),
        pytest.param("Fr 22:00-06:00", NEW_YORK, "2026-11-28T11:00:00Z", False, id="the morning after"),
        pytest.param(
            f"{OFFICE}; 2026 Nov 26 off", NEW_YORK, "2026-11-26T17:00:00Z", False, id="Thanksgiving"
        ),
        pytest.param(
            f"{OFFICE}; 2026 Nov 26 off", NEW_YORK, "2026-11-25T17:00:00Z", True, id="the day before"
        ),
        pytest.param("24/7", NEW_YORK, "2026-03-08T07:00:00Z", True, id="always, in the lost hour"),
        pytest.param("24/7", "Pacific/Kiritimati", "2026-01-01T00:00:00Z", True, id="always, far away"),
        pytest.param("off", NEW_YORK, "2026-11-23T17:00:00Z", False, id="never"),
    ],
)
def test_a_line_is_open_by_its_own_clock(expression: str, zone: str, at: str, expected: bool) -> None:
    assert is_open(OpenHours(open=expression), zone, datetime.fromisoformat(at)) is expected


def in_new_york(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(NEW_YORK))


def a_closure(first: str, last: str) -> Closure:
    return Closure.model_validate({"name": "Stocktaking", "from": first, "to": last})


WEEK = OpenHours(
    open=OFFICE,
    holidays=Holidays(country="US", open_on=("Columbus Day", "Veterans Day")),
    closures=(a_closure("2027-01-04", "2027-01-05"), a_closure("2028-02-29", "2028-02-29")),
)


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-11-23T08:59:59", "2026-11-23T09:00"),
        ("2026-11-23T17:00:00", "2026-11-24T09:00"),
        pytest.param("2026-11-25T17:00:00", "2026-11-27T09:00", id="Thanksgiving, a holiday"),
        pytest.param("2026-12-24T17:00:00", "2026-12-28T09:00", id="Christmas, then a weekend"),
        pytest.param("2026-10-09T17:00:00", "2026-10-12T09:00", id="Columbus Day is worked"),
        pytest.param(
            "2028-11-09T17:00:00", "2028-11-10T09:00", id="so is Veterans Day when kept on a Friday"
        ),
        pytest.param("2027-07-02T17:00:00", "2027-07-06T09:00", id="the Fourth, kept on a Monday"),
        pytest.param("2026-12-31T17:00:00", "2027-01-06T09:00", id="New Year, a weekend, a closure"),
        pytest.param("2027-12-30T17:00:00", "2028-01-03T09:00", id="next New Year's Day, kept on Friday"),
        pytest.param("2027-12-31T23:59:59", "2028-01-03T09:00", id="the last second of a year"),
        pytest.param("2029-12-31T23:59:59", "2030-01-02T09:00", id="a holiday of next year, seen from this"),
        pytest.param("2028-02-28T17:00:00", "2028-03-01T09:00", id="a closure on a leap day"),
        pytest.param("2027-02-28T12:00:00", "2027-03-01T09:00", id="no leap day"),
        pytest.param("2026-03-06T17:00:00", "2026-03-09T09:00", id="over the change to summer time"),
        pytest.param("2026-10-30T17:00:00", "2026-11-02T09:00", id="over the change to winter time"),
    ],
)
def test_a_closed_line_says_when_it_opens_next(at: str, opens: str) -> None:
    assert not is_open(WEEK, NEW_YORK, in_new_york(at))
    assert next_opening(WEEK, NEW_YORK, in_new_york(at)) == in_new_york(opens)


@pytest.mark.parametrize(
    ("expression", "at", "opens"),
    [
        pytest.param(
            "Su 02:30-04:00", "2026-03-08T06:00:00Z", "2026-03-08T07:00:00Z", id="half past two is skipped"
        ),
        pytest.param(
            "Su 02:30-03:15", "2026-03-08T06:00:00Z", "2026-03-08T07:00:00Z", id="only its end is left"
        ),
        pytest.param(
            "Su 02:00-03:00", "2026-03-08T06:00:00Z", "2026-03-15T06:00:00Z", id="skipped as a whole"
        ),
        pytest.param(
            "Su 01:30-03:00", "2026-11-01T05:10:00Z", "2026-11-01T05:30:00Z", id="the first half past one"
        ),
        pytest.param(
            "Su 01:30-03:00", "2026-11-01T06:10:00Z", "2026-11-01T06:30:00Z", id="the second half past one"
        ),
        pytest.param(
            "Su 00:30-01:30", "2026-11-01T05:40:00Z", "2026-11-01T06:00:00Z", id="opened by the clock alone"
        ),
    ],
)
def test_in_the_night_of_a_clock_change_the_line_opens_when_its_clock_says_so(
    expression: str, at: str, opens: str
) -> None:
    found = next_opening(OpenHours(open=expression), NEW_YORK, datetime.fromisoformat(at))
    assert found is not None
    assert found.astimezone(UTC) == datetime.fromisoformat(opens)
    assert found.tzinfo == ZoneInfo(NEW_YORK)


@pytest.mark.parametrize("expression", ["off", "2020 Mo-Fr 09:00-17:00", "2030 Mo-Fr 09:00-17:00"])
def test_a_line_that_does_not_open_within_a_year_has_no_next_opening(expression: str) -> None:
    started = time.process_time()
    assert next_opening(OpenHours(open=expression), NEW_YORK, in_new_york("2027-06-01T12:00:00")) is None
    assert time.process_time() - started < 1


def test_the_days_off_of_a_year_have_their_names() -> None:
    assert dict(days_off(WEEK, 2027)) == {
        date(2027, 1, 1): "New Year's Day",
        date(2027, 1, 4): "Stocktaking",
        date(2027, 1, 5): "Stocktaking",
        date(2027, 1, 18): "Martin Luther King Jr. Day",
        date(2027, 2, 15): "Washington's Birthday",
        date(2027, 5, 31): "Memorial Day",
        date(2027, 6, 18): "Juneteenth National Independence Day",
        date(2027, 6, 19): "Juneteenth National Independence Day",
        date(2027, 7, 4): "Independence Day",
        date(2027, 7, 5): "Independence Day",
        date(2027, 9, 6): "Labor Day",
        date(2027, 11, 25): "Thanksgiving Day",
        date(2027, 12, 24): "Christmas Day",
        date(2027, 12, 25): "Christmas Day",
        date(2027, 12, 31): "New Year's Day",
    }


def test_a_part_of_a_country_has_its_own_holidays() -> None:
    york = OpenHours(open=OFFICE, holidays=Holidays(country="US", subdivision="NY"))
    assert {name for _, name in days_off(york, 2027)} - {name for _, name in days_off(WEEK, 2027)} == {
        "Columbus Day",
        "Veterans Day",
        "Lincoln's Birthday",
        "Susan B. Anthony Day and Washington's Birthday",
        "Election Day",
    }


def test_a_day_with_two_holidays_is_worked_only_when_both_are() -> None:
    def shut(*open_on: str) -> bool:
        rules = Holidays(country="US", subdivision="NY", open_on=open_on)
        return date(2027, 2, 15) in dict(days_off(OpenHours(open=OFFICE, holidays=rules), 2027))

    assert shut("Washington's Birthday")
    assert not shut("Washington's Birthday", "Susan B. Anthony Day")


def test_holidays_have_the_same_names_on_every_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "de")
    spain = OpenHours(open=OFFICE, holidays=Holidays(country="ES", open_on=("Epiphany",)))
    assert date(2027, 1, 6) not in dict(days_off(spain, 2027))
    assert dict(days_off(spain, 2027))[date(2027, 10, 12)] == "National Day"


def test_a_closure_shuts_its_whole_days_also_after_a_night_that_ends_in_them() -> None:
    nights = OpenHours(open="Mo-Su 22:00-06:00", closures=(a_closure("2027-01-05", "2027-01-05"),))
    closed = [
        hour for hour in range(24) if not is_open(nights, NEW_YORK, in_new_york(f"2027-01-05T{hour:02}:30"))
    ]
    assert closed == list(range(24))
    assert is_open(nights, NEW_YORK, in_new_york("2027-01-04T23:30"))
    assert is_open(nights, NEW_YORK, in_new_york("2027-01-06T23:30"))
