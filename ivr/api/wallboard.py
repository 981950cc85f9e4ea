"""/wallboard: the floor at a glance."""

from dataclasses import asdict

from flask import Response, jsonify
from pydantic import BaseModel

from ivr.api.keys import api_routes, person
from ivr.voice.exchange import exchange
from routing.rules.agent_states import AgentState
from routing.rules.audiences import SEES_ALL
from routing.store.figures import Abandoned
from routing.wallboard import look

wallboard = api_routes("wallboard")


class Queue(BaseModel):
    """A queue now and since midnight on the default line's clock.

    `service_level` is the share (0 to 1) answered in time of the callers who were answered or hung up, those
    who hung up at once left out. `ewt_s` is what a caller who came now would wait. Null: unknown.
    """

    queue: str
    waiting: int
    longest_s: int
    service_level: float | None
    answered: int
    abandoned: int
    ewt_s: int | None


class HungUp(BaseModel):
    """Somebody who hung up while waiting. Supervisors see the last two digits of the number."""

    call: str
    queue: str
    waited_s: int
    at: str
    number: str | None


class Board(BaseModel):
    """The floor at that moment: `agents` are counts by state, `abandoned` the latest first."""

    at: str
    queues: list[Queue]
    agents: dict[AgentState, int]
    abandoned: list[HungUp]


@wallboard.get("/wallboard", responses={"200": Board})
def see() -> Response:
    """Queues, agents and callers who hung up, today."""
    found = look(exchange().floor)
    shows_digits = person().role in SEES_ALL
    board = Board(
        at=found.at.isoformat(),
        queues=[Queue(**asdict(row)) for row in found.queues],
        agents=dict(found.agents),
        abandoned=[_hung_up(one, shows_digits=shows_digits) for one in found.abandoned],
    )
    return jsonify(board.model_dump(mode="json"))


def _hung_up(one: Abandoned, *, shows_digits: bool) -> HungUp:
    return HungUp(
        call=one.call,
        queue=one.queue,
        waited_s=one.waited_ms // 1000,
        at=one.at.isoformat(),
        number=f"…{one.number[-2:]}" if shows_digits and one.number else None,
    )
