"""In which time zones a number may be: one, several, or unknown."""

from collections import defaultdict
from datetime import datetime, timedelta
from importlib.resources import files
from itertools import product
from zoneinfo import ZoneInfo, available_timezones

import phonenumbers
import pytest
from phonenumbers.tzdata import TIMEZONE_DATA

from callbacks.rules.zones import zones_of


@pytest.mark.parametrize(
    ("number", "zones"),
    [
        pytest.param("+12125550100", "America/New_York", id="New York"),
        pytest.param("+14155550142", "America/Los_Angeles", id="San Francisco"),
        pytest.param("+14165550123", "America/Toronto", id="Toronto"),
        pytest.param("+442079460018", "Europe/London", id="London"),
        pytest.param("+4915112345678", "Europe/Berlin", id="a German mobile"),
        pytest.param("+18505550142", "America/Chicago America/New_York", id="Florida's 850 lies in two"),
        pytest.param("+14485550142", "America/Chicago America/New_York", id="and 448, laid over it"),
        pytest.param("+12705550142", "America/Chicago America/New_York", id="so does Kentucky's 270"),
        pytest.param("+19285550142", "America/Denver America/Phoenix", id="Arizona's 928: the Navajo Nation"),
        pytest.param("+17095550142", "America/Halifax America/St_Johns", id="Newfoundland and Labrador"),
        pytest.param("+16045550142", "America/Vancouver", id="Vancouver"),
        pytest.param("+6421123456", "Pacific/Auckland Pacific/Chatham", id="a mobile of New Zealand: two"),
        pytest.param("+18005550100", "", id="freephone: anywhere in America"),
        pytest.param("+18764251234", "", id="a mobile of Jamaica: the library names all of America"),
        pytest.param("+881612345678", "", id="satellite: nowhere"),
        pytest.param("+15555555555", "", id="no number"),
        pytest.param("nobody", "", id="no number at all"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_a_number_says_by_which_clocks_the_customer_may_live(number: str, zones: str) -> None:
    assert " ".join(zones_of(number)) == zones


def test_the_widest_country_is_known_by_all_its_zones() -> None:
    russia = zones_of("+79161234567")
    assert {"Europe/Moscow", "Europe/Kaliningrad", "Asia/Kamchatka"} <= set(russia)


def test_every_zone_of_the_library_is_one_that_python_knows() -> None:
    assert {zone for zones in TIMEZONE_DATA.values() for zone in zones} <= available_timezones()


# Their mobiles have area codes, as those of +1 have.
TOLD_APART_BY_AREA = {"BR", "FM", "MX"}
# Time that is kept by one telephone number in a thousand there, or beside the official one.
KEPT_BY_FEW = {"America/Danmarkshavn", "Asia/Urumqi", "Europe/Simferopol"}


def zones_by_country() -> dict[str, set[str]]:
    """From the time zone database itself."""
    lines = (files("tzdata") / "zoneinfo" / "zone.tab").read_text("utf-8").splitlines()
    found: dict[str, set[str]] = defaultdict(set)
    for country, _, zone, *_ in (line.split("\t") for line in lines if not line.startswith("#")):
        found[country].add(zone)
    return found


def offset(zone: str, month: int) -> timedelta:
    return datetime(2026, month, 15, 12, tzinfo=ZoneInfo(zone)).utcoffset() or timedelta()


def test_no_clock_of_a_country_lies_outside_those_of_its_mobiles() -> None:
    """Else somebody there would be rung too early or too late for some months."""
    outside = set()
    for country, zones in zones_by_country().items():
        mobile = phonenumbers.example_number_for_type(country, phonenumbers.PhoneNumberType.MOBILE)
        if mobile is None or mobile.country_code == 1 or country in TOLD_APART_BY_AREA:
            continue
        known = zones_of(phonenumbers.format_number(mobile, phonenumbers.PhoneNumberFormat.E164))
        for month, zone in product(range(1, 13), zones - KEPT_BY_FEW):
            offsets = [offset(one, month) for one in known]
            if not min(offsets) <= offset(zone, month) <= max(offsets):
                outside.add((country, zone))
    assert outside == set()
