"""A line that is not ours: a small Flask app on a real server, judged and signed by Twilio's own library."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, request
from twilio.request_validator import RequestValidator, get_signature_algorithm
from werkzeug.serving import WSGIRequestHandler, make_server

from ivr.lab.account import Account, a_line
from ivr.lab.caller import CallStory, place_call
from ivr.lab.clocks import ManualClock
from ivr.lab.lab import Lab
from ivr.lab.records import Number

ACCOUNT, TOKEN = "AC" + "0" * 31 + "1", "a token"
CALLER, NUMBER = "+14155551234", "+14155550100"

Answer = str | int | Response | Callable[[dict[str, str]], "str | int | Response"]

MENU = '<Gather numDigits="1" action="/voice/menu"><Say language="en-US">Press 1 to wait.</Say></Gather>'
QUEUE = '<Enqueue action="/voice/left" waitUrl="/voice/music?token=x">general</Enqueue>'
PAGES: dict[str, Answer] = {
    "/voice/incoming": f"<Response>{MENU}<Say>Goodbye.</Say></Response>",
    "/voice/menu": f"<Response><Say>Please hold.</Say>{QUEUE}</Response>",
    "/voice/music": '<Response><Gather numDigits="1" action="/voice/key"><Say>You are first.</Say></Gather>'
    '<Pause length="19"/></Response>',
    "/voice/key": "<Response><Say>We call you back.</Say><Leave/></Response>",
    "/voice/left": "<Response><Say>Goodbye then.</Say><Hangup/></Response>",
    "/voice/events": "<Response/>",
    "/voice/fallback": "<Response><Say>Sorry, please call again.</Say><Hangup/></Response>",
}


@dataclass
class SampleLine:
    """The server's address, its pages (a test changes them) and what it was asked."""

    web: str
    pages: dict[str, Answer] = field(default_factory=lambda: dict(PAGES))
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    methods: list[str] = field(default_factory=list)
    content_type: str = "text/xml"
    public_url: str = ""
    secret: str = TOKEN

    def number(self, number: str = NUMBER, **paths: str) -> Number:
        """A number of the account that asks this server."""
        return a_line(self.public_url or self.web, number, **paths)

    def account(self, **changes: Any) -> Account:
        return Account(**({"sid": ACCOUNT, "auth_token": TOKEN, "numbers": (self.number(),)} | changes))

    def call(self, **how: Any) -> CallStory:
        """One call by somebody in a hurry, in time that stands still unless somebody waits."""
        usual = {"account": self.account(), "web": self.web, "public_url": self.public_url}
        return place_call(**(usual | {"from_": CALLER, "to": NUMBER, "clock": ManualClock()} | how))

    def lab(self, account: Account | None = None, **how: Any) -> Lab:
        """A network whose numbers ask this server; on a clock that stands still unless told to run."""
        return Lab(account or self.account(), web=self.web, public_url=self.public_url, **how)

    def forms(self, path: str) -> list[dict[str, str]]:
        return [form for asked, form in self.asked if asked == path]

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]

    def answer(self) -> Response:
        self.headers.append(dict(request.headers))
        self.methods.append(request.method)
        if not self._is_signed():
            return Response(status=403)
        form = request.values.to_dict()
        self.asked.append((request.path, form))
        page = self.pages.get(request.path, 404)
        page = page(form) if callable(page) and not isinstance(page, Response) else page
        if isinstance(page, Response):
            return page
        if isinstance(page, int):
            return Response(status=page)
        return Response(page, content_type=self.content_type)

    def _is_signed(self) -> bool:
        url = (self.public_url or self.web) + request.full_path.rstrip("?")
        algorithm = get_signature_algorithm(request.headers.get("X-Twilio-Webhooks-Signature-Settings"))
        signature = request.headers["X-Twilio-Signature"]
        return RequestValidator(self.secret).validate(url, request.form, signature, algorithm=algorithm)


class _Quiet(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        """Says nothing: the tests read `asked`."""


@contextmanager
def sample_line() -> Iterator[SampleLine]:
    app = Flask("sample line")
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    line = SampleLine(f"http://127.0.0.1:{server.server_port}")
    app.add_url_rule("/<path:_>", "any", lambda _: line.answer(), methods=["GET", "POST"])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield line
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
