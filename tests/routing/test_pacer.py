"""The pacer: never more calls a second than the account may place, over any window; the urgent ones first."""

import random
import threading
import time

import pytest

from routing.floor import Floor
from routing.pacer import ASK_AGAIN_WITHIN_MS, GRACE_MS, Pacer, Priority


@pytest.fixture
def pacer(floor: Floor) -> Pacer:
    return Pacer(floor)


def placed_when(pacer: Pacer, request: str, priority: Priority, per_second: int) -> int:
    """Asks until it may; the moment, by Redis' clock."""
    while True:
        wait, now = pacer.take_at(request, priority, per_second)
        if not wait:
            return now
        time.sleep(wait / 1000)


def test_the_config_says_how_many_a_second(pacer: Pacer) -> None:
    assert pacer.take("one", Priority.OWNER) == 0
    assert 900 <= pacer.take("two", Priority.OWNER) <= 1000


@pytest.mark.parametrize(("seed", "per_second"), [(1, 50), (2, 100), (3, 33)])
def test_the_rate_is_kept_over_any_window_by_many_at_once(pacer: Pacer, seed: int, per_second: int) -> None:
    chance = random.Random(seed)
    placed: list[int] = []
    wishes = [(f"r{n}", chance.choice(list(Priority)), chance.random() * 0.3) for n in range(48)]

    def ask(mine: list[tuple[str, Priority, float]]) -> None:
        for request, priority, pause in mine:
            time.sleep(pause / 6)
            placed.append(placed_when(pacer, request, priority, per_second))

    threads = [threading.Thread(target=ask, args=(wishes[n::12],)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    placed.sort()
    assert len(placed) == len(wishes)
    for n, first in enumerate(placed):
        for more, last in enumerate(placed[n:], start=1):
            # A window from one call to another, both counted, and any wider one.
            assert more - 1 <= (last - first) * per_second / 1000


def test_the_urgent_go_first_and_equals_in_the_order_they_came(pacer: Pacer) -> None:
    pacer.take_at("first", Priority.OWNER, 50)
    wishes = [(f"{priority.name} {n}", priority) for n in range(3) for priority in reversed(Priority)]
    for request, priority in wishes:
        assert pacer.take_at(request, priority, 50)[0] > 0
    order: dict[str, int] = {}
    threads = [
        threading.Thread(target=lambda r=request, p=priority: order.update({r: placed_when(pacer, r, p, 50)}))
        for request, priority in wishes
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected = [f"{priority.name} {n}" for priority in Priority for n in range(3)]
    assert sorted(order, key=lambda request: order[request]) == expected


def test_a_stream_of_little_urgency_does_not_keep_an_offer_waiting(pacer: Pacer) -> None:
    for n in range(20):
        pacer.take_at(f"owner {n}", Priority.OWNER, 20)
    wait, _ = pacer.take_at("offer", Priority.AGENT_OFFER, 20)
    assert 0 < wait <= 50
    time.sleep(wait / 1000)
    assert pacer.take_at("owner 1", Priority.OWNER, 20)[0] > 0
    assert pacer.take_at("offer", Priority.AGENT_OFFER, 20)[0] == 0


def test_who_does_not_ask_again_loses_the_place_and_blocks_nobody_for_long(pacer: Pacer) -> None:
    pacer.take_at("first", Priority.OWNER, 100)
    pacer.take_at("gone", Priority.AGENT_OFFER, 100)
    began = time.monotonic()
    placed_when(pacer, "stays", Priority.OWNER, 100)
    assert time.monotonic() - began < (GRACE_MS + 500) / 1000


def test_nobody_is_told_to_stay_away_for_long(pacer: Pacer) -> None:
    for n in range(30):
        wait = pacer.take_at(str(n), Priority.OWNER, 1)[0]
    assert wait == ASK_AGAIN_WITHIN_MS


def test_a_clock_put_back_stops_nobody_for_longer_than_one_turn(pacer: Pacer, floor: Floor) -> None:
    _, now = pacer.take_at("one", Priority.OWNER, 10)
    floor.store.run(lambda redis: redis.set(floor.keys.pacer("next_ms"), now + 3_600_000))
    assert 0 < pacer.take_at("two", Priority.OWNER, 10)[0] <= 100


def test_an_idle_time_saves_up_no_burst(pacer: Pacer) -> None:
    pacer.take_at("one", Priority.OWNER, 10)
    time.sleep(0.35)
    assert [pacer.take_at(r, Priority.OWNER, 10)[0] > 0 for r in ("two", "three", "four")] == [
        False,
        True,
        True,
    ]
