"""What the API answers when it does not do what it was asked: one table, one shape."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import HTTPException

from callbacks.ledger import AlreadyOpen
from callbacks.refusals import (
    BookingRefused,
    NoAttempt,
    NoLetterDue,
    NoSuchCallback,
    NotOpen,
    NotTalking,
    StillTalking,
    TooLate,
    TooManyOpen,
    WantsNoCalls,
)
from config.connections import StoreAway
from config.observe import log
from config.versions import NoConfigError
from ivr.api.access import PREFIX
from ivr.live import TooManyPages
from routing import conduct, conversation, offers, recovery, warnings
from routing.callers import NoSuchCaller
from routing.recorded_media import NoRecording, RecordingFailed
from routing.rules.conduct_refusals import FactRefused, UnknownReport, VariesNothing
from routing.store.dossiers import LedgerBroken
from routing.store.offences import UnknownCaller
from routing.store.on_disk import NotKept
from routing.store.people import UnknownPerson


class Refusal(BaseModel):
    """Why a request was refused: a word for programs, a sentence for people, and what is wrong by field."""

    error: str
    message: str
    fields: dict[str, str] | None = None


class NotSignedIn(Exception):
    """No API key, or one that does not work (any more)."""


class NotAllowed(Exception):
    """The key is good, but its person may not do this."""


class Invalid(Exception):
    """The request is not what the route takes; `fields`: what is wrong by the name of a field."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {said}" for name, said in fields.items()))
        self.fields = dict(fields)


# Status, word, and the sentence; "" takes the refusal's own, which is written for people then.
ANSWERS: dict[type[Exception], tuple[int, str, str]] = {
    NotSignedIn: (401, "not_signed_in", "Send a working API key: Authorization: Bearer KEY."),
    NotAllowed: (403, "not_allowed", "Your role and rights do not cover this."),
    UnknownPerson: (404, "not_found", ""),
    Invalid: (422, "invalid", ""),
    StoreAway: (
        503,
        "store_away",
        "The store does not answer; try again soon.",
    ),
    NotKept: (
        503,
        "not_kept",
        "It is not certain that this is on disk. Look whether it is there before you try again.",
    ),
    NoSuchCallback: (404, "not_found", ""),
    BookingRefused: (422, "invalid", ""),
    AlreadyOpen: (409, "already_open", ""),
    TooManyOpen: (409, "too_many_open", ""),
    WantsNoCalls: (409, "do_not_call", ""),
    TooLate: (409, "too_late", ""),
    NotOpen: (409, "not_open", ""),
    StillTalking: (409, "still_talking", ""),
    NotTalking: (409, "not_talking", ""),
    NoAttempt: (409, "no_attempt", ""),
    NoLetterDue: (409, "no_letter_due", ""),
    offers.OfferGone: (409, "offer_gone", ""),
    offers.CallerGone: (409, "caller_gone", ""),
    offers.Taken: (409, "taken", ""),
    conversation.NotYourCall: (409, "not_yours", ""),
    conversation.NotTalking: (409, "not_talking", ""),
    conversation.NotRecorded: (409, "not_recorded", ""),
    conversation.NoSuchCall: (404, "not_found", ""),
    NoSuchCaller: (404, "not_found", ""),
    # Each kind of it has a `code` of its own, which is the word then.
    FactRefused: (409, "fact_refused", ""),
    UnknownReport: (404, "unknown_report", ""),
    UnknownCaller: (404, "unknown_caller", ""),
    VariesNothing: (422, "varies_nothing", ""),
    LedgerBroken: (
        503,
        "ledger_broken",
        "The conduct ledger is not as it was written; nothing is added until an operator has looked.",
    ),
    NoRecording: (404, "not_found", ""),
    RecordingFailed: (502, "recording_failed", ""),
    warnings.CallerNotConnected: (409, "caller_not_connected", ""),
    warnings.CallerOnHold: (409, "caller_on_hold", ""),
    warnings.WarningPlaying: (409, "warning_playing", ""),
    warnings.TwoWarningsGiven: (409, "two_warnings_given", ""),
    warnings.TooSoon: (409, "too_soon", ""),
    warnings.SafetySuspends: (409, "safety_suspends", ""),
    conduct.SecondWarningMissing: (409, "second_warning_missing", ""),
    conduct.AngerIsNotAbuse: (422, "anger_is_not_abuse", ""),
    recovery.NotInRecovery: (409, "not_in_recovery", ""),
    TooManyPages: (503, "too_many_pages", ""),
    NoConfigError: (503, "no_config", "There is no routing config that can be used."),
}
# What Flask refuses before or beside us.
_HTTP = {
    404: ("not_found", "There is nothing under this path."),
    405: ("method_not_allowed", "This path does not take this method."),
    413: ("too_large", "The body is larger than 64 kB."),
}
Described = dict[str | int | HTTPStatus, type[BaseModel] | dict[Any, Any] | None]
# For the description: every route may answer so.
DESCRIBED: Described = {str(status): Refusal for status in (401, 403, 422, 503)}


def answer_in_json(routes: Blueprint) -> None:
    """Whatever goes wrong in these routes is answered in the API's shape."""
    routes.register_error_handler(HTTPException, _http)
    routes.register_error_handler(Exception, _fault)
    for refusal in ANSWERS:
        routes.register_error_handler(refusal, _refused)


def answer_unknown_paths(app: Flask) -> None:
    """Paths and methods below the prefix that no route has; other paths are answered as they were."""
    for status in (404, 405):
        app.register_error_handler(status, _unknown)


def unreadable(wrong: ValidationError) -> Response:
    """For flask-openapi3: a body, path or query that is not what the route takes."""
    errors = wrong.errors(include_input=False, include_url=False, include_context=False)
    return _refused(
        Invalid(
            {
                ".".join(map(str, error["loc"])) or "body": error["msg"].removeprefix("Value error, ")
                for error in errors
            }
        )
    )


def _refused(refusal: Exception) -> Response:
    status, word, sentence = next(
        ANSWERS[kind] for kind in type(refusal).__mro__ if issubclass(kind, Exception) and kind in ANSWERS
    )
    if isinstance(refusal, FactRefused):
        word = refusal.code
    if status in (401, 403, 503):
        log.warning("api_refused", reason=word, route=str(request.url_rule), method=request.method)
    response = _answer(status, word, sentence or str(refusal), getattr(refusal, "fields", None))
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _http(raised: HTTPException) -> ResponseReturnValue:
    if raised.response is not None:  # flask-openapi3 sends what `unreadable` made by abort()
        return raised.get_response()
    status = raised.code or 500
    word, sentence = _HTTP.get(status, ("invalid" if status < 500 else "fault", raised.name))
    response = _answer(status, word, sentence)
    if allowed := getattr(raised, "valid_methods", None):
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response


def _unknown(raised: HTTPException) -> ResponseReturnValue:
    return _http(raised) if request.path.startswith(f"{PREFIX}/") else raised


def _fault(fault: Exception) -> ResponseReturnValue:
    log.error("api_fault", error=type(fault).__name__, route=str(request.url_rule), exc_info=fault)
    return _answer(500, "fault", "Something failed on our side; the log says what.")


def _answer(status: int, word: str, sentence: str, fields: Mapping[str, str] | None = None) -> Response:
    said = {"error": word, "message": sentence} | ({"fields": fields} if fields else {})
    response = jsonify(said)
    response.status_code = status
    return response
