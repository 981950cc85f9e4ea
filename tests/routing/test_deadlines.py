"""What is due: handed to one dispatcher at a time, and again when that one did not finish it."""

import threading
from datetime import timedelta

import pytest

from routing.floor import Floor
from routing.store.deadlines import Due

SECOND = timedelta(seconds=1)
LEASE_MS = 30_000


@pytest.fixture
def advance(floor: Floor) -> "Advance":
    return Advance(floor)


class Advance:
    """Puts the lab's clock forward, in milliseconds."""

    def __init__(self, floor: Floor) -> None:
        self.floor = floor

    def __call__(self, ms: int) -> None:
        self.floor.store.run(lambda redis: redis.incrby(self.floor.clock.offset_key, ms))


def claimed(floor: Floor, n: int = 20) -> list[str]:
    return [f"{due.kind} {due.id}" for due in floor.deadlines.claim_due(n, LEASE_MS)]


def test_what_is_due_is_handed_out_the_longest_due_first_and_never_early(
    floor: Floor, advance: Advance
) -> None:
    now = floor.clock.now(floor.store)
    floor.deadlines.set("mail", "b", now - SECOND)
    floor.deadlines.set("mail", "a:1", now - 2 * SECOND)
    floor.deadlines.set("ring", "c", now + 60 * SECOND)
    assert claimed(floor) == ["mail a:1", "mail b"]
    assert claimed(floor) == []
    advance(61_000)
    assert claimed(floor, n=1) == ["mail a:1"], "the leases are over too"


def test_what_nobody_finishes_comes_back_after_its_lease(floor: Floor, advance: Advance) -> None:
    floor.deadlines.set("mail", "a", floor.clock.now(floor.store))
    [due] = floor.deadlines.claim_due(5, LEASE_MS)
    assert isinstance(due, Due)
    advance(LEASE_MS - 1_000)
    assert claimed(floor) == []
    advance(1_001)
    assert claimed(floor) == ["mail a"]
    assert not floor.deadlines.finish(due), "it is somebody else's now"
    assert floor.deadlines.next() is not None


def test_finished_means_gone_unless_it_was_set_anew_meanwhile(floor: Floor, advance: Advance) -> None:
    now = floor.clock.now(floor.store)
    floor.deadlines.set("mail", "a", now)
    floor.deadlines.set("mail", "b", now)
    again, gone = sorted(floor.deadlines.claim_due(5, LEASE_MS), key=lambda due: due.id)
    floor.deadlines.set("mail", "a", now + 5 * SECOND)
    assert not floor.deadlines.finish(again)
    assert floor.deadlines.finish(gone)
    advance(5_001)
    assert claimed(floor) == ["mail a"]


def test_cleared_is_never_due(floor: Floor) -> None:
    now = floor.clock.now(floor.store)
    floor.deadlines.set("mail", "a", now)
    assert floor.deadlines.next() == now.replace(microsecond=now.microsecond // 1000 * 1000)
    floor.deadlines.clear("mail", "a")
    assert (claimed(floor), floor.deadlines.next()) == ([], None)


def test_many_dispatchers_get_each_item_once(floor: Floor) -> None:
    now = floor.clock.now(floor.store)
    for n in range(500):
        floor.deadlines.set("mail", str(n), now)
    got: list[str] = []

    def work() -> None:
        while found := claimed(floor, n=7):
            got.extend(found)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == len(set(got)) == 500


def test_what_is_handed_out_is_in_hand_until_it_is_finished_let_go_or_its_dispatcher_is_gone(
    floor: Floor, advance: Advance
) -> None:
    now = floor.clock.now(floor.store)
    for name in ("done", "failed", "lost"):
        floor.deadlines.set("mail", name, now)
    due = {one.id: one for one in floor.deadlines.claim_due(5, LEASE_MS)}
    assert floor.deadlines.in_hand() == 3
    floor.deadlines.finish(due["done"])
    floor.deadlines.let_go(due["failed"])
    assert floor.deadlines.in_hand() == 1
    advance(6_000)
    assert floor.deadlines.in_hand() == 0
