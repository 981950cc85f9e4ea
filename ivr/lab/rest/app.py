"""Twilio's REST as a Flask app: who asks, which fault happens, which resource answers."""

import logging
from collections.abc import Callable

from flask import Flask, Response, json, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from ivr.lab.records import Refused
from ivr.lab.rest import (
    auth,
    calls,
    conferences,
    errors,
    faulty,
    messages,
    numbers,
    participants,
    queues,
    recordings,
)
from ivr.lab.rest.ask import API_VERSION, Answer, Ask, Handler
from ivr.lab.rest.desk import Desk

CALL, ROOM = "/Calls/<call>", "/Conferences/<conference>"
ONE_PARTICIPANT = f"{ROOM}/Participants/<participant>.json"
RECORDINGS, ONE_RECORDING = f"{CALL}/Recordings.json", f"{CALL}/Recordings/<recording>.json"
ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/Calls.json", calls.list_),
    ("POST", "/Calls.json", calls.create),
    ("GET", f"{CALL}.json", calls.fetch),
    ("POST", f"{CALL}.json", calls.update),
    ("GET", "/Conferences.json", conferences.list_),
    ("GET", f"{ROOM}.json", conferences.fetch),
    ("POST", f"{ROOM}.json", conferences.update),
    ("GET", f"{ROOM}/Participants.json", participants.list_),
    ("POST", f"{ROOM}/Participants.json", participants.create),
    ("GET", ONE_PARTICIPANT, participants.fetch),
    ("POST", ONE_PARTICIPANT, participants.update),
    ("DELETE", ONE_PARTICIPANT, participants.delete),
    ("GET", "/Queues.json", queues.list_),
    ("GET", "/Queues/<queue>.json", queues.fetch),
    ("POST", "/Queues/<queue>.json", queues.update),
    ("GET", RECORDINGS, recordings.list_of_a_call),
    ("POST", RECORDINGS, recordings.create),
    ("GET", ONE_RECORDING, recordings.fetch_of_a_call),
    ("POST", ONE_RECORDING, recordings.update),
    ("DELETE", ONE_RECORDING, recordings.delete_of_a_call),
    ("GET", "/Recordings.json", recordings.list_),
    ("GET", "/Recordings/<recording>.json", recordings.fetch),
    ("DELETE", "/Recordings/<recording>.json", recordings.delete),
    ("GET", "/Recordings/<recording>", recordings.media),
    ("POST", "/Messages.json", messages.create),
    ("GET", "/Messages/<message>.json", messages.fetch),
    ("GET", "/IncomingPhoneNumbers.json", numbers.list_),
    ("GET", "/IncomingPhoneNumbers/<number>.json", numbers.fetch),
    ("POST", "/IncomingPhoneNumbers/<number>.json", numbers.update),
)
_HEADERS = {401: {"WWW-Authenticate": 'Basic realm="Twilio API"'}, 429: {"Retry-After": "1"}}
_log = logging.getLogger(__name__)


def rest_app(desk: Desk) -> Flask:
    """The app that serves the network of this desk."""
    app = Flask(__name__, static_folder=None)
    # A lost reply leaves the app as an exception, and the server then closes the connection.
    app.config["PROPAGATE_EXCEPTIONS"] = True
    for method, path, handler in ROUTES:
        app.add_url_rule(
            f"/{API_VERSION}/Accounts/<account>{path}",
            f"{method} {path}",
            _view(desk, handler),
            methods=[method],
            provide_automatic_options=False,
        )
    app.register_error_handler(HTTPException, _no_route)
    return app


def _view(desk: Desk, handler: Handler) -> Callable[..., Response]:
    def view(account: str, **at: str) -> Response:
        try:
            return _response(_serve(desk, handler, account, at))
        except Refused as no:
            return _refusal(no)

    return view


def _serve(desk: Desk, handler: Handler, account: str, at: dict[str, str]) -> Answer:
    """The network is held twice: between the two a slow answer sleeps, and nobody else waits for it."""
    with desk as network:
        auth.admit(network.account, request.authorization, account, request.path)
        fault, slow_s = network.faults.rest(), network.faults.slow_s
    faulty.before(fault, slow_s)
    with desk as network:
        ask = Ask(network, request.host_url.rstrip("/"), request.path, at, _sent())
        answer = _handled(handler, ask)
    faulty.after(fault)
    return answer


def _handled(handler: Handler, ask: Ask) -> Answer:
    """A mistake of the lab itself looks like one of Twilio's, and is written down with its place."""
    try:
        return handler(ask)
    except Refused:
        raise
    except Exception as mistake:
        _log.exception("The lab failed at %s", ask.path)
        raise faulty.server_error(f"The lab failed: {mistake!r}") from mistake


def _sent() -> MultiDict[str, str]:
    if request.method == "GET":
        return request.args
    if request.args:
        raise errors.not_covered(f"parameters in the query of a {request.method}")
    if request.method == "POST" and request.content_length and not request.form:
        raise errors.not_covered(f"a body that is not form-urlencoded: {request.content_type}")
    return request.form


def _no_route(no: HTTPException) -> Response:
    """A path or method of Twilio's that the lab has not got, or that does not exist at all."""
    what = f"The lab does not cover {request.method} {request.path}"
    if no.code == 405:
        return _refusal(Refused(405, errors.METHOD_NOT_ALLOWED, what))
    return _refusal(Refused(no.code or 500, errors.NOT_FOUND, what))


def _response(answer: Answer) -> Response:
    if answer.media is not None:
        return Response(answer.media, answer.status, content_type="audio/x-wav")
    body = "" if answer.body is None else json.dumps(answer.body)
    return Response(body, answer.status, content_type="application/json")


def _refusal(no: Refused) -> Response:
    body = json.dumps(errors.error_body(no))
    return Response(body, no.status, _HEADERS.get(no.status), content_type="application/json")
