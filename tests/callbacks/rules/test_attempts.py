"""How often a customer is rung: two a day, three in all, three hours apart. Times are the customer's own."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from callbacks.rules.attempts import after_attempt, attempts_left, may_ring_again
from config.policy_numbers import Callbacks
from tests.callbacks.rules.lines import NEW_YORK, NUMBERS, on, the_business_days, told

DAYS = the_business_days()
MON, TUE, FRI = "2026-11-23", "2026-11-24", "2026-11-27"


def moments(*texts: str) -> list[datetime]:
    return [on(NEW_YORK, text) for text in texts]


@pytest.mark.parametrize(
    ("attempts", "at", "next_one"),
    [
        pytest.param([f"{MON} 10:00"], f"{MON} 10:01", "Mon 2026-11-23 13:00", id="three hours later"),
        pytest.param([f"{MON} 10:00"], f"{MON} 15:00", "Mon 2026-11-23 15:00", id="the wait is over already"),
        pytest.param([f"{MON} 18:30"], f"{MON} 18:31", "Tue 2026-11-24 08:00", id="the window closes first"),
        pytest.param([f"{FRI} 18:30"], f"{FRI} 18:31", "Mon 2026-11-30 08:00", id="and it is Friday"),
        pytest.param(
            [f"{MON} 10:00", f"{MON} 13:00"], f"{MON} 13:01", "Tue 2026-11-24 08:00", id="two on one day"
        ),
        pytest.param(
            [f"{MON} 13:00", f"{MON} 10:00"], f"{MON} 13:01", "Tue 2026-11-24 08:00", id="in any order"
        ),
        pytest.param(
            [f"{MON} 18:00", f"{TUE} 08:00"], f"{TUE} 08:01", "Tue 2026-11-24 11:00", id="one on each day"
        ),
        pytest.param(
            [f"{MON} 10:00", f"{MON} 13:00", f"{TUE} 08:00"], f"{TUE} 08:01", "exhausted", id="three"
        ),
        pytest.param([], f"{MON} 10:00", "Mon 2026-11-23 10:00", id="none yet"),
    ],
)
def test_the_next_attempt(attempts: Sequence[str], at: str, next_one: str) -> None:
    found = after_attempt(moments(*attempts), on(NEW_YORK, at), (NEW_YORK,), NUMBERS, DAYS)
    assert told(found) == next_one


def test_attempts_are_counted_down_to_none() -> None:
    assert [attempts_left(made, NUMBERS) for made in range(5)] == [3, 2, 1, 0, 0]


def test_other_promises_to_the_same_number_count_for_the_day_and_for_nothing_else() -> None:
    first, others = moments(f"{MON} 10:00"), moments(f"{MON} 12:30")
    at = on(NEW_YORK, f"{MON} 10:01")
    assert told(after_attempt(first, at, (NEW_YORK,), NUMBERS, DAYS, others)) == "Tue 2026-11-24 08:00"
    assert told(after_attempt(first, at, (NEW_YORK,), NUMBERS, DAYS)) == "Mon 2026-11-23 13:00"
    week = moments("2026-11-18 10:00", "2026-11-19 10:00", "2026-11-20 10:00")
    assert told(after_attempt(first, at, (NEW_YORK,), NUMBERS, DAYS, week)) == "Mon 2026-11-23 13:00"


@pytest.mark.parametrize(
    ("calls", "at", "verdict"),
    [
        pytest.param([], f"{MON} 12:00", "now", id="nobody rang this number"),
        pytest.param([f"{MON} 08:00"], f"{MON} 08:01", "now", id="once today"),
        pytest.param([f"{MON} 08:00", f"{MON} 09:00"], f"{MON} 12:00", "Tue 2026-11-24 08:00", id="twice"),
        pytest.param(["2026-11-20 20:59", f"{MON} 09:00"], f"{MON} 12:00", "now", id="once on each day"),
        pytest.param(
            [f"{FRI} 08:00", f"{FRI} 09:00"], f"{FRI} 12:00", "Mon 2026-11-30 08:00", id="twice on a Friday"
        ),
        pytest.param([], f"{MON} 21:00", "Tue 2026-11-24 08:00", id="too late in the evening"),
    ],
)
def test_a_number_has_two_calls_a_day_whatever_was_promised(
    calls: Sequence[str], at: str, verdict: str
) -> None:
    found = may_ring_again(moments(*calls), on(NEW_YORK, at), (NEW_YORK,), NUMBERS, DAYS)
    assert told(found) == verdict


def test_a_day_is_full_when_it_is_full_on_one_of_the_clocks() -> None:
    zones = ("Pacific/Auckland", "Pacific/Chatham")
    calls = [on("Pacific/Auckland", f"2026-11-24 {wall}") for wall in ("08:00", "11:00")]
    at = on("Pacific/Auckland", "2026-11-24 14:00")
    found = may_ring_again(calls, at, zones, NUMBERS, the_business_days(zone="Pacific/Auckland"))
    assert told(found, "Pacific/Auckland") == "Wed 2026-11-25 08:00"


def test_a_config_that_allows_no_calls_makes_none() -> None:
    at = on(NEW_YORK, f"{MON} 12:00")
    assert told(may_ring_again([], at, (NEW_YORK,), Callbacks(per_day=0), DAYS)) == "person"
    assert told(after_attempt([], at, (NEW_YORK,), Callbacks(per_week=0), DAYS)) == "exhausted"


def test_without_a_clock_a_person_decides() -> None:
    at = on(NEW_YORK, f"{MON} 12:00")
    assert told(may_ring_again([], at, (), NUMBERS, DAYS)) == "person"
    assert told(after_attempt([at], at + timedelta(hours=4), (), NUMBERS, DAYS)) == "person"


def test_a_moment_without_a_zone_is_refused() -> None:
    naive, noon = datetime(2026, 11, 23, 12, 0), on(NEW_YORK, f"{MON} 12:00")  # noqa: DTZ001
    for attempts, at in (([naive], noon), ([noon], naive)):
        with pytest.raises(ValueError, match="no time zone"):
            after_attempt(attempts, at, (NEW_YORK,), NUMBERS, DAYS)
