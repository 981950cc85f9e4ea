"""Due calls, the oldest first: who is overtaken, by whom, and what becomes of calls that a worker lost."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from callbacks import dialling, due_calls, oldest_first, turns
from callbacks.ledger import DEADLINE, Ledger
from callbacks.records import Callback
from callbacks.rq_queues import Carrier
from callbacks.rules.states import State
from routing.floor import Floor
from routing.rules.agent_states import AgentState
from routing.rules.people import May
from tests.callbacks.promises import booked, now_in
from tests.ivr.voice.scenes import later, set_clock
from tests.routing.staff import an_agent

MONDAY = datetime(2030, 11, 25, 15, 0, tzinfo=UTC)  # ten in New York
MINUTE = timedelta(minutes=1)


class Tray(Carrier):
    """A queue that nobody works on; `lying` are there already."""

    def __init__(self, lying: int = 0) -> None:
        self.ids: list[str] = []
        self.lying = lying

    def hand_over(self, job: str, ids: Iterable[str]) -> None:
        self.ids.extend(ids)

    def waiting(self) -> int:
        return self.lying + len(self.ids)


@pytest.fixture
def floor(floor: Floor) -> Floor:
    """On a Monday at ten; Maria and Tom are on duty, each for calls of their own."""
    set_clock(floor, MONDAY)
    for name in ("maria", "tom"):
        an_agent(floor, name, role="supervisor", phone="+12125550190")
        floor.agents.set_status(name, AgentState.AVAILABLE)
    return floor


def due(floor: Floor, ledger: Ledger, minutes_ago: int, owner: str = "maria", **special: object) -> Callback:
    number = f"+12125550{minutes_ago:03d}"
    special = {"number": number, "owner": owner, "due_at": MONDAY - minutes_ago * MINUTE} | special
    return now_in(ledger, booked(floor, ledger, **special).id, State.DUE)


def handed_over(floor: Floor, ledger: Ledger, tray: Tray | None = None) -> list[str]:
    """By one round."""
    tray = tray or Tray()
    oldest_first.go_round(floor, ledger, tray, "dial", "next")
    return tray.ids


def test_of_two_calls_of_one_owner_the_older_is_made(floor: Floor, ledger: Ledger) -> None:
    _younger, older = due(floor, ledger, 10), due(floor, ledger, 20)
    assert handed_over(floor, ledger) == [older.id]


def test_a_call_whose_owner_is_busy_is_overtaken_by_another_s_only(floor: Floor, ledger: Ledger) -> None:
    floor.agents.reserve("maria", "of1")
    _waits, _waits_too = due(floor, ledger, 30), due(floor, ledger, 20)
    toms = due(floor, ledger, 10, "tom")
    assert handed_over(floor, ledger) == [toms.id]
    floor.agents.release("maria", "of1")
    assert handed_over(floor, ledger)[0] == _waits.id


def test_whoever_is_free_for_an_older_call_is_not_free_for_a_younger(floor: Floor, ledger: Ledger) -> None:
    an_agent(floor, "sue", phone="+12125550191", may=frozenset({May.FOLLOW_UP}))
    floor.agents.set_status("sue", AgentState.AVAILABLE)
    floor.agents.reserve("maria", "of1")
    older, younger = due(floor, ledger, 20), due(floor, ledger, 10)
    assert handed_over(floor, ledger) == [older.id]
    assert turns.is_with_worker(floor, older.id)
    assert handed_over(floor, ledger) == [], "Sue is about to be rung for the older one"
    dialling.dial(floor, ledger, older.id)
    assert not turns.is_with_worker(floor, older.id)
    assert floor.agents.read("sue").offer == older.id
    assert handed_over(floor, ledger) == []
    floor.agents.release("maria", "of1")
    assert handed_over(floor, ledger) == [younger.id]


def test_what_a_worker_lost_is_handed_over_again_in_its_old_place(floor: Floor, ledger: Ledger) -> None:
    older, _younger = due(floor, ledger, 20), due(floor, ledger, 10)
    assert handed_over(floor, ledger) == [older.id]
    later(floor, seconds=turns.LEASE.total_seconds() + 1)
    [lost] = [one for one in floor.deadlines.claim_due(20, 10_000) if one.kind == turns.WITH_WORKER]
    assert lost.id == older.id
    due_calls.look_around(floor, lost.id)
    floor.deadlines.finish(lost)
    assert handed_over(floor, ledger) == [older.id]


def test_while_the_workers_have_enough_nothing_is_handed_over_and_the_order_stays(
    floor: Floor, ledger: Ledger
) -> None:
    older, younger = due(floor, ledger, 20), due(floor, ledger, 10, "tom")
    most = floor.configs.in_force().twilio.calls_per_second * oldest_first.HANDED_OVER_S
    assert handed_over(floor, ledger, Tray(most)) == []
    assert handed_over(floor, ledger, Tray(most - 1)) == [older.id]
    assert handed_over(floor, ledger) == [younger.id]


def test_a_call_whose_customer_is_on_the_telephone_waits_and_keeps_nobody(
    floor: Floor, ledger: Ledger
) -> None:
    older, younger = due(floor, ledger, 20), due(floor, ledger, 10)
    turns.wait_for_customer(floor, older.id, MONDAY)
    assert handed_over(floor, ledger) == [younger.id]


def test_another_round_is_planned_while_any_call_waits_and_none_when_none_does(
    floor: Floor, ledger: Ledger
) -> None:
    assert handed_over(floor, ledger) == []
    assert floor.deadlines.moment_of(turns.ROUND, "next") is None
    floor.agents.reserve("maria", "of1")
    due(floor, ledger, 20)
    assert handed_over(floor, ledger) == []
    planned = floor.deadlines.moment_of(turns.ROUND, "next")
    assert planned is not None
    assert planned - MONDAY < timedelta(seconds=3)


def test_what_comes_between_is_not_put_off_by_what_was_planned(floor: Floor) -> None:
    turns.go_round(floor, MONDAY + 2 * MINUTE)
    turns.go_round(floor, MONDAY + MINUTE)
    turns.go_round(floor, MONDAY + 2 * MINUTE)
    assert floor.deadlines.moment_of(turns.ROUND, "next") == MONDAY + MINUTE


def look(floor: Floor, ledger: Ledger, promise: Callback) -> Callback:
    due_calls.look(floor, ledger, promise.id)
    found = ledger.find(promise.id)
    assert found
    return found


def test_at_its_moment_a_call_is_due_and_the_calls_are_gone_through(floor: Floor, ledger: Ledger) -> None:
    promise = booked(floor, ledger, owner="maria", due_at=MONDAY)
    found = look(floor, ledger, promise)
    assert (found.state, found.due_at) == (State.DUE, MONDAY)
    assert floor.deadlines.moment_of(turns.ROUND, "next") is not None


def test_before_its_moment_it_is_not(floor: Floor, ledger: Ledger) -> None:
    promise = booked(floor, ledger, owner="maria", due_at=MONDAY + MINUTE)
    assert look(floor, ledger, promise) == promise
    assert floor.deadlines.moment_of(DEADLINE, promise.id) == MONDAY + MINUTE


def test_found_when_the_day_is_over_it_is_booked_anew_and_takes_nobody_s_turn(
    floor: Floor, ledger: Ledger
) -> None:
    promise = booked(floor, ledger, owner="maria", due_at=MONDAY)
    set_clock(floor, MONDAY + timedelta(hours=12))
    found = look(floor, ledger, promise)
    assert (found.state, found.due_at) == (State.BOOKED, datetime(2030, 11, 26, 13, 0, tzinfo=UTC))


def test_a_call_that_nobody_may_make_is_shown_at_once(floor: Floor, ledger: Ledger) -> None:
    promise = booked(floor, ledger, owner="maria", exclude=("maria",), due_at=MONDAY)
    found = look(floor, ledger, promise)
    assert found.state is State.NEEDS_PERSON
    assert "may speak" in found.because
