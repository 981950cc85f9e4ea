"""Open or closed at a moment, on the line's own clock: to the second, and when clocks change."""

from datetime import datetime

import pytest

from routing.rules.opening_hours import is_open

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
    assert is_open(expression, zone, datetime.fromisoformat(at)) is expected
