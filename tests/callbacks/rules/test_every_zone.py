"""Every time zone, both changes of five years: nobody is rung outside 08:00 to 21:00 on his own clock."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import given, settings
from hypothesis import strategies as st

from callbacks.rules.attempts import Exhausted, after_attempt, may_ring_again
from callbacks.rules.states import Kind
from callbacks.rules.when import first_due, next_business_day, same_day, soonest
from callbacks.rules.window import Later, NeedsPerson, Now, may_ring
from config.policy_numbers import Callbacks
from routing.rules.business_days import LineDays
from tests.callbacks.rules.lines import NUMBERS, WEEKDAYS, the_business_days, the_open_days

ZONES = sorted(available_timezones())
FIRST, LAST = datetime(2026, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def is_allowed(at: datetime, zone: str) -> bool:
    """The window, read naively."""
    return at.tzinfo is not None and time(8) <= at.astimezone(ZoneInfo(zone)).time() < time(21)


@cache
def changes(zone: str) -> tuple[datetime, ...]:
    """The moments of five years at which a zone's clock is put on or back."""
    clock, found = ZoneInfo(zone), []
    week = FIRST
    while week < LAST:
        after = week + timedelta(days=7)
        if week.astimezone(clock).utcoffset() != after.astimezone(clock).utcoffset():
            found.append(_change(clock, week, after))
        week = after
    return tuple(found)


def _change(clock: ZoneInfo, before: datetime, after: datetime) -> datetime:
    offset = before.astimezone(clock).utcoffset()
    while after - before > SECOND:
        middle = (before + (after - before) / 2).replace(microsecond=0)
        before, after = (
            (middle, after) if middle.astimezone(clock).utcoffset() == offset else (before, middle)
        )
    return after


def around(change: datetime) -> Iterator[datetime]:
    """Moments at which calls may be booked or found due: the change itself, and the days about it."""
    yield from (change - SECOND, change, change + SECOND)
    yield from (change + timedelta(hours=hours, minutes=7) for hours in (-62, -31, -17, -9, 5, 11, 19, 38))


def dialled(at: datetime, zone: str, days: LineDays) -> Iterator[datetime]:
    """Every moment at which one of the rules would have this customer rung."""
    zones = (zone,)
    match may_ring(at, zones, NUMBERS, days):
        case Now():
            yield at
        case Later(later):
            assert later > at
            yield later
    for rule in (next_business_day, same_day):
        due = rule(at, zones, NUMBERS, days)
        assert isinstance(due, Later)
        assert due.at > at
        yield due.at
    again = after_attempt([at], at, zones, NUMBERS, days)
    assert isinstance(again, Later)
    assert again.at - at >= timedelta(hours=3)
    yield again.at


def test_over_every_change_of_clocks_nobody_is_rung_outside_the_window() -> None:
    days = the_business_days()
    outside, looked_at, changed = [], 0, 0
    for zone in ZONES:
        # Where clocks never change, the days on which New York's do are as good as any.
        changed += len(changes(zone))
        for change in changes(zone) or changes("America/New_York")[:2]:
            for at in around(change):
                moments = list(dialled(at, zone, days))
                looked_at += len(moments)
                outside += [(zone, at, moment) for moment in moments if not is_allowed(moment, zone)]
    assert outside == []
    assert changed > 2000
    assert looked_at > 100_000


def test_ten_in_the_morning_stays_ten_over_every_change() -> None:
    """ "Tomorrow" as 24 hours later is an hour wrong on both changes."""
    for zone in ZONES:
        days = the_business_days(zone=zone)
        for change in changes(zone):
            due = next_business_day(change - timedelta(hours=12), (zone,), NUMBERS, days)
            assert isinstance(due, Later)
            assert due.at.astimezone(ZoneInfo(zone)).time() == time(10), (zone, change)


