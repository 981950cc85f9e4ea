"""/agents: the break after a call that was ended for abuse, ended early or made longer (docs/policy.md 6)."""

from typing import Literal

from flask import Response, jsonify
from pydantic import BaseModel, ConfigDict, Field

from ivr.api.agents import OneAgent
from ivr.api.errors import Described, Refusal
from ivr.api.keys import api_routes, person
from ivr.voice.exchange import exchange
from routing import recovery as breaks
from routing.rules.agent_states import AgentState
from routing.store.people import UnknownPerson

recovery = api_routes("recovery")


class Back(BaseModel):
    """You are back sooner."""

    model_config = ConfigDict(extra="forbid")

    return_early: Literal[True]


class Longer(BaseModel):
    """The break lasts so long from now; one that lasts longer already stays as it is."""

    model_config = ConfigDict(extra="forbid")

    minutes: int = Field(ge=1, le=480)


class Break(BaseModel):
    """What the agent is doing now; `until` (ISO 8601) is the end of a break, null when it is over."""

    status: AgentState
    until: str | None


_ANSWERS: Described = {"200": Break, "404": Refusal, "409": Refusal}


@recovery.post("/agents/me/recovery", responses=_ANSWERS)
def return_early(body: Back) -> Response:  # noqa: ARG001 - it says one thing only
    """You take calls again, or do what you asked for meanwhile."""
    breaks.return_early(exchange().floor, person().id)
    return _shown(person().id)


@recovery.post("/agents/<agent_id>/recovery", responses=_ANSWERS)
def extend(path: OneAgent, body: Longer) -> Response:
    """Give somebody a longer break. It is in the audit."""
    who = exchange().floor.people.find(path.agent_id)
    if who is None:
        raise UnknownPerson("Nobody of this name takes calls here.")
    breaks.extend(exchange().floor, who.id, by=person().id, minutes=body.minutes)
    return _shown(who.id)


def _shown(agent_id: str) -> Response:
    floor = exchange().floor
    now = floor.agents.read(agent_id)
    until = now.recovery_until
    return jsonify(status=now.status, until=until.isoformat() if until else None)
