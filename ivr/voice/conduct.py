"""Webhooks of warnings and of calls ended for abuse: a few lines each, as in webhooks.py."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from config.connections import StoreAway
from config.observe import failed_open
from config.versions import NoConfigError
from ivr.voice import conduct_documents as documents
from ivr.voice.answering import admitted, guard, inbound_call, visit_of, xml
from ivr.voice.conduct_documents import Reason
from ivr.voice.exchange import exchange
from routing import conduct as conduct_of_calls
from routing.floor import Floor
from routing.links import PREFIX, Route

conduct = Blueprint("conduct", __name__, url_prefix=PREFIX)
guard(conduct)
announcements = Blueprint("announcements", __name__, url_prefix=PREFIX)
guard(announcements)


@announcements.errorhandler(NoConfigError)
@announcements.errorhandler(Exception)
def _not_announced(fault: Exception) -> ResponseReturnValue:
    """Nothing that could be taken for the warning: it was not heard then, and does not count."""
    if isinstance(fault, HTTPException):
        return fault
    failed_open("fault", error=type(fault).__name__, path=Route.WARNING, exc_info=fault)
    return "", 500


@announcements.post(Route.WARNING)
def warning() -> ResponseReturnValue:
    """An announcement to the conference."""
    query = admitted()[1]
    return xml(documents.warning(exchange().floor.configs.in_force(), query["language"], query["number"]))


@conduct.post(Route.ENDED)
def ended() -> ResponseReturnValue:
    """Why the call ends, and who says so; without names while the store is away."""
    floor, query, call_sid = exchange().floor, admitted()[1], inbound_call().sid
    reason = Reason(query["at_once"] == "1")
    try:
        conduct_of_calls.is_read_out(floor, call_sid)
        reason = _named(floor, call_sid, reason)
    except StoreAway as away:
        failed_open("store_away", call=call_sid, error=str(away))
    heard_url = floor.links.to(Route.HEARD, call_sid, visit_of(query))
    return xml(documents.ended(floor.configs.in_force(), query["language"], reason, heard_url))


@conduct.post(Route.HEARD)
def heard() -> ResponseReturnValue:
    """The caller has heard it all."""
    call_sid = inbound_call().sid
    try:
        conduct_of_calls.is_heard(exchange().floor, call_sid)
    except StoreAway as away:
        failed_open("store_away", call=call_sid, error=str(away))
    return xml(documents.heard())


def _named(floor: Floor, call_sid: str, reason: Reason) -> Reason:
    """Names are looked up here, so that none is ever in a URL."""
    adviser = floor.people.find(floor.conversations.of(call_sid).get("agent") or "-")
    manager = floor.people.find(adviser.manager) if adviser and adviser.manager else None
    return Reason(reason.at_once, adviser, manager if manager and manager.enabled else None)
