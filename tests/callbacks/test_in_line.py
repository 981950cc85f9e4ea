"""Called back without losing the place: among the callers, at the old rank, until an agent is rung for it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from callbacks import dialling, due_calls, in_line, oldest_first, reactions
from callbacks.endings import cancel
from callbacks.ledger import DEADLINE, AlreadyOpen, Ledger
from callbacks.records import Callback
from callbacks.refusals import NumberRefused
from callbacks.rules.states import Kind, State
from routing import shifts
from routing.floor import Floor
from routing.rules.agent_states import AgentState
from routing.rules.caller import Identity
from routing.rules.legs import Ended, LegState
from routing.store.effects import Effect
from tests.callbacks.promises import CUSTOMER, now_in
from tests.callbacks.test_oldest_first import Tray
from tests.ivr.voice.scenes import later, set_clock
from tests.routing.staff import an_agent

MONDAY = datetime(2030, 11, 25, 15, 0, tzinfo=UTC)  # ten in New York
LINE_UP, RANK = "general.en", 1_900_000_000_000
MINUTE = timedelta(minutes=1)


@pytest.fixture
def floor(floor: Floor) -> Floor:
    """On a Monday at ten; Maria and Tom are on duty."""
    set_clock(floor, MONDAY)
    for name in ("maria", "tom"):
        an_agent(floor, name, phone="+12125550190")
        floor.agents.set_status(name, AgentState.AVAILABLE)
    return floor


@pytest.fixture
def place(floor: Floor, ledger: Ledger) -> Callback:
    """Promised, and in line."""
    return in_the_line(floor, ledger)


def in_the_line(floor: Floor, ledger: Ledger) -> Callback:
    return look(floor, ledger, look(floor, ledger, promised(floor, ledger)))


def promised(floor: Floor, ledger: Ledger, **special: Any) -> Callback:
    plain: dict[str, Any] = {
        "call_sid": "CA1",
        "number": CUSTOMER,
        "identity": Identity.SURE,
        "line": "support",
        "language": "en",
        "skill_set": LINE_UP,
        "rank_ms": RANK,
    }
    return in_line.promise_place(floor, ledger, **(plain | special))


def look(floor: Floor, ledger: Ledger, promise: Callback) -> Callback:
    due_calls.look(floor, ledger, promise.id)
    return now(ledger, promise)


def now(ledger: Ledger, promise: Callback) -> Callback:
    found = ledger.find(promise.id)
    assert found
    return found


def standing_in_line(floor: Floor) -> list[tuple[str, float]]:
    found: list[tuple[str, float]] = floor.store.client.zrange(
        floor.keys.line_up(LINE_UP), 0, -1, withscores=True
    )
    return found


def picked(floor: Floor, ledger: Ledger, promise: Callback, agent: str = "maria") -> None:
    """As the floor does it: he is kept for it, it is in line no more, and the effect is done."""
    assert floor.agents.reserve(agent, promise.id)
    floor.line_ups.leave(promise.id, LINE_UP)
    in_line.ring_for(floor, ledger, Effect("1-0", "ring_for", promise.id, {"agent": agent}, 0))


def effects_done(floor: Floor, ledger: Ledger) -> None:
    for effect in floor.effects.take("tests", 50):
        if effect.verb == in_line.LEAVE:
            in_line.leave_line_up(floor, ledger, effect)


def hangs_up(floor: Floor, ledger: Ledger, promise: Callback) -> None:
    """The agent does, before the customer is called."""
    under_way = now(ledger, promise).dialling
    assert under_way
    floor.legs.change(under_way.owner_leg, LegState.ENDED, how=Ended.NO_ANSWER)
    reactions.leg_changed(floor, ledger, under_way.owner_leg)


def test_it_is_due_at_once_and_keeps_its_rank(floor: Floor, ledger: Ledger) -> None:
    promise = promised(floor, ledger)
    assert (promise.kind, promise.owner, promise.booked_by) == (Kind.REQUESTED, "", "caller")
    assert promise.brief == in_line.BRIEF
    due = look(floor, ledger, promise)
    assert due.state is State.DUE
    assert floor.deadlines.moment_of(DEADLINE, due.id) <= floor.clock.now(floor.store)  # type: ignore[operator]
    look(floor, ledger, promise)
    assert standing_in_line(floor) == [(promise.id, RANK)]


def test_at_night_it_is_booked_for_the_morning(floor: Floor, ledger: Ledger) -> None:
    set_clock(floor, MONDAY + timedelta(hours=12))
    promise = look(floor, ledger, promised(floor, ledger))
    assert (promise.state, promise.due_at) == (State.BOOKED, datetime(2030, 11, 26, 13, 0, tzinfo=UTC))
    assert standing_in_line(floor) == []


@pytest.mark.parametrize("identity", set(Identity) - {Identity.SURE, Identity.LINK_LAPSED})
def test_a_number_that_may_be_another_s_is_not_called(
    floor: Floor, ledger: Ledger, identity: Identity
) -> None:
    with pytest.raises(NumberRefused):
        promised(floor, ledger, identity=identity)
    with pytest.raises(NumberRefused):
        promised(floor, ledger, number="+19005550100")


def test_one_is_open_for_a_customer(floor: Floor, ledger: Ledger, place: Callback) -> None:
    with pytest.raises(AlreadyOpen):
        promised(floor, ledger, call_sid="CA2")


def test_it_stands_there_once_and_is_entered_again_when_it_was_lost(
    floor: Floor, ledger: Ledger, place: Callback
) -> None:
    look(floor, ledger, place)
    floor.line_ups.leave(place.id, LINE_UP)
    again = floor.deadlines.moment_of(DEADLINE, place.id)
    assert again is not None
    assert again - MONDAY <= MINUTE + timedelta(seconds=5)
    look(floor, ledger, place)
    assert standing_in_line(floor) == [(place.id, RANK)]


def test_no_worker_is_asked_to_make_it(floor: Floor, ledger: Ledger, place: Callback) -> None:
    tray = Tray()
    oldest_first.go_round(floor, ledger, tray, "dial", "next")
    assert tray.ids == []


def test_whom_the_floor_picked_is_rung(floor: Floor, ledger: Ledger, place: Callback) -> None:
    picked(floor, ledger, place)
    under_way = now(ledger, place).dialling
    assert under_way
    assert under_way.speaker == "maria"
    in_line.ring_for(floor, ledger, Effect("1-0", "ring_for", place.id, {"agent": "maria"}, 0))
    assert floor.agents.read("maria").offer == place.id, "the same effect again"
    assert len(now(ledger, place).attempts) == 1


def test_who_does_not_take_it_is_free_and_it_goes_back_into_line(
    floor: Floor, ledger: Ledger, place: Callback
) -> None:
    picked(floor, ledger, place)
    hangs_up(floor, ledger, place)
    effects_done(floor, ledger)
    after = look(floor, ledger, place)
    assert (after.state, after.declined) == (State.DUE, ("maria",))
    assert standing_in_line(floor) == [(place.id, RANK)]
    assert floor.agents.read("maria").status is AgentState.AVAILABLE
    picked(floor, ledger, place, "tom")
    assert now(ledger, place).attempts[-1].speaker == "tom"


def test_who_has_just_declined_is_rung_again_only_after_a_while(
    floor: Floor, ledger: Ledger, place: Callback
) -> None:
    picked(floor, ledger, place)
    hangs_up(floor, ledger, place)
    look(floor, ledger, place)
    picked(floor, ledger, place)
    assert (now(ledger, place).state, floor.agents.read("maria").status) == (
        State.DUE,
        AgentState.AVAILABLE,
    )
    again = floor.deadlines.moment_of(DEADLINE, place.id)
    assert again is not None
    assert timedelta(seconds=25) < again - floor.clock.now(floor.store) <= timedelta(seconds=30)
    look(floor, ledger, place)
    picked(floor, ledger, place)
    assert now(ledger, place).state is State.DIALLING


def called_off(floor: Floor, ledger: Ledger, promise: Callback) -> None:
    cancel(ledger, promise.id, by="tests")


def too_late(floor: Floor, ledger: Ledger, promise: Callback) -> None:
    later(floor, hours=12)


def on_the_line(floor: Floor, ledger: Ledger, promise: Callback) -> None:
    floor.store.client.sadd(floor.keys.live_calls(promise.caller), "CA9")
    began_ms = int(MONDAY.timestamp() * 1000)
    floor.store.client.hset(floor.keys.call("CA9"), mapping={"state": "menu", "began_ms": began_ms})


@pytest.mark.parametrize("meanwhile", [called_off, too_late, on_the_line])
def test_an_agent_kept_for_one_that_is_not_made_now_is_free(
    floor: Floor, ledger: Ledger, place: Callback, meanwhile: Callable[[Floor, Ledger, Callback], None]
) -> None:
    meanwhile(floor, ledger, place)
    picked(floor, ledger, place)
    assert floor.agents.read("maria").status is AgentState.AVAILABLE
    assert now(ledger, place).attempts == ()


def test_while_the_customer_is_still_on_the_line_nobody_is_picked(floor: Floor, ledger: Ledger) -> None:
    promise = look(floor, ledger, promised(floor, ledger))
    on_the_line(floor, ledger, promise)
    look(floor, ledger, promise)
    assert standing_in_line(floor) == []
    floor.store.client.hset(floor.keys.call("CA9"), "state", "ended")
    look(floor, ledger, promise)
    assert standing_in_line(floor) == [(promise.id, RANK)]


def test_called_off_it_leaves_the_line(floor: Floor, ledger: Ledger, place: Callback) -> None:
    called_off(floor, ledger, place)
    effects_done(floor, ledger)
    assert standing_in_line(floor) == []


def test_who_rings_in_and_is_brought_to_somebody_leaves_the_line(
    floor: Floor, ledger: Ledger, place: Callback
) -> None:
    maria = floor.people.find("maria")
    assert maria
    assert dialling.ring(floor, ledger, place, maria, inbound_call="CA3")
    effects_done(floor, ledger)
    assert standing_in_line(floor) == []


def test_a_late_goodbye_does_not_take_one_out_of_line_who_is_back(
    floor: Floor, ledger: Ledger, place: Callback
) -> None:
    picked(floor, ledger, place)
    now_in(ledger, place.id, State.DUE, dialling=None)
    look(floor, ledger, place)
    effects_done(floor, ledger)
    assert standing_in_line(floor) == [(place.id, RANK)]


def test_the_floor_picks_whoever_is_free_and_goes_on_after_he_declined(floor: Floor, ledger: Ledger) -> None:
    ana = an_agent(floor, "ana", phone="+12125550191")
    person = floor.people.find(ana)
    assert person
    shifts.choose(floor, person, AgentState.AVAILABLE)
    promise = in_the_line(floor, ledger)
    assert standing_in_line(floor) == []
    assert floor.agents.read(ana).offer == promise.id
    [asked] = [one for one in floor.effects.take("tests", 50) if one.verb == "ring_for"]
    in_line.ring_for(floor, ledger, asked)
    under_way = now(ledger, promise).dialling
    assert under_way
    assert under_way.speaker == ana
    hangs_up(floor, ledger, promise)
    look(floor, ledger, promise)
    again = [one for one in floor.effects.take("tests", 50) if one.verb == "ring_for"]
    for effect in again:
        in_line.ring_for(floor, ledger, effect)
    assert now(ledger, promise).state is State.DUE, "not rung at once again"
    assert floor.agents.read(ana).status is AgentState.AVAILABLE
