"""A web server whose documents a test pins up, and which remembers everything that it was asked."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, request
from twilio.rest import Client
from werkzeug.serving import WSGIRequestHandler, make_server

from ivr.lab.account import Account, a_line
from ivr.lab.lab import Lab
from tests.lab.network.twilio_client import ACCOUNT_SID, TOKEN, ElsewhereClient

Form = dict[str, str]
Document = str | Callable[[Form], str]


@dataclass(frozen=True)
class Asked:
    """One request: its path, its method, its fields."""

    path: str
    method: str
    form: Form


@dataclass
class Board:
    """`board["/talk"] = "<Say>Hello.</Say>"`; what is not pinned up is an empty document.

    A document that is a function is called with the fields of the request; a number in its place is the
    HTTP status of a failure.
    """

    client: Client
    elsewhere: ElsewhereClient
    url: str = ""
    documents: dict[str, Document | int] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def __setitem__(self, path: str, document: Document | int) -> None:
        self.documents[path] = document

    def at(self, path: str) -> str:
        return self.url + path

    def forms(self, path: str, event: str = "") -> list[Form]:
        """What was sent to a path; of a conference's events only those of that name."""
        found = [one.form for one in self.asked if one.path == path]
        if not event:
            return found
        # Events of one moment travel side by side.
        named = [form for form in found if form.get("StatusCallbackEvent") == event]
        return sorted(named, key=lambda form: int(form["SequenceNumber"]))

    def events(self, path: str = "/events") -> list[str]:
        """The names of a conference's events, in the order in which they were sent."""
        forms = sorted(self.forms(path), key=lambda form: int(form["SequenceNumber"]))
        return [f"{form['StatusCallbackEvent']} {form.get('ParticipantLabel', '')}".strip() for form in forms]

    def statuses(self, path: str) -> list[str]:
        """The statuses of a call, in the order in which they were sent."""
        forms = sorted(self.forms(path), key=lambda form: int(form.get("SequenceNumber", 0)))
        return [form["CallStatus"] for form in forms]

    def answer(self, path: str) -> Response:
        form = {**request.args.to_dict(), **request.form.to_dict()}
        self.asked.append(Asked(f"/{path}", request.method, form))
        pinned = self.documents.get(f"/{path}", "")
        if isinstance(pinned, int):
            return Response("no", pinned)
        words = pinned(form) if callable(pinned) else pinned
        return Response(f"<Response>{words}</Response>", content_type="text/xml")


def board_app(board: Board) -> Flask:
    app = Flask("board")
    app.add_url_rule("/<path:path>", view_func=board.answer, methods=["GET", "POST"])
    return app


class _Quiet(WSGIRequestHandler):
    def log(self, *_: Any) -> None:
        """Says nothing."""


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The app on a port of its own; yields its URL."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.01), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def a_lab(web: str, elsewhere: ElsewhereClient, *, calls_per_second: float = 10, **how: Any) -> Lab:
    """A lab whose line is served at `web`, for the client that asks `elsewhere`."""
    account = Account(ACCOUNT_SID, TOKEN, (a_line(web),), calls_per_second=calls_per_second)
    lab = Lab(account, web=web, **how)
    elsewhere.url = lab.rest_url
    return lab
