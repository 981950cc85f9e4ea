"""An app behind a real port, so that the lab can call it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from ivr.lab.carrier import Carrier
from tests.twilio import ACCOUNT, TOKEN


class _Quiet(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def served(app: Flask, public_url: str) -> Iterator[Carrier]:
    """The carrier whose numbers ask this app."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield Carrier(f"http://127.0.0.1:{server.server_port}", ACCOUNT, TOKEN, public_url)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
