"""An app behind a real port, so that the lab can call it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from ivr.lab.account import Account, a_line
from ivr.lab.caller import CallStory, place_call
from ivr.lab.clocks import ManualClock
from tests.twilio import ACCOUNT, CALLER, LINE, TOKEN

Call = Callable[..., CallStory]


class _Quiet(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def served(app: Flask, public_url: str) -> Iterator[Call]:
    """Calls this app: `call(press=["1"])`, and whatever else `place_call` takes."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        account = Account(ACCOUNT, TOKEN, (a_line(public_url),))
        at = {"web": f"http://127.0.0.1:{server.server_port}", "public_url": public_url}

        def call(**how: Any) -> CallStory:
            usual = {"from_": CALLER, "to": LINE, "clock": ManualClock()}
            return place_call(account, **(at | usual | how))

        yield call
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
