"""Effects: each is handed out until somebody says it is done, and not after its deadline."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from config.settings import Settings
from routing.floor import Floor, open_patient_floor
from routing.store import effects as module
from routing.store.effects import GROUP, Effects

MINUTE = timedelta(minutes=1)


@pytest.fixture
def floor(settings: Settings) -> Floor:
    return open_patient_floor(settings)


@pytest.fixture
def effects(floor: Floor) -> Effects:
    return floor.effects


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not done is taken over after a moment."""
    monkeypatch.setattr(module, "TAKEN_OVER_AFTER_MS", 50)


def test_an_effect_written_before_the_first_dispatcher_is_handed_out_whole(effects: Effects) -> None:
    added = effects.add("redirect", "CA1", {"to": "closing", "n": 2}, within=MINUTE)
    [effect] = effects.take("one", 5)
    assert (effect.id, effect.verb, effect.target) == (added, "redirect", "CA1")
    assert effect.data == {"to": "closing", "n": 2}
    assert 0 < effect.deadline_ms / 1000 - time.time() <= 60


def test_two_dispatchers_share_and_what_is_done_is_gone(effects: Effects) -> None:
    added = [effects.add("hold", f"CA{n}", {}, within=MINUTE) for n in range(6)]
    first, second = effects.take("one", 3), effects.take("two", 10)
    assert [effect.id for effect in first + second] == added
    assert effects.waiting() == 6
    for effect in first + second:
        effects.done(effect)
    assert effects.waiting() == 0
    assert effects.take("one", 3) == []


def test_without_work_a_dispatcher_waits_a_moment_and_sees_what_comes(effects: Effects) -> None:
    began = time.monotonic()
    assert effects.take("one", 1) == []
    assert 0.15 < time.monotonic() - began < 1


@pytest.mark.usefixtures("at_once")
def test_what_a_dispatcher_left_undone_is_taken_over_by_another(effects: Effects) -> None:
    effects.add("end", "CA1", {}, within=MINUTE)
    [mine] = effects.take("one", 1)
    assert effects.take("two", 1) in ([], [mine])
    time.sleep(0.06)
    assert effects.take("two", 1) == [mine]
    effects.done(mine)
    time.sleep(0.06)
    assert effects.take("one", 1) == []


def test_an_effect_put_off_comes_back_then_and_not_before(effects: Effects) -> None:
    effects.add("create", "leg1", {}, within=MINUTE)
    [effect] = effects.take("one", 1)
    effects.put_off(effect, 300)
    put_off = time.monotonic()
    while not effects.take("two", 1):
        assert time.monotonic() - put_off < 3
    assert time.monotonic() - put_off >= 0.29


@pytest.mark.usefixtures("at_once")
def test_many_put_off_do_not_hide_one_behind_them(effects: Effects) -> None:
    for n in range(40):
        effects.add("create", f"leg{n}", {}, within=MINUTE)
    taken = effects.take("one", 40)
    for effect in taken[:39]:
        effects.put_off(effect, 50)
    time.sleep(0.2)
    found: set[str] = set()
    for _ in range(60):
        for effect in effects.take("two", 1):
            found.add(effect.id)
            effects.done(effect)
    assert found == {effect.id for effect in taken}


def test_many_that_are_put_off_again_and_again_do_not_keep_a_new_one_waiting(effects: Effects) -> None:
    for number in range(30):
        effects.add("create", f"lg{number}", {}, within=MINUTE)
    for effect in effects.take("one", 30):
        effects.put_off(effect, 0)
    effects.add("create", "lg-new", {}, within=MINUTE)
    taken = []
    for _ in range(4):
        [effect] = effects.take("one", 1)
        taken.append(effect.target)
        effects.put_off(effect, 0)
    assert "lg-new" in taken


def test_an_effect_past_its_deadline_is_dropped_counted_and_told(
    effects: Effects, floor: Floor, logged: Callable[[], list[dict[str, Any]]]
) -> None:
    late = effects.add("announce", "CA1", {}, within=timedelta(seconds=-1))
    kept = effects.add("announce", "CA2", {}, within=MINUTE)
    assert [effect.id for effect in effects.take("one", 5)] == [kept]
    assert effects.waiting() == 1
    [told] = [line for line in logged() if line["event"] == "effect_dropped"]
    assert (told["effect"], told["verb"], told["target"]) == (f"e{late}", "announce", "CA1")
    assert floor.store.run(lambda redis: redis.hgetall(floor.keys.counts)) == {
        "effects_dropped:announce": "1"
    }


def test_the_lab_s_clock_makes_deadlines_pass(effects: Effects, floor: Floor) -> None:
    effects.add("announce", "CA1", {}, within=timedelta(minutes=10))
    floor.store.run(lambda redis: redis.set(floor.clock.offset_key, 11 * 60_000))
    assert effects.take("one", 1) == []
    assert effects.waiting() == 0


def test_the_group_is_made_again_when_redis_came_back_empty(effects: Effects, floor: Floor) -> None:
    effects.add("hold", "CA1", {}, within=MINUTE)
    assert effects.take("one", 1)
    floor.store.run(lambda redis: redis.delete(floor.keys.effects))
    assert effects.take("one", 1) == []
    assert effects.forget_the_gone() == 0
    effects.add("hold", "CA2", {}, within=MINUTE)
    assert [effect.target for effect in effects.take("one", 1)] == ["CA2"]


def test_dispatchers_long_gone_are_forgotten_unless_they_owe_something(
    effects: Effects, floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    effects.add("hold", "CA1", {}, within=MINUTE)
    assert effects.take("owes", 1)
    assert effects.take("idle", 1) == []
    monkeypatch.setattr(module, "_GONE_FOR_MS", 0)
    time.sleep(0.02)
    assert effects.forget_the_gone() == 1
    left = floor.store.run(lambda redis: redis.xinfo_consumers(floor.keys.effects, GROUP))
    assert [consumer["name"] for consumer in left] == ["owes"]


def test_entries_of_yesterday_are_trimmed(effects: Effects, floor: Floor) -> None:
    for n in range(1, 301):
        floor.store.run(lambda redis, n=n: redis.xadd(floor.keys.effects, {"verb": "hold"}, f"{n}-0"))
    effects.add("hold", "CA1", {}, within=MINUTE)
    assert effects.waiting() < 110, "the server trims whole blocks of a hundred"
