"""Beginning an attempt: once, however many begin it; nobody stays kept for a call that is not made."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from callbacks import dialling, reactions, speakers, turns
from callbacks.ledger import Ledger
from callbacks.records import Callback, Dialling
from callbacks.rules.states import Kind, State, Step
from callbacks.words import Farewell, Goodbye, Join
from routing.floor import Floor
from routing.rules.agent_states import AgentState
from routing.rules.answers import Answer
from routing.rules.caller import Identity
from routing.rules.decisions import Because, PlayMenu, Rule
from routing.rules.legs import Ended, LegState
from routing.store.legs import Leg
from routing.store.step import Step as CallStep
from tests.callbacks.promises import CUSTOMER, booked, now_in
from tests.ivr.voice.scenes import later, set_clock
from tests.routing.staff import an_agent
from tests.twilio import a_call_sid

MONDAY = datetime(2030, 11, 25, 15, 0, tzinfo=UTC)


@pytest.fixture
def floor(floor: Floor) -> Floor:
    """On a Monday at ten in New York; Maria is on duty."""
    set_clock(floor, MONDAY)
    an_agent(floor, "maria", role="supervisor", phone="+12125550190")
    floor.agents.set_status("maria", AgentState.AVAILABLE)
    return floor


def due(floor: Floor, ledger: Ledger, **special: object) -> Callback:
    promise = booked(floor, ledger, owner="maria", due_at=MONDAY, **special)
    return now_in(ledger, promise.id, State.DUE)


def under_way(ledger: Ledger, promise: Callback) -> Dialling:
    found = ledger.find(promise.id)
    assert found
    assert found.dialling
    return found.dialling


def owner_leg(floor: Floor, ledger: Ledger, promise: Callback) -> Leg:
    found = floor.legs.read(under_way(ledger, promise).owner_leg)
    assert found
    return found


def test_a_job_that_runs_many_times_at_once_rings_the_owner_once(floor: Floor, ledger: Ledger) -> None:
    promise = due(floor, ledger)
    with ThreadPoolExecutor(8) as workers:
        list(workers.map(lambda _: dialling.dial(floor, ledger, promise.id), range(16)))
    found = ledger.find(promise.id)
    assert found
    assert len(found.attempts) == 1
    assert (floor.agents.read("maria").status, floor.agents.read("maria").offer) == (
        AgentState.RESERVED,
        promise.id,
    )
    created = [one for one in floor.effects.take("tests", 50) if one.verb == "create"]
    assert [one.target for one in created] == [under_way(ledger, promise).owner_leg]


def test_whoever_was_kept_by_a_worker_that_died_is_rung_after_a_while(floor: Floor, ledger: Ledger) -> None:
    promise = due(floor, ledger)
    assert floor.agents.reserve("maria", promise.id)
    dialling.dial(floor, ledger, promise.id)
    found = ledger.find(promise.id)
    assert found
    assert found.state is State.DUE, "somebody may be about to ring her"
    later(floor, seconds=31)
    dialling.dial(floor, ledger, promise.id)
    assert under_way(ledger, promise).speaker == "maria"


def test_the_end_of_an_earlier_leg_does_not_free_an_owner_who_is_rung_again(
    floor: Floor, ledger: Ledger
) -> None:
    promise = due(floor, ledger)
    dialling.dial(floor, ledger, promise.id)
    first = owner_leg(floor, ledger, promise)
    now_in(ledger, promise.id, State.DUE, dialling=None)
    later(floor, seconds=31)
    dialling.dial(floor, ledger, promise.id)
    assert under_way(ledger, promise).owner_leg != first.id
    floor.legs.change(first.id, LegState.ENDED, how=Ended.COMPLETED)
    reactions.leg_changed(floor, ledger, first.id)
    assert floor.agents.read("maria").status is AgentState.RESERVED
    assert under_way(ledger, promise).step is Step.OWNER_RINGING


def test_two_promises_to_one_customer_are_not_made_at_once(floor: Floor, ledger: Ledger) -> None:
    an_agent(floor, "tom", role="supervisor", phone="+12125550191")
    floor.agents.set_status("tom", AgentState.AVAILABLE)
    first, second = due(floor, ledger), due(floor, ledger, kind=Kind.CORRECTION)
    dialling.dial(floor, ledger, first.id)
    dialling.dial(floor, ledger, second.id)
    found = ledger.find(second.id)
    assert found
    assert found.state is State.DUE


def test_of_two_that_began_at_once_one_is_put_off_before_the_customer_is_called(
    floor: Floor, ledger: Ledger
) -> None:
    an_agent(floor, "tom", role="supervisor", phone="+12125550191")
    floor.agents.set_status("tom", AgentState.AVAILABLE)
    first, second = due(floor, ledger), due(floor, ledger, kind=Kind.CORRECTION)
    people = dialling.staff(floor)
    assert dialling.ring(floor, ledger, first, people["maria"])
    assert dialling.ring(floor, ledger, second, people["tom"])
    assert isinstance(speakers.joins(floor, ledger, owner_leg(floor, ledger, first)), Join)
    told = speakers.joins(floor, ledger, owner_leg(floor, ledger, second))
    assert told == Goodbye(Farewell.CUSTOMER_BUSY)
    found = ledger.find(second.id)
    assert found
    assert (found.state, found.dialling, found.due_at) == (State.DUE, None, second.due_at)
    assert turns.waits_for_customer(floor, second.id)


def test_a_number_that_the_config_does_not_allow_any_more_is_not_called_when_the_owner_is_ready(
    floor: Floor, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    promise = due(floor, ledger)
    dialling.dial(floor, ledger, promise.id)
    monkeypatch.setattr(dialling, "refusal", lambda *_: "a premium number")
    leg = owner_leg(floor, ledger, promise)
    assert speakers.joins(floor, ledger, leg) == Goodbye(Farewell.SHOWN)
    found = ledger.find(promise.id)
    assert found
    assert (found.state, found.because) == (State.NEEDS_PERSON, "a premium number")
    assert [one.verb for one in floor.effects.take("tests", 50) if one.target != leg.id] in (
        [],
        ["leg_changed"],
    )


def rings_us(floor: Floor) -> str:
    """The customer has rung in by himself, and his call goes on."""
    call_sid = a_call_sid()
    answer = Answer(PlayMenu("main", Because(Rule.MENU, Identity.SURE, 0)), "en", "support", 0)
    step = CallStep(call_sid, "incoming", answer, number=CUSTOMER, caller=floor.caller_key(CUSTOMER))
    floor.calls.take_step(step)
    return call_sid


def test_a_customer_who_is_on_the_telephone_with_us_is_not_called(floor: Floor, ledger: Ledger) -> None:
    promise = due(floor, ledger)
    call_sid = rings_us(floor)
    dialling.dial(floor, ledger, promise.id)
    found = ledger.find(promise.id)
    assert found
    assert (found.state, floor.agents.read("maria").status) == (State.DUE, AgentState.AVAILABLE)
    assert turns.waits_for_customer(floor, promise.id)
    floor.calls.end(call_sid, "completed", log_days=1)
    dialling.dial(floor, ledger, promise.id)
    assert under_way(ledger, promise).speaker == "maria"


def test_who_rings_in_while_the_owner_hears_the_brief_is_not_called(floor: Floor, ledger: Ledger) -> None:
    promise = due(floor, ledger)
    dialling.dial(floor, ledger, promise.id)
    rings_us(floor)
    told = speakers.joins(floor, ledger, owner_leg(floor, ledger, promise))
    assert told == Goodbye(Farewell.CUSTOMER_BUSY)
    found = ledger.find(promise.id)
    assert found
    assert (found.state, found.due_at, found.declined) == (State.DUE, MONDAY, ())
