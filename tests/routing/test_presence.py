"""Agents who are rung on their page: there while it is open, thirty seconds longer, then offline."""

from collections.abc import Callable

import pytest

from routing import presence
from routing.floor import Floor
from routing.rules.agent_states import AgentState
from tests.ivr.voice.scenes import later
from tests.routing.staff import an_agent

SOFTPHONE = "client:ana"


def at_work(floor: Floor, phone: str = SOFTPHONE) -> None:
    """Ana has a page open and takes calls."""
    an_agent(floor, phone=phone)
    presence.seen(floor, ["ana"])
    floor.agents.set_status("ana", AgentState.AVAILABLE)


def status(floor: Floor) -> AgentState:
    presence.set_absent_offline(floor)
    return floor.agents.read("ana").status


def unheard_for(floor: Floor, seconds: float) -> None:
    """Nobody has said for so long that the page is open."""
    key = floor.keys.present("open")
    floor.store.run(lambda redis: redis.zincrby(key, -seconds * 1000, "ana"))


def test_whose_page_is_open_stays_however_late_it_gets(floor: Floor) -> None:
    at_work(floor)
    later(floor, hours=5)
    assert status(floor) is AgentState.AVAILABLE


def test_a_page_that_was_closed_for_thirty_seconds_puts_its_agent_offline(floor: Floor) -> None:
    at_work(floor)
    later(floor, minutes=1)
    presence.left(floor, "ana")
    assert status(floor) is AgentState.AVAILABLE
    later(floor, seconds=28)
    assert status(floor) is AgentState.AVAILABLE
    later(floor, seconds=2)
    assert status(floor) is AgentState.OFFLINE
    assert floor.agents.read("ana").reason == presence.REASON
    later(floor, minutes=1)
    assert status(floor) is AgentState.OFFLINE


def test_who_comes_back_in_time_has_not_been_away(floor: Floor) -> None:
    at_work(floor)
    presence.left(floor, "ana")
    later(floor, seconds=20)
    presence.seen(floor, ["ana"])
    later(floor, seconds=20)
    assert status(floor) is AgentState.AVAILABLE


def test_a_process_that_died_with_the_page_is_noticed(floor: Floor) -> None:
    at_work(floor)
    unheard_for(floor, 20)
    later(floor, minutes=5)
    assert status(floor) is AgentState.AVAILABLE
    unheard_for(floor, 10)
    assert status(floor) is AgentState.AVAILABLE, "after Redis was away nobody had been heard of"
    later(floor, seconds=30)
    assert status(floor) is AgentState.OFFLINE


def test_after_redis_was_away_whoever_is_there_stays(floor: Floor) -> None:
    at_work(floor)
    unheard_for(floor, 90)
    assert status(floor) is AgentState.AVAILABLE
    presence.seen(floor, ["ana"])
    later(floor, minutes=1)
    assert status(floor) is AgentState.AVAILABLE


@pytest.mark.parametrize("asked", [AgentState.BREAK, AgentState.AVAILABLE])
def test_who_signs_in_has_thirty_seconds_to_open_the_page(floor: Floor, asked: AgentState) -> None:
    at_work(floor)
    presence.left(floor, "ana")
    later(floor, minutes=1)
    assert status(floor) is AgentState.OFFLINE
    floor.agents.set_status("ana", asked)
    assert status(floor) is asked
    later(floor, seconds=31)
    assert status(floor) is AgentState.OFFLINE


def test_during_a_call_he_is_offline_afterwards(floor: Floor) -> None:
    at_work(floor)
    assert floor.agents.reserve("ana", "offer1")
    presence.left(floor, "ana")
    later(floor, minutes=1)
    assert status(floor) is AgentState.RESERVED
    assert floor.agents.read("ana").next_status is AgentState.OFFLINE
    floor.agents.release("ana", "offer1")
    assert status(floor) is AgentState.OFFLINE


@pytest.mark.parametrize("phone", ["+14155550160", "sip:ana@example.com"])
def test_who_has_a_telephone_stays_as_he_set_himself(floor: Floor, phone: str) -> None:
    at_work(floor, phone)
    presence.left(floor, "ana")
    later(floor, hours=1)
    assert status(floor) is AgentState.AVAILABLE


def test_who_never_opened_a_page_is_left_alone(floor: Floor) -> None:
    an_agent(floor, phone=SOFTPHONE)
    floor.agents.set_status("ana", AgentState.AVAILABLE)
    later(floor, hours=1)
    assert status(floor) is AgentState.AVAILABLE


@pytest.mark.parametrize(
    "gone",
    [
        lambda floor: floor.people.disable("ana", by="tests", at=floor.clock.now(floor.store)),
        lambda floor: floor.store.run(lambda redis: redis.delete(floor.keys.person("ana"))),
    ],
    ids=["disabled", "unknown"],
)
def test_who_works_here_no_more_does_not_stop_the_sweep(
    floor: Floor, gone: Callable[[Floor], object]
) -> None:
    at_work(floor)
    an_agent(floor, "bob", phone="client:bob")
    floor.agents.set_status("bob", AgentState.AVAILABLE)
    for name in ("ana", "bob"):
        presence.left(floor, name)
    gone(floor)
    later(floor, minutes=1)
    presence.set_absent_offline(floor)
    assert floor.agents.read("bob").status is AgentState.OFFLINE
