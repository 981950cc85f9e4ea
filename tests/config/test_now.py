"""The one source of time: Redis TIME, in the lab put forward, nowhere else."""

from datetime import UTC, datetime, timedelta

import pytest

from config.connections import Store, StoreAway, open_store
from config.now import SiteClock, milliseconds, moment, own_clock, site_clock
from config.settings import Settings
from routing.floor import open_floor
from routing.steps import InboundCall, read_scene

HOUR = timedelta(hours=1)


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


def test_without_redis_the_clock_says_so_and_the_machines_own_is_aware_utc(settings: Settings) -> None:
    away = open_store(settings.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"}))
    with pytest.raises(StoreAway):
        site_clock(settings).now(away)
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
