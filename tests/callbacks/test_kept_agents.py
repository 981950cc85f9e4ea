"""Whoever is kept for a call that nobody makes is set free; whoever is rung, or kept for else, is not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from callbacks.kept_agents import KEPT_TOO_LONG, set_free
from callbacks.ledger import Ledger
from callbacks.records import Attempt
from callbacks.rules.states import State
from routing.floor import Floor
from routing.rules.agent_states import AgentState
from tests.callbacks.promises import booked, now_in
from tests.ivr.voice.scenes import later
from tests.routing.staff import an_agent

A_MOMENT = timedelta(seconds=1)


@pytest.fixture
def floor(floor: Floor) -> Floor:
    """Maria is on duty."""
    an_agent(floor, "maria", role="supervisor")
    floor.agents.set_status("maria", AgentState.AVAILABLE)
    return floor


def status(floor: Floor) -> AgentState:
    return floor.agents.read("maria").status


def time_passes(floor: Floor) -> None:
    later(floor, seconds=(KEPT_TOO_LONG + A_MOMENT).total_seconds())


def test_who_was_kept_by_a_worker_that_died_is_set_free(floor: Floor, ledger: Ledger) -> None:
    promise = booked(floor, ledger)
    floor.agents.reserve("maria", promise.id)
    set_free(floor, ledger)
    assert status(floor) is AgentState.RESERVED, "somebody may be about to ring her"
    time_passes(floor)
    set_free(floor, ledger)
    assert status(floor) is AgentState.AVAILABLE


def test_who_has_been_rung_since_is_left_to_the_end_of_the_leg(floor: Floor, ledger: Ledger) -> None:
    promise = booked(floor, ledger)
    floor.agents.reserve("maria", promise.id)
    at = floor.clock.now(floor.store)
    now_in(ledger, promise.id, State.DUE, attempts=(Attempt("at1", at, "maria"),))
    time_passes(floor)
    set_free(floor, ledger)
    assert status(floor) is AgentState.RESERVED


def test_an_attempt_of_somebody_else_or_of_before_does_not_keep_her(floor: Floor, ledger: Ledger) -> None:
    promise = booked(floor, ledger)
    before = Attempt("at1", floor.clock.now(floor.store) - A_MOMENT, "maria")
    floor.agents.reserve("maria", promise.id)
    time_passes(floor)
    others = replace(before, id="at2", began=floor.clock.now(floor.store), speaker="tom")
    now_in(ledger, promise.id, State.DUE, attempts=(before, others))
    set_free(floor, ledger)
    assert status(floor) is AgentState.AVAILABLE


def test_an_offer_that_is_no_promised_call_is_left_alone(floor: Floor, ledger: Ledger) -> None:
    floor.agents.reserve("maria", "of17")
    time_passes(floor)
    set_free(floor, ledger)
    assert floor.agents.read("maria").offer == "of17"
