"""What agents are doing: set at once or after the call, reserved by one and released by the same."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from routing.floor import Floor
from routing.rules.agent_states import BUSY, OWN_CHOICE, AgentState
from routing.store.people import UnknownPerson
from tests.ivr.voice.scenes import later
from tests.routing.staff import CREATED, an_agent

AVAILABLE, BREAK, OFFLINE, RESERVED = (
    AgentState.AVAILABLE,
    AgentState.BREAK,
    AgentState.OFFLINE,
    AgentState.RESERVED,
)


def in_state(floor: Floor, state: AgentState, name: str = "ana") -> None:
    """The agent is in a state that later steps lead to."""
    floor.store.client.hset(floor.keys.agent(name), mapping={"status": state, "since_ms": 1_000})


def test_who_never_signed_in_is_offline(floor: Floor) -> None:
    now = floor.agents.read("nobody")
    assert (now.status, now.since, now.next_status, now.offer, now.call) == (OFFLINE, None, None, "", "")


@pytest.mark.parametrize("asked", sorted(OWN_CHOICE))
@pytest.mark.parametrize("state", sorted(set(AgentState) - BUSY))
def test_whom_no_call_has_is_what_he_asks_for(floor: Floor, state: AgentState, asked: AgentState) -> None:
    an_agent(floor)
    in_state(floor, state)
    now = floor.agents.set_status("ana", asked, reason="lunch")
    assert now == floor.agents.read("ana")
    assert (now.status, now.next_status, now.reason) == (asked, None, "lunch")
    assert now.since is not None
    assert (now.since.timestamp() == 1) == (state is asked), "asking again begins nothing anew"


@pytest.mark.parametrize("asked", sorted(OWN_CHOICE))
@pytest.mark.parametrize("state", sorted(BUSY))
def test_whom_a_call_has_is_that_afterwards(floor: Floor, state: AgentState, asked: AgentState) -> None:
    an_agent(floor)
    in_state(floor, state)
    now = floor.agents.set_status("ana", asked, reason="lunch")
    assert (now.status, now.next_status, now.reason) == (state, asked, "")


def test_since_is_the_site_s_time(floor: Floor) -> None:
    an_agent(floor)
    later(floor, hours=5)
    since = floor.agents.set_status("ana", AVAILABLE).since
    assert since is not None
    assert timedelta(0) <= floor.clock.now(floor.store) - since < timedelta(seconds=5)


@pytest.mark.parametrize("name", ["nobody", "ana"])
def test_who_does_not_work_here_has_no_status(floor: Floor, name: str) -> None:
    an_agent(floor)
    floor.agents.set_status("ana", AVAILABLE)
    floor.people.disable("ana", by="tests", at=CREATED)
    with pytest.raises(UnknownPerson):
        floor.agents.set_status(name, AVAILABLE)
    assert not floor.agents.reserve(name, "attempt-1")
    assert floor.agents.read(name).status is OFFLINE


@pytest.mark.parametrize("state", sorted(AgentState))
def test_only_an_available_agent_is_reserved(floor: Floor, state: AgentState) -> None:
    an_agent(floor)
    in_state(floor, state)
    assert floor.agents.reserve("ana", "attempt-1") == (state is AVAILABLE)
    now = floor.agents.read("ana")
    assert now.status is (RESERVED if state is AVAILABLE else state)
    assert now.offer == ("attempt-1" if state is AVAILABLE else "")


def test_a_disabled_person_is_not_reserved_whatever_the_record_says(floor: Floor) -> None:
    an_agent(floor)
    floor.people.disable("ana", by="tests", at=CREATED)
    in_state(floor, AVAILABLE)
    assert not floor.agents.reserve("ana", "attempt-1")


def test_the_same_reservation_may_be_repeated_and_another_one_is_refused(floor: Floor) -> None:
    an_agent(floor)
    floor.agents.set_status("ana", AVAILABLE)
    assert floor.agents.reserve("ana", "attempt-1")
    since = floor.agents.read("ana").since
    later(floor, seconds=9)
    assert floor.agents.reserve("ana", "attempt-1")
    assert floor.agents.read("ana").since == since
    assert not floor.agents.reserve("ana", "attempt-2")


@pytest.mark.parametrize(
    ("asked", "to", "is_then"),
    [
        (None, AVAILABLE, AVAILABLE),
        (None, AgentState.NOT_ANSWERING, AgentState.NOT_ANSWERING),
        (BREAK, AVAILABLE, BREAK),
        (OFFLINE, AgentState.NOT_ANSWERING, OFFLINE),
        (AVAILABLE, AVAILABLE, AVAILABLE),
    ],
)
def test_a_released_agent_is_what_he_asked_for_meanwhile(
    floor: Floor, asked: AgentState | None, to: AgentState, is_then: AgentState
) -> None:
    an_agent(floor)
    floor.agents.set_status("ana", AVAILABLE)
    floor.agents.reserve("ana", "attempt-1")
    if asked:
        floor.agents.set_status("ana", asked, reason="lunch")
    assert floor.agents.release("ana", "attempt-1", to=to)
    now = floor.agents.read("ana")
    assert (now.status, now.next_status, now.offer) == (is_then, None, "")
    assert now.reason == ("lunch" if asked else "")


@pytest.mark.parametrize("name", ["ana", "ben", "nobody"])
def test_only_what_has_the_agent_releases_him(floor: Floor, name: str) -> None:
    for each in ("ana", "ben"):
        an_agent(floor, each)
        floor.agents.set_status(each, AVAILABLE)
    floor.agents.reserve("ana", "attempt-1")
    before = floor.agents.read(name)
    assert not floor.agents.release(name, "attempt-2")
    assert floor.agents.read(name) == before


def test_an_agent_who_is_speaking_is_not_released_past_his_wrap_up(floor: Floor) -> None:
    an_agent(floor)
    in_state(floor, AgentState.ON_CALL)
    floor.store.client.hset(floor.keys.agent("ana"), "offer", "attempt-1")
    assert not floor.agents.release("ana", "attempt-1")
    assert floor.agents.release("ana", "attempt-1", to=AgentState.WRAP_UP)


def test_of_twenty_who_reserve_one_agent_exactly_one_gets_him_each_time(floor: Floor) -> None:
    an_agent(floor)
    floor.agents.set_status("ana", AVAILABLE)
    with ThreadPoolExecutor(20) as pool:
        for turn in range(50):
            wanted = [f"attempt-{turn}-{number}" for number in range(20)]
            random.Random(turn).shuffle(wanted)
            got = list(pool.map(lambda each: floor.agents.reserve("ana", each), wanted))
            assert got.count(True) == 1
            winner = wanted[got.index(True)]
            assert floor.agents.read("ana").offer == winner
            released = list(pool.map(lambda each: floor.agents.release("ana", each), wanted))
            assert released == got
