"""A small stand-in for Twilio's REST: the account's numbers, or whatever else a test wants answered."""

import base64
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

from flask import Flask, Response, request
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.twilio import ACCOUNT, TOKEN


@dataclass
class Rest:
    """What it answers with; `asked` are the paths, with their queries, that it was asked for."""

    url: str = ""
    numbers: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200
    body: str = ""
    slow_s: float = 0.0
    asked: list[str] = field(default_factory=list)

    def answer(self, path: str) -> Response:
        self.asked.append(f"/{path}")
        time.sleep(self.slow_s)
        if self.body or self.status != 200:
            fault = {
                "code": 20500,
                "message": "Internal Server Error",
                "more_info": "",
                "status": self.status,
            }
            return Response(self.body or json.dumps(fault), self.status, content_type="application/json")
        own = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {own}":
            fault = {"code": 20003, "message": "Authenticate", "more_info": "", "status": 401}
            return Response(json.dumps(fault), 401, content_type="application/json")
        return Response(json.dumps(self._page()), content_type="application/json")

    def _page(self) -> dict[str, Any]:
        """https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource#read-multiple"""
        first = f"/2010-04-01/Accounts/{ACCOUNT}/IncomingPhoneNumbers.json?PageSize=50&Page=0"
        paging = {"first_page_uri": first, "next_page_uri": None, "previous_page_uri": None, "uri": first}
        return {"incoming_phone_numbers": self.numbers, "page": 0, "page_size": 50, "start": 0} | paging


def a_number(number: str, public_url: str, **changes: str | None) -> dict[str, Any]:
    """A number as Twilio lists it, set up for the line at `public_url` but for the changes."""
    set_up = {
        "voice_url": f"{public_url}/voice/incoming",
        "voice_method": "POST",
        "voice_fallback_url": f"{public_url}/voice/fallback",
        "voice_fallback_method": "POST",
        "status_callback": f"{public_url}/voice/events",
        "status_callback_method": "POST",
    }
    return {
        "account_sid": ACCOUNT,
        "sid": "PN" + "0" * 32,
        "phone_number": number,
        "friendly_name": number,
        "api_version": "2010-04-01",
        "capabilities": {"voice": True, "sms": True, "mms": False, "fax": False},
        **set_up,
        **changes,
    }


class _Quiet(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def rest() -> Iterator[Rest]:
    """Twilio's REST on a port of this machine."""
    app, stand_in = Flask("rest"), Rest()
    app.add_url_rule("/<path:path>", "any", stand_in.answer, methods=["GET", "POST"])
    app.add_url_rule("/healthz", "healthz", lambda: {"ok": True})
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    stand_in.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield stand_in
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
