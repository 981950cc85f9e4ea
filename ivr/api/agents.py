"""/agents/me: what an agent is doing, and what he says he does next."""

from typing import Literal

from flask import Response, jsonify
from pydantic import BaseModel, ConfigDict, Field

from ivr.api.keys import api_routes, person
from ivr.voice.exchange import exchange
from routing import shifts
from routing.rules.agent_states import AgentState
from routing.rules.people import Person
from routing.store.agents import AgentNow

agents = api_routes("agents")


class OwnStatus(BaseModel):
    """What an agent asks for; while a call has him it comes after the call."""

    model_config = ConfigDict(extra="forbid")

    status: Literal["available", "break", "offline"]
    reason: str = Field(default="", max_length=200)


class Agent(BaseModel):
    """An agent now. `since` is ISO 8601, `skills` are levels by skill, `call` is the customer's CallSid."""

    status: AgentState
    since: str
    reason: str
    next_status: AgentState | None
    skills: dict[str, int]
    phone: str | None
    offer: str | None
    call: str | None


@agents.get("/agents/me", responses={"200": Agent})
def see() -> Response:
    """What you are doing now."""
    return _shown(person(), exchange().floor.agents.read(person().id))


@agents.put("/agents/me", responses={"200": Agent})
def change(body: OwnStatus) -> Response:
    """Say what you do: at once, or, while a call has you, next."""
    now = shifts.choose(exchange().floor, person(), AgentState(body.status), reason=body.reason)
    return _shown(person(), now)


def _shown(who: Person, now: AgentNow) -> Response:
    agent = Agent(
        status=now.status,
        since=(now.since or who.created).isoformat(),
        reason=now.reason,
        next_status=now.next_status,
        skills=dict(who.skills),
        phone=who.phone or None,
        offer=now.offer or None,
        call=now.call or None,
    )
    return jsonify(agent.model_dump(mode="json"))
