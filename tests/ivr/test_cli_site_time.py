"""The lab's time: the site's, asked now and then, carried on by this machine's clock in between."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from config.connections import StoreAway
from ivr.cli.site_time import SiteTime

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Site:
    """A site whose clock is set by hand, and which may be away."""

    def __init__(self) -> None:
        self.began, self.ahead, self.is_away = time.monotonic(), timedelta(), False

    def now(self) -> datetime:
        if self.is_away:
            raise StoreAway("a test")
        return NOON + timedelta(seconds=time.monotonic() - self.began) + self.ahead


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def lab_time(site: Site) -> Iterator[SiteTime]:
    found = SiteTime(site.now)
    yield found
    found.close()


def test_it_is_the_sites_time_and_flows(site: Site, lab_time: SiteTime) -> None:
    assert lab_time.now() == pytest.approx(site.now().timestamp(), abs=0.05)
    first = lab_time.now()
    time.sleep(0.05)
    assert 0.04 < lab_time.now() - first < 1


def test_an_advance_is_followed_within_three_tenths_of_a_second(site: Site, lab_time: SiteTime) -> None:
    before = lab_time.now()
    site.ahead = timedelta(hours=1)
    time.sleep(0.3)
    assert lab_time.now() >= before + 3600


def test_it_never_goes_back(site: Site, lab_time: SiteTime) -> None:
    before = lab_time.now()
    site.ahead = timedelta(hours=-1)
    time.sleep(0.3)
    assert before <= lab_time.now() < before + 1


def test_while_redis_is_away_time_goes_on(site: Site, lab_time: SiteTime) -> None:
    site.is_away = True
    before = lab_time.now()
    time.sleep(0.3)
    assert lab_time.now() == pytest.approx(before + 0.3, abs=0.15)


def test_before_redis_was_ever_there_it_is_this_machines_time(site: Site) -> None:
    site.is_away = True
    alone = SiteTime(site.now)
    assert alone.now() == pytest.approx(time.time(), abs=0.1)
    alone.close()
