"""Around every webhook: who is let in, how an answer is sent, and what is heard when something fails."""

import math
import time
from collections.abc import Mapping

from flask import Blueprint, Response, g, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from config.observe import REFUSED, answer_time, failed_open, log
from config.versions import NoConfigError
from ivr.voice import documents
from ivr.voice.admission import Refused
from ivr.voice.apology import MAX_STARTS
from ivr.voice.exchange import exchange
from ivr.voice.hints import hints_in
from ivr.voice.template import Template
from routing.links import PREFIX, Route, starts_before
from routing.rules.answers import Answer
from routing.rules.speech import Reply
from routing.scene import InboundCall
from routing.store.calls import CallIsOverError


def guard(voice: Blueprint) -> None:
    """Let nothing into the blueprint's webhooks that Twilio did not send, and leave no caller unanswered."""
    voice.before_request(_admit)
    voice.after_request(_timed)
    voice.register_error_handler(Refused, _refused)
    voice.register_error_handler(CallIsOverError, _too_late)
    voice.register_error_handler(NoConfigError, _no_config)
    voice.register_error_handler(Exception, _fault)


def guard_legs(legs: Blueprint) -> None:
    """The same for the webhooks of legs that we made; what is heard when something fails is another thing."""
    legs.before_request(_admit)
    legs.after_request(_timed)
    legs.register_error_handler(Refused, _refused)
    legs.register_error_handler(Exception, _leg_fault)


def admitted() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Form and query of the webhook that was let in."""
    return g.webhook.form, g.webhook.query


def inbound_call() -> InboundCall:
    """The call that the webhook is about."""
    form = g.webhook.form
    return InboundCall(
        form["CallSid"],
        form.get("From", ""),
        form.get("To", ""),
        form.get("StirVerstat", ""),
        hints_in(form),
    )


def reply_in(form: Mapping[str, str], confirming: str) -> Reply:
    """What the caller answered to a menu, by key or in words."""
    return Reply(
        form.get("Digits", ""),
        form.get("SpeechResult", ""),
        _confidence(form.get("Confidence", "")),
        confirming,
    )


def _confidence(text: str) -> float:
    """Twilio may leave it out: https://www.twilio.com/docs/voice/twiml/gather#action."""
    try:
        confidence = float(text)
    except ValueError:
        return 1.0
    return 1.0 if math.isnan(confidence) else min(max(confidence, 0.0), 1.0)


def visit_of(query: Mapping[str, str]) -> int:
    """The visit that our own link carries."""
    return int(query["visit"])


def answer(given: Answer, call: InboundCall) -> Response:
    """Send what was decided. Raises NoConfigError."""
    floor = exchange().floor
    return xml(documents.render(given, call.sid, floor.configs.in_force(), floor.links))


def filled(template: Template, call: InboundCall, query: Mapping[str, str]) -> Response:
    """Send a document of the waiting room; its links stay at the visit of the link that asked for it."""
    return xml(template.fill(exchange().floor.links, call.sid, visit_of(query)))


def xml(document: str) -> Response:
    return Response(document, mimetype="text/xml")


def _admit() -> None:
    g.began = time.perf_counter()
    route = Route(request.path.removeprefix(PREFIX))
    g.webhook = exchange().door.admit(request, route)


def _timed(response: Response) -> Response:
    if "began" in g:
        answer_time(request.path.removeprefix(f"{PREFIX}/")).observe(time.perf_counter() - g.began)
    return response


def _refused(refused: Refused) -> ResponseReturnValue:
    REFUSED.labels(refused.reason).inc()
    log.warning("webhook_refused", reason=refused.reason, path=request.path)
    return "", 403


def _too_late(_over: CallIsOverError) -> ResponseReturnValue:
    return xml(documents.goodbye())


def _no_config(missing: NoConfigError) -> ResponseReturnValue:
    failed_open("config", error=str(missing))
    return apology()


def _fault(fault: Exception) -> ResponseReturnValue:
    """A fault of ours: an alarm for us, an apology and another try for the caller; Twilio hears 200."""
    if isinstance(fault, RequestEntityTooLarge):
        REFUSED.labels("too_large").inc()
    if isinstance(fault, HTTPException):
        return fault
    failed_open("fault", error=type(fault).__name__, path=request.path, exc_info=fault)
    return ("", 204) if request.path.endswith(Route.EVENTS) else apology()


def _leg_fault(fault: Exception) -> ResponseReturnValue:
    """Whoever we called hears that we failed, and goodbye: the call stays on our list."""
    if isinstance(fault, HTTPException) or request.path.endswith((Route.CALLED_IN, Route.CALLED_IN_OVER)):
        return _fault(fault)  # who rang in himself is a caller as any other
    failed_open("fault", error=type(fault).__name__, path=request.path, exc_info=fault)
    return xml(exchange().apology.to_called)


def apology() -> Response:
    """Sorry, and another try; after several, goodbye. Whoever waits in a queue goes on waiting there."""
    prepared = exchange().apology
    waits = request.path.removeprefix(PREFIX) in (Route.WAITING, Route.WAITING_KEY)
    return xml(prepared.while_waiting if waits else prepared.after(starts()))


def starts() -> int:
    """How often this call was begun anew before, read from our own links."""
    query = g.webhook.query if "webhook" in g else {}
    return starts_in(query)


def starts_in(query: Mapping[str, str]) -> int:
    """The same from any query; whatever is not a small number of ours counts as none."""
    again, visit = query.get("again", ""), query.get("visit", "")
    counted = max(
        int(again) if again.isdecimal() and len(again) < 3 else 0,
        starts_before(int(visit)) if visit.isdecimal() and len(visit) < 9 else 0,
    )
    return min(counted, MAX_STARTS)
