"""Webhooks of warnings and of calls ended for abuse: a few lines each, as in webhooks.py."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from ivr.voice import conduct_documents as documents
from ivr.voice.answering import admitted, guard, inbound_call, visit_of, xml
from ivr.voice.conduct_documents import Reason
from ivr.voice.exchange import exchange
from routing import conduct as conduct_of_calls
from routing.floor import Floor
from routing.links import PREFIX, Route
from routing.rules.people import Person

conduct = Blueprint("conduct", __name__, url_prefix=PREFIX)
guard(conduct)


@conduct.post(Route.WARNING)
def warning() -> ResponseReturnValue:
    """An announcement to the conference."""
    query = admitted()[1]
    return xml(documents.warning(exchange().floor.configs.in_force(), query["language"], query["number"]))


@conduct.post(Route.ENDED)
def ended() -> ResponseReturnValue:
    """Why the call ends, and who says so."""
    floor, query, call_sid = exchange().floor, admitted()[1], inbound_call().sid
    conduct_of_calls.is_read_out(floor, call_sid)
    heard_url = floor.links.to(Route.HEARD, call_sid, visit_of(query), language=query["language"])
    config = floor.configs.in_force()
    return xml(documents.ended(config, query["language"], _reason(floor, call_sid), heard_url))


@conduct.post(Route.HEARD)
def heard() -> ResponseReturnValue:
    """The caller has heard it all."""
    conduct_of_calls.is_heard(exchange().floor, inbound_call().sid)
    return xml(documents.heard())


def _reason(floor: Floor, call_sid: str) -> Reason:
    """Names are looked up here, so that none is ever in a URL."""
    call = floor.conversations.of(call_sid)
    adviser = floor.people.find(call.get("agent", "") or "-")
    manager = floor.people.find(adviser.manager or "-") if adviser else None
    return Reason(call.get("at_once") == "1", adviser, _known(manager))


def _known(manager: Person | None) -> Person | None:
    return manager if manager is not None and manager.enabled else None
