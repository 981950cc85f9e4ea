"""The ledger: what is owed stands in it once, every change is whole, and nobody's change is lost."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from callbacks.allowed import NotAllowed
from callbacks.ledger import AlreadyOpen, Ledger
from callbacks.records import Attempt, Change, Dialling, Do
from callbacks.rules.states import Kind, State, Step
from routing.floor import Floor
from tests.callbacks.promises import CUSTOMER, DUE, HOUR, a_promise, booked, dialled, now_in


def at_once(count: int, work: Callable[[int], None]) -> None:
    start = threading.Barrier(count)

    def run(n: int) -> None:
        start.wait()
        work(n)

    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def fields(floor: Floor, number: str = CUSTOMER) -> dict[str, str]:
    """What the standing says of promised calls."""
    found = floor.store.client.hgetall(floor.keys.standing(number))
    return {name: found[name] for name in ("callback_owner", "callback_id") if name in found}


def test_what_was_booked_is_found_again_with_its_history(floor: Floor, ledger: Ledger) -> None:
    promise = ledger.book(a_promise(floor), by="ana", why="asked for it", look_at=DUE)
    assert promise.version == 1
    assert ledger.find(promise.id) == promise
    assert ledger.find("cb0") is None
    assert ledger.open_of(promise.caller) == [promise]
    assert ledger.listed().items == (promise,)
    [entry] = ledger.history(promise.id)
    assert (entry.by, entry.why, entry.was, entry.state, entry.version) == (
        "ana", "asked for it", "", "booked", 1,
    )  # fmt: skip
    assert floor.store.client.zscore(floor.keys.deadlines, f"callback:{promise.id}") == DUE.timestamp() * 1000


def test_a_second_of_the_same_kind_is_refused_and_names_the_first(floor: Floor, ledger: Ledger) -> None:
    first = booked(floor, ledger)
    with pytest.raises(AlreadyOpen) as refused:
        booked(floor, ledger)
    assert refused.value.existing == first.id
    assert booked(floor, ledger, kind=Kind.CORRECTION).version == 1
    assert booked(floor, ledger, number="+12125550143").version == 1
    now_in(ledger, first.id, State.CANCELLED)
    assert booked(floor, ledger).version == 1


def test_of_many_who_book_at_once_one_succeeds(floor: Floor, ledger: Ledger) -> None:
    won: list[str] = []
    lost: list[str] = []

    def book(_: int) -> None:
        try:
            won.append(booked(floor, ledger).id)
        except AlreadyOpen as refused:
            lost.append(refused.existing)

    at_once(10, book)
    assert len(won) == 1
    assert lost == won * 9
    assert [one.id for one in ledger.listed().items] == won


def test_twenty_who_change_at_once_lose_nothing(floor: Floor, ledger: Ledger) -> None:
    promise = booked(floor, ledger)

    def change(n: int) -> None:
        ledger.change(
            promise.id,
            lambda it, _: Change(
                replace(it, declined=(*it.declined, str(n))), (Do("end", str(n), within=HOUR),), look_at=DUE
            ),
            by=str(n),
        )

    at_once(20, change)
    after = ledger.find(promise.id)
    assert after is not None
    assert sorted(after.declined, key=int) == [str(n) for n in range(20)]
    assert after.version == 21
    assert [entry.version for entry in ledger.history(promise.id)] == list(range(1, 22))
    assert sorted(effect.target for effect in floor.effects.take("t", 50)) == sorted(map(str, range(20)))


def test_the_same_request_twice_is_one_change(
    floor: Floor, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its answer is lost on the way, redis-py asks again, and others have changed it meanwhile."""
    promise = booked(floor, ledger)
    script = ledger._change

    def twice(*arguments: object) -> object:
        script(*arguments)  # type: ignore[arg-type]
        monkeypatch.setattr(ledger, "_change", script)
        now_in(ledger, promise.id, State.BOOKED, name="Ms Lee")
        return script(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(ledger, "_change", twice)
    ledger.change(
        promise.id,
        lambda it, _: Change(replace(it, declined=(*it.declined, "bo")), (Do("end", "leg", within=HOUR),)),
        by="t",
    )
    after = ledger.find(promise.id)
    assert after is not None
    assert (after.declined, after.name, after.version) == (("bo",), "Ms Lee", 3)
    assert len(floor.effects.take("t", 5)) == 1


def test_deciding_on_nothing_changes_nothing(floor: Floor, ledger: Ledger) -> None:
    promise = booked(floor, ledger)
    assert ledger.change(promise.id, lambda *_: None, by="t") == promise
    assert ledger.change("cb0", lambda it, _: Change(it), by="t") is None
    assert len(ledger.history(promise.id)) == 1


def test_what_a_decision_raises_goes_to_the_caller(floor: Floor, ledger: Ledger) -> None:
    promise = booked(floor, ledger)

    def refuses(*_: object) -> Change:
        raise LookupError("no")

    with pytest.raises(LookupError):
        ledger.change(promise.id, refuses, by="t")
    assert ledger.find(promise.id) == promise


@pytest.mark.parametrize(
    "special",
    [
        {"state": State.DONE},
        {"state": State.DIALLING},
        {"state": State.CANCELLED, "number": "+12125550199"},
        {"kind": Kind.CORRECTION},
        {"dialling": Dialling("a", "ana", Step.OWNER_RINGING, "l", "r")},
    ],
    ids=[
        "not from here",
        "dialling without a step",
        "another number",
        "another kind",
        "a step without dialling",
    ],
)
def test_what_the_tables_do_not_have_is_a_fault_of_ours(
    floor: Floor, ledger: Ledger, special: dict[str, object]
) -> None:
    promise = booked(floor, ledger)
    with pytest.raises(NotAllowed):
        ledger.change(promise.id, lambda it, _: Change(replace(it, **special)), by="t")  # type: ignore[arg-type]
    assert ledger.find(promise.id) == promise


def test_steps_keep_to_their_table_too(floor: Floor, ledger: Ledger) -> None:
    promise = booked(floor, ledger)
    with pytest.raises(NotAllowed):
        dialled(ledger, promise.id, Step.CUSTOMER_RINGING)
    assert dialled_from(ledger, promise.id) is Step.OWNER_RINGING


def dialled_from(ledger: Ledger, callback_id: str) -> Step | None:
    found = ledger.find(callback_id)
    return found.step if found else None


def test_the_standing_names_the_owner_while_the_call_is_expected(floor: Floor, ledger: Ledger) -> None:
    promise = booked(floor, ledger)
    assert fields(floor) == {"callback_owner": "ana", "callback_id": promise.id}
    assert floor.standings.read(CUSTOMER).callback_owner == "ana"
    dialled(ledger, promise.id, Step.OWNER_READY, Step.CUSTOMER_POSTED, Step.TALKING)
    assert fields(floor) == {"callback_owner": "ana", "callback_id": promise.id}
    now_in(ledger, promise.id, State.REACHED, dialling=None)
    assert fields(floor) == {}


def test_of_two_expected_calls_the_standing_names_the_one_that_comes_first(
    floor: Floor, ledger: Ledger
) -> None:
    later = booked(floor, ledger, owner="bo")
    sooner = booked(floor, ledger, kind=Kind.CORRECTION, due_at=DUE - HOUR)
    assert fields(floor)["callback_id"] == sooner.id
    now_in(ledger, later.id, State.DUE)
    assert fields(floor) == {"callback_owner": "bo", "callback_id": later.id}
    now_in(ledger, later.id, State.CANCELLED)
    assert fields(floor)["callback_id"] == sooner.id


def test_a_call_that_nobody_owns_yet_leads_nobody_anywhere(floor: Floor, ledger: Ledger) -> None:
    promise = booked(floor, ledger, owner="")
    assert fields(floor) == {"callback_owner": "", "callback_id": promise.id}
    assert floor.standings.read(CUSTOMER).callback_owner == ""


def test_one_that_opens_again_does_not_stand_beside_another(floor: Floor, ledger: Ledger) -> None:
    first = booked(floor, ledger)
    dialled(ledger, first.id, Step.OWNER_READY, Step.CUSTOMER_POSTED, Step.TALKING)
    now_in(ledger, first.id, State.REACHED, dialling=None)
    second = booked(floor, ledger)
    with pytest.raises(AlreadyOpen) as refused:
        now_in(ledger, first.id, State.NOT_REACHED)
    assert refused.value.existing == second.id
    assert [one.id for one in ledger.open_of(first.caller)] == [second.id]


def test_calls_to_a_customer_are_counted_over_all_promises_once_they_are_posted(
    floor: Floor, ledger: Ledger
) -> None:
    now = floor.clock.now(floor.store)
    one, other = booked(floor, ledger), booked(floor, ledger, kind=Kind.CORRECTION)
    attempt = Attempt("at1", now, "ana")
    now_in(ledger, one.id, State.BOOKED, attempts=(attempt,))
    assert ledger.calls_to(one.caller) == []
    for _ in range(2):
        now_in(ledger, one.id, State.BOOKED, attempts=(replace(attempt, posted=now),))
    old = replace(attempt, id="at0", posted=now - timedelta(days=9))
    now_in(ledger, other.id, State.BOOKED, attempts=(old, replace(attempt, id="at2", posted=now + HOUR)))
    kept = [moment.timestamp() for moment in ledger.calls_to(one.caller)]
    assert kept == pytest.approx([now.timestamp(), (now + HOUR).timestamp()], abs=0.001)


def test_without_a_moment_to_look_nobody_looks(floor: Floor, ledger: Ledger) -> None:
    promise = booked(floor, ledger)
    ledger.change(promise.id, lambda it, _: Change(it, look_at=None), by="t")
    assert floor.deadlines.next() is None


def test_states_are_counted_and_late_ones_too(floor: Floor, ledger: Ledger) -> None:
    now_in(ledger, booked(floor, ledger).id, State.DUE)
    booked(floor, ledger, kind=Kind.CORRECTION)
    counts = ledger.counts()
    assert (counts[State.DUE], counts[State.BOOKED], counts[State.DONE]) == (1, 1, 0)
    assert ledger.due_before(DUE + HOUR) == 1
    assert ledger.due_before(DUE) == 0