moments = st.integers(0, int((LAST - FIRST).total_seconds()) - 1).map(lambda s: FIRST + timedelta(seconds=s))
# Near the change of some zone; the microseconds are there to be lost.
edges = st.builds(
    lambda zone, index, seconds: (
        (changes(zone) or (FIRST,))[index % max(len(changes(zone)), 1)] + timedelta(seconds=seconds)
    ),
    st.sampled_from(ZONES),
    st.integers(0, 20),
    st.floats(-200_000, 200_000),
)
some_zones = st.lists(st.sampled_from(ZONES), min_size=1, max_size=4, unique=True).map(tuple)
some_days = st.builds(
    lambda make, hours, zone: make(*hours, zone=zone),
    st.sampled_from([the_business_days, the_open_days]),
    st.sampled_from([(), (WEEKDAYS,)]),
    st.sampled_from(["America/New_York", "Europe/Madrid", "Pacific/Auckland"]),
)


@settings(max_examples=300, deadline=None)
@given(
    at=moments | edges,
    zones=some_zones,
    days=some_days,
    sample=st.lists(st.floats(0, 1), min_size=15, max_size=15),
)
def test_a_moment_is_allowed_on_every_clock_and_none_before_it_is(
    at: datetime, zones: tuple[str, ...], days: LineDays, sample: list[float]
) -> None:
    match may_ring(at, zones, NUMBERS, days):
        case Now():
            assert all(is_allowed(at, zone) for zone in zones)
        case Later(later):
            assert later > at
            assert later.tzinfo is UTC
            assert all(is_allowed(later, zone) for zone in zones)
            assert may_ring(later, zones, NUMBERS, days) == Now()
            between = [at + (later - at) * part for part in sample] + [later - SECOND]
            assert [
                moment
                for moment in between
                if at <= moment < later and may_ring(moment, zones, NUMBERS, days) == Now()
            ] == []
        case NeedsPerson():
            hours = [at + timedelta(hours=hour) for hour in range(24 * 28)]
            assert not any(all(is_allowed(hour, zone) for zone in zones) for hour in hours)


@settings(max_examples=200, deadline=None)
@given(first=moments | edges, more=st.floats(0, 400_000), zones=some_zones, days=some_days)
def test_who_asks_later_is_not_rung_earlier(
    first: datetime, more: float, zones: tuple[str, ...], days: LineDays
) -> None:
    second = first + timedelta(seconds=more)
    for rule in (soonest, next_business_day):
        earlier, later = (rule(at, zones, NUMBERS, days) for at in (first, second))
        if isinstance(earlier, Later) and isinstance(later, Later):
            assert first <= earlier.at <= later.at


@settings(max_examples=200, deadline=None)
@given(
    booked=moments | edges,
    zones=some_zones,
    days=some_days,
    kind=st.sampled_from(Kind),
    delays=st.lists(st.floats(0, 200_000), min_size=12, max_size=12),
    numbers=st.builds(
        Callbacks, per_day=st.integers(1, 3), per_week=st.integers(0, 7), spacing_hours=st.integers(0, 30)
    ),
    others=st.lists(moments, max_size=3),
)
def test_a_promise_is_never_tried_too_often_too_soon_or_at_the_wrong_hour(
    booked: datetime,
    zones: tuple[str, ...],
    days: LineDays,
    kind: Kind,
    delays: list[float],
    numbers: Callbacks,
    others: list[datetime],
) -> None:
    """A customer who never answers, and a system that finds each due call somewhat late."""
    made: list[datetime] = []
    due: Later | NeedsPerson | Exhausted = first_due(kind, booked, None, zones, numbers, days)
    for delay in delays:
        if not isinstance(due, Later) or len(made) >= numbers.per_week:
            break
        found = due.at + timedelta(seconds=delay)
        if may_ring_again((*made, *others), found, zones, numbers, days) == Now():
            made.append(found)
        due = after_attempt(made, found, zones, numbers, days, others)
    assert made == sorted(made)
    assert len(made) <= numbers.per_week
    assert all(is_allowed(at, zone) for at in made for zone in zones)
    for earlier, later in pairwise(made):
        assert later - earlier >= timedelta(hours=numbers.spacing_hours)
    for zone in zones:
        dates = [at.astimezone(ZoneInfo(zone)).date() for at in made]
        assert all(dates.count(day) <= numbers.per_day for day in dates)
    assert all(sum(at <= one < at + timedelta(days=7) for one in made) <= numbers.per_week for at in made)
