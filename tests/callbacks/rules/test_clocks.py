"""What a wall time means, on the days on which clocks change too."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from callbacks.rules.clocks import instant, resolved
from tests.callbacks.rules.lines import NEW_YORK


@pytest.mark.parametrize(
    ("day", "wall", "moment"),
    [
        pytest.param("2026-11-23", "10:00", "2026-11-23T15:00Z", id="winter"),
        pytest.param("2026-07-06", "10:00", "2026-07-06T14:00Z", id="summer"),
        pytest.param("2026-03-08", "02:30", "2026-03-08T07:30Z", id="leapt over: an hour later, at 03:30"),
        pytest.param("2026-11-01", "01:30", "2026-11-01T05:30Z", id="comes twice: the first time"),
        pytest.param("2028-02-29", "10:00", "2028-02-29T15:00Z", id="a leap day"),
    ],
)
def test_a_wall_time_is_a_moment_even_when_clocks_change(day: str, wall: str, moment: str) -> None:
    found = resolved(date.fromisoformat(day), time.fromisoformat(wall), NEW_YORK)
    assert found == datetime.fromisoformat(moment)
    assert found.tzinfo is UTC


def test_of_a_time_that_comes_twice_the_second_is_taken_when_the_first_is_past() -> None:
    day, half_past_one = date(2026, 11, 1), time(1, 30)
    past = datetime(2026, 11, 1, 5, 31, tzinfo=UTC)
    assert resolved(day, half_past_one, NEW_YORK, not_before=past) == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    # In the leap there is only one; it does not become earlier by being past.
    lost = resolved(date(2026, 3, 8), time(2, 30), NEW_YORK, not_before=datetime(2026, 3, 9, tzinfo=UTC))
    assert lost == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="says no time zone"):
        instant(datetime(2026, 11, 23, 10, 0))  # noqa: DTZ001
    assert instant(datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo(NEW_YORK))).tzinfo is UTC
