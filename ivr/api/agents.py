"""/agents: what agents are doing, what an agent says he does next, and what a supervisor says for him."""

from typing import Literal

from flask import Response, jsonify
from pydantic import BaseModel, ConfigDict, Field

from ivr.api.errors import Described, Refusal
from ivr.api.keys import api_routes, person
from ivr.api.times import MomentInQuery
from ivr.voice.exchange import exchange
from routing import shifts
from routing.rules.agent_states import AgentState
from routing.rules.people import Person, Role, kind_of_phone, takes_calls
from routing.store.agents import AgentNow
from routing.store.people import UnknownPerson

agents = api_routes("agents")

MOST = 200


class Status(BaseModel):
    """What is asked for; while a call has the agent it comes after the call."""

    model_config = ConfigDict(extra="forbid")

    status: Literal["available", "break", "offline"]
    reason: str = Field(default="", max_length=200)


class Agent(BaseModel):
    """An agent now. `since` is ISO 8601, `skills` are levels by skill, `call` is the customer's CallSid.

    `recovery_until`: the end of the break after a call that was ended for abuse.
    """

    status: AgentState
    since: str
    reason: str
    next_status: AgentState | None
    skills: dict[str, int]
    phone: str | None
    offer: str | None
    call: str | None
    recovery_until: str | None


class AgentRow(BaseModel):
    """An agent as those see him who lead; `phone` is what rings, not its number."""

    id: str
    role: Role
    status: AgentState
    since: str
    reason: str
    next_status: AgentState | None
    skills: dict[str, int]
    certified: bool
    languages: list[str]
    phone: Literal["number", "client", "sip"] | None
    offer: str | None
    call: str | None
    recovery_until: str | None


class AgentPage(BaseModel):
    """Some of them, by name; `next` is the `after` of the next page, null when there is none."""

    items: list[AgentRow]
    next: str | None


class Which(BaseModel):
    """Which agents: those in `state`, those whose status is of `since` or later, those after `after`."""

    model_config = ConfigDict(extra="forbid")

    state: AgentState | None = None
    since: MomentInQuery | None = None
    after: str = Field(default="", max_length=64)
    limit: int = Field(default=MOST, ge=1, le=MOST)


class OneAgent(BaseModel):
    """The id in the path."""

    agent_id: str = Field(max_length=64)


_ONE: Described = {"200": AgentRow, "404": Refusal}


@agents.get("/agents", responses={"200": AgentPage})
def page(query: Which) -> Response:
    """Everybody who takes calls, and what each is doing."""
    floor = exchange().floor
    people = [one for one in floor.people.everybody() if takes_calls(one)]
    both = zip(people, floor.agents.read_all([one.id for one in people]), strict=True)
    found = [(who, now) for who, now in both if _is_wanted(query, who, now)]
    rows = [_row(who, now) for who, now in found[: query.limit]]
    more = len(found) > query.limit
    return jsonify({"items": rows, "next": rows[-1]["id"] if more else None})


@agents.get("/agents/me", responses={"200": Agent})
def see() -> Response:
    """What you are doing now."""
    return _shown(person(), exchange().floor.agents.read(person().id))


@agents.put("/agents/me", responses={"200": Agent})
def change(body: Status) -> Response:
    """Say what you do: at once, or, while a call has you, next."""
    now = shifts.choose(exchange().floor, person(), AgentState(body.status), reason=body.reason)
    return _shown(person(), now)


@agents.put("/agents/<agent_id>", responses=_ONE)
def force(path: OneAgent, body: Status) -> Response:
    """Say what somebody else does: at once, or, while a call has him, next. It is in the audit."""
    floor = exchange().floor
    who = floor.people.find(path.agent_id)
    if who is None or not takes_calls(who):
        raise UnknownPerson("Nobody of this name takes calls here.")
    now = shifts.force(floor, who, AgentState(body.status), reason=body.reason, by=person().id)
    return jsonify(_row(who, now))


def _is_wanted(query: Which, who: Person, now: AgentNow) -> bool:
    return (
        (query.state is None or now.status is query.state)
        and (query.since is None or (now.since or who.created) >= query.since)
        and who.id.lower() > query.after.lower()
    )


def _row(who: Person, now: AgentNow) -> dict[str, object]:
    row = AgentRow(
        id=who.id,
        role=who.role,
        status=now.status,
        since=(now.since or who.created).isoformat(),
        reason=now.reason,
        next_status=now.next_status,
        skills=dict(who.skills),
        certified=who.certified,
        languages=list(who.languages),
        phone=kind_of_phone(who) or None,
        offer=now.offer or None,
        call=now.call or None,
        recovery_until=now.recovery_until.isoformat() if now.recovery_until else None,
    )
    return row.model_dump(mode="json")


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
        recovery_until=now.recovery_until.isoformat() if now.recovery_until else None,
    )
    return jsonify(agent.model_dump(mode="json"))
