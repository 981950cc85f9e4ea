"""Webhooks of the agents' number: a few lines each, as in webhooks.py. What is typed is never logged."""

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from ivr.voice.agent_desk_documents import DeskWriter
from ivr.voice.answering import admitted, guard, inbound_call, starts, visit_of, xml
from ivr.voice.exchange import exchange
from routing import agent_desk
from routing.agent_desk import Words
from routing.links import PREFIX, VISITS_PER_START, Route
from routing.scene import InboundCall

desks = Blueprint("agent_desks", __name__, url_prefix=PREFIX)
guard(desks)


def first_words(call: InboundCall) -> Response | None:
    """For a call to a line's agents' number; None for a caller's call. Raises NoConfigError, StoreAway."""
    floor = exchange().floor
    config = floor.configs.in_force()
    line = agent_desk.line_of(config, call.dialled)
    if not line:
        return None
    words, language = agent_desk.rings(floor, call, line), config.lines[line].languages[0]
    visit = starts() * VISITS_PER_START + 1
    return xml(DeskWriter(config, floor.links, call.sid, visit, language).write(words, greets=True))


@desks.post(Route.DESK_STAFF)
def staff_number() -> ResponseReturnValue:
    """A staff number, or nothing."""
    form, query = admitted()
    floor, tried = exchange().floor, int(query["tried"])
    return _said(agent_desk.says_staff_number(floor, form["CallSid"], form.get("Digits", ""), tried))


@desks.post(Route.DESK_PIN)
def pin() -> ResponseReturnValue:
    """A PIN, or nothing."""
    form, query = admitted()
    words = agent_desk.says_pin(
        exchange().floor,
        form["CallSid"],
        form.get("Digits", ""),
        by_staff_number=query["by"] == "staff",
        tried=int(query["tried"]),
        visit=visit_of(query),
    )
    return _said(words)


@desks.post(Route.DESK_CHOICE)
def choice() -> ResponseReturnValue:
    """A key for a status, or none."""
    form, query = admitted()
    asked, visit = int(query["asked"]), visit_of(query)
    words = agent_desk.chooses(
        exchange().floor, inbound_call(), form.get("Digits", ""), asked=asked, visit=visit
    )
    return _said(words)


def _said(words: Words) -> Response:
    form, query = admitted()
    floor = exchange().floor
    writer = DeskWriter(
        floor.configs.in_force(), floor.links, form["CallSid"], visit_of(query) + 1, query["language"]
    )
    return xml(writer.write(words))
