"""The one source of time: Redis TIME, in the lab put forward, nowhere else."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from config.connections import Store, StoreAway, open_store
from config.now import LATEST, NoLab, NotForward, SiteClock, milliseconds, moment, own_clock, site_clock
from config.settings import Settings
from routing.floor import open_floor
from routing.steps import InboundCall, read_scene

HOUR = timedelta(hours=1)
MS = timedelta(milliseconds=1)


@pytest.fixture
def store(settings: Settings) -> Store:
    return open_store(settings)


def redis_time(store: Store) -> datetime:
    seconds, microseconds = store.run(lambda redis: redis.time())
    return datetime.fromtimestamp(seconds + microseconds / 1e6, UTC)


def set_offset(store: Store, clock: SiteClock, by: timedelta) -> None:
    store.run(lambda redis: redis.set(clock.offset_key, round(by / timedelta(milliseconds=1))))


def test_now_is_the_time_of_redis_in_utc(store: Store, settings: Settings) -> None:
    before, now, after = redis_time(store), site_clock(settings).now(store), redis_time(store)
    assert now.tzinfo is UTC
    assert before - timedelta(milliseconds=1) <= now <= after


@pytest.mark.parametrize("by", [HOUR, 24 * 400 * HOUR, timedelta(milliseconds=1500)], ids=str)
def test_in_the_lab_the_offset_is_added(store: Store, settings: Settings, by: timedelta) -> None:
    clock = site_clock(settings)
    set_offset(store, clock, by)
    ahead = clock.now(store) - redis_time(store)
    assert by - timedelta(seconds=1) < ahead <= by


def test_outside_the_lab_the_offset_is_ignored(store: Store, settings: Settings) -> None:
    set_offset(store, site_clock(settings), HOUR)
    real = site_clock(settings.model_copy(update={"calmline_lab": False}))
    assert real.offset_key == ""
    assert abs(real.now(store) - redis_time(store)) < timedelta(seconds=1)


def test_a_site_does_not_put_another_sites_clock_forward(store: Store, settings: Settings) -> None:
    set_offset(store, site_clock(settings), HOUR)
    other = site_clock(settings.model_copy(update={"calmline_site": f"{settings.calmline_site}-other"}))
    assert abs(other.now(store) - redis_time(store)) < timedelta(seconds=1)


@pytest.mark.parametrize("by", [timedelta(0), MS, HOUR, 400 * 24 * HOUR], ids=str)
def test_an_advance_by_a_time_shows_at_once_to_every_process(
    store: Store, settings: Settings, by: timedelta
) -> None:
    clock, before = site_clock(settings), site_clock(settings).now(store)
    now = clock.advance(store, by)
    seen = site_clock(settings).now(open_store(settings))
    assert now.tzinfo is UTC
    assert before + by <= now <= seen < before + by + timedelta(seconds=5)


def test_advances_by_a_time_add_up(store: Store, settings: Settings) -> None:
    clock, before = site_clock(settings), redis_time(store)
    for _ in range(3):
        clock.advance(store, HOUR)
    assert timedelta(0) <= clock.now(store) - before - 3 * HOUR + MS < timedelta(seconds=5)


def test_an_advance_to_a_moment_shows_that_moment(store: Store, settings: Settings) -> None:
    clock = site_clock(settings)
    at = datetime(2041, 11, 23, 10, 0, 0, 123000, tzinfo=timezone(-8 * HOUR))
    assert clock.advance(store, at) == at
    assert at <= clock.now(store) < at + timedelta(seconds=5)


@pytest.mark.parametrize(
    "step",
    [
        -MS,
        -HOUR,
        timedelta.min,
        datetime(2020, 1, 1, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=timezone(14 * HOUR)),
    ],
    ids=str,
)
def test_the_clock_never_goes_back(store: Store, settings: Settings, step: timedelta | datetime) -> None:
    clock = site_clock(settings)
    before = clock.advance(store, HOUR)
    with pytest.raises(NotForward, match=f"shows {before:%Y-%m-%dT%H}:.* and goes forward only"):
        clock.advance(store, step)
    assert before <= clock.now(store) < before + timedelta(seconds=5)


@pytest.mark.parametrize(
    "step", [timedelta.max, LATEST + MS, datetime.max.replace(tzinfo=UTC), 36525 * 24 * HOUR], ids=str
)
def test_the_clock_stops_short_of_where_calendars_end(
    store: Store, settings: Settings, step: timedelta | datetime
) -> None:
    with pytest.raises(NotForward, match="to 2100 at most"):
        site_clock(settings).advance(store, step)
    assert abs(site_clock(settings).now(store) - redis_time(store)) < timedelta(seconds=1)


def test_only_the_labs_clock_can_be_moved_and_only_to_a_time_with_its_zone(
    store: Store, settings: Settings
) -> None:
    real = site_clock(settings.model_copy(update={"calmline_lab": False}))
    assert (real.is_lab, site_clock(settings).is_lab) == (False, True)
    with pytest.raises(NoLab):
        real.advance(store, HOUR)
    with pytest.raises(ValueError, match="naive"):
        site_clock(settings).advance(store, datetime(2041, 11, 23, 10))  # noqa: DTZ001 - that is the point
    assert store.run(lambda redis: redis.get(site_clock(settings).offset_key)) is None


def at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """What each returned, all begun together."""
    begin = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        begin.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))


def test_twenty_who_advance_at_once_by_a_minute_make_twenty_minutes(store: Store, settings: Settings) -> None:
    clock, before = site_clock(settings), redis_time(store)
    told = at_once([lambda: clock.advance(store, timedelta(minutes=1))] * 20)
    assert [(at - before) // timedelta(minutes=1) for at in sorted(told)] == list(range(1, 21))
    assert clock.now(store) >= max(told)


def test_twenty_who_advance_at_once_to_other_moments_never_move_the_clock_back(
    store: Store, settings: Settings
) -> None:
    clock, start = site_clock(settings), site_clock(settings).now(store)

    def go_to(at: datetime) -> Callable[[], list[datetime]]:
        def go() -> list[datetime]:
            try:
                seen = [clock.now(store), clock.advance(store, at)]
            except NotForward:
                seen = [at]
            return [*seen, clock.now(store)]

        return go

    # Each an hour from the next, and in an order in which most come too late.
    goals = [start + (1 + (7 * n) % 20) * HOUR for n in range(20)]
    seen = at_once([go_to(at) for at in goals])
    assert all(times == sorted(times) for times in seen)
    assert max(goals) <= clock.now(store) < max(goals) + timedelta(seconds=30)


def test_an_advance_whose_answer_was_lost_is_not_made_twice(store: Store, settings: Settings) -> None:
    clock, before = site_clock(settings), redis_time(store)

    class AsksAgain:
        """The client as it is when the first answer never came."""

        def eval(self, *words: Any) -> Any:
            store.client.eval(*words)
            return store.client.eval(*words)

    class Unlucky(Store):
        def run(self, action: Callable[[Any], Any]) -> Any:
            return action(AsksAgain())

    told = clock.advance(Unlucky(store.client), HOUR)
    goal = clock.advance(Unlucky(store.client), before + 2 * HOUR)
    assert told - before < HOUR + timedelta(seconds=5)
    assert timedelta(0) <= goal - before - 2 * HOUR + MS < timedelta(seconds=5)


def test_without_redis_the_clock_says_so_and_the_machines_own_is_aware_utc(settings: Settings) -> None:
    away = open_store(settings.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"}))
    with pytest.raises(StoreAway):
        site_clock(settings).now(away)
    with pytest.raises(StoreAway):
        site_clock(settings).advance(away, HOUR)
    assert own_clock().tzinfo is UTC


def test_a_call_while_redis_is_away_is_decided_by_the_machines_own_clock(settings: Settings) -> None:
    floor = open_floor(settings.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"}))
    scene = read_scene(floor, InboundCall("CA1", "+14155550142", "+12125550100"))
    assert not scene.caller.is_readable
    assert abs(scene.at - datetime.now(UTC)) < timedelta(seconds=1)


@pytest.mark.parametrize(
    ("ms", "at"),
    [
        (0, datetime(1970, 1, 1, tzinfo=UTC)),
        (1795453200123, datetime(2026, 11, 23, 17, 0, 0, 123000, tzinfo=UTC)),
        (1795453200999, datetime(2026, 11, 23, 17, 0, 0, 999000, tzinfo=UTC)),
    ],
)
def test_milliseconds_and_moments_are_the_same_thing(ms: int, at: datetime) -> None:
    assert (moment(ms), milliseconds(at)) == (at, ms)
    assert milliseconds(moment(ms)) == ms
