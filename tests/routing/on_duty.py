"""Agents who are signed in, and calls that are offered to them, for tests on the `floor`."""

from typing import Any

from routing import conversation, offers, shifts
from routing.floor import Floor
from routing.rules.agent_states import AgentState
from tests.routing.staff import an_agent
from tests.twilio import Twilio


def comes_in(floor: Floor, name: str = "ana", **special: Any) -> str:
    """Added to the site, signed in and free for callers; the id."""
    agent = an_agent(floor, name, **special)
    person = floor.people.find(agent)
    assert person
    shifts.choose(floor, person, AgentState.AVAILABLE)
    return agent


def goes(floor: Floor, name: str = "ana") -> None:
    """Signs out, or will after this call."""
    floor.agents.set_status(name, AgentState.OFFLINE)


def offer_of(floor: Floor, call: Twilio) -> str:
    """The offer by which somebody is rung for the call; "" for none."""
    return floor.conversations.of(call.call_sid).get("offer", "")


def talks(floor: Floor, call: Twilio, agent: str = "ana") -> str:
    """The agent has taken the call that is offered to him, and they talk; the conference."""
    offer = offer_of(floor, call)
    offers.accept(floor, offer, agent)
    conference = floor.conversations.agent_ready(offer)
    assert conversation.caller_joins(floor, call.call_sid, conference)
    return conference
