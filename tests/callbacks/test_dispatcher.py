"""The dispatcher's loops in this process: effects, deadlines, sweeps; what fails is tried again."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from callbacks import dispatcher as module
from callbacks.dispatcher import Dispatcher, Duties, Sweep
from config.connections import StoreAway
from config.settings import Settings
from routing.floor import Floor, open_patient_floor
from routing.store.effects import Effect, NotYet
from tests.journeys.places import wait_until

MINUTE = timedelta(minutes=1)


@pytest.fixture
def floor(settings: Settings) -> Floor:
    return open_patient_floor(settings)


@contextmanager
def running(floor: Floor, duties: Duties, **more: Any) -> Iterator[Dispatcher]:
    dispatcher = Dispatcher(floor, duties, **more)
    thread = threading.Thread(target=dispatcher.run)
    thread.start()
    try:
        yield dispatcher
    finally:
        dispatcher.stop()
        thread.join(10)
        assert not thread.is_alive()


def test_effects_are_done_once_by_two_that_share_them(floor: Floor) -> None:
    done: list[tuple[str, str]] = []

    def duties(name: str) -> Duties:
        def hold(effect: Effect) -> None:
            time.sleep(0.02)
            done.append((name, effect.target))

        return Duties({"hold": hold}, {})

    for n in range(60):
        floor.effects.add("hold", f"CA{n}", {}, within=MINUTE)
    with running(floor, duties("one")), running(floor, duties("two")):
        wait_until(lambda: floor.effects.waiting() == 0, 10)
    assert sorted(target for _, target in done) == sorted(f"CA{n}" for n in range(60))
    assert {name for name, _ in done} == {"one", "two"}


def test_an_effect_that_fails_is_tried_again_and_told(
    floor: Floor, logged: Callable[[], list[dict[str, Any]]]
) -> None:
    tries: list[float] = []

    def end(effect: Effect) -> None:
        tries.append(time.monotonic())
        if len(tries) == 1:
            raise RuntimeError("busy at +14155550142")

    floor.effects.add("end", "CA1", {}, within=MINUTE)
    with running(floor, Duties({"end": end}, {})):
        wait_until(lambda: floor.effects.waiting() == 0, 5)
    assert 0.9 < tries[1] - tries[0] < 2.5
    [told] = [line for line in logged() if line["event"] == "effect_failed"]
    assert (told["verb"], told["target"]) == ("end", "CA1")
    assert "…42" in told["exception"]
    assert "5550142" not in told["exception"]


def test_an_effect_whose_turn_has_not_come_is_tried_again_then(floor: Floor) -> None:
    tries: list[float] = []

    def create(effect: Effect) -> None:
        tries.append(time.monotonic())
        if len(tries) < 3:
            raise NotYet(200)

    floor.effects.add("create", "leg1", {}, within=MINUTE)
    with running(floor, Duties({"create": create}, {})):
        wait_until(lambda: floor.effects.waiting() == 0, 5)
    gaps = [later - earlier for earlier, later in pairwise(tries)]
    assert all(0.19 < gap < 0.8 for gap in gaps)


def test_a_verb_of_a_newer_version_waits_for_one_that_knows_it(floor: Floor) -> None:
    floor.effects.add("teleport", "CA1", {}, within=MINUTE)
    with running(floor, Duties({}, {})):
        time.sleep(0.5)
    assert floor.effects.waiting() == 1
    done: list[str] = []
    with running(floor, Duties({"teleport": lambda effect: done.append(effect.target)}, {})):
        wait_until(lambda: done == ["CA1"], 5)


def test_what_is_due_is_done_once_and_what_fails_comes_back(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LEASE_MS", 300)
    rung: list[str] = []

    def ring(id_: str) -> None:
        rung.append(id_)
        if rung.count(id_) == 1 and id_ == "b":
            raise StoreAway("a moment")

    now = floor.clock.now(floor.store)
    for id_ in "abc":
        floor.deadlines.set("ring", id_, now)
    floor.deadlines.set("ring", "later", now + MINUTE)
    with running(floor, Duties({}, {"ring": ring})):
        wait_until(lambda: len(rung) == 4, 5)
        time.sleep(0.5)
    assert sorted(rung) == ["a", "b", "b", "c"]


def test_sweeps_go_on_after_one_fails_and_the_heartbeat_is_heard(floor: Floor) -> None:
    swept: list[int] = []

    def sweep() -> None:
        swept.append(1)
        raise RuntimeError("once more")

    assert floor.heartbeats.missing()["dispatcher"] == "no dispatcher has been heard of for 5 s"
    with running(floor, Duties({}, {}, [Sweep("reconcile", 0.1, sweep)])):
        wait_until(lambda: len(swept) >= 3, 5)
        wait_until(lambda: not floor.heartbeats.missing()["dispatcher"], 2)
    assert floor.heartbeats.missing()["dispatcher"], "one that ends says so"


def test_the_end_waits_for_an_effect_under_way_but_not_for_ever(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LAST_EFFECTS_S", 1.0)
    begun, may_end = threading.Event(), threading.Event()

    def create(effect: Effect) -> None:
        begun.set()
        may_end.wait(effect.data["s"])

    floor.effects.add("create", "quick", {"s": 0.3}, within=MINUTE)
    with running(floor, Duties({"create": create}, {})):
        assert begun.wait(3)
    assert floor.effects.waiting() == 0
    begun.clear()
    floor.effects.add("create", "slow", {"s": 30}, within=MINUTE)
    with running(floor, Duties({"create": create}, {})):
        assert begun.wait(3)
        ending = time.monotonic()
    assert time.monotonic() - ending < 2.5
    assert floor.effects.waiting() == 1, "not acknowledged: another dispatcher takes it over"
    may_end.set()
