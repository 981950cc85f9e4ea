"""A small HTTP/1.1 server for the REST app: threads, connections that stay open, no log."""

import logging
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from socket import SHUT_RDWR, socket
from threading import Thread
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.datastructures import Headers
from werkzeug.exceptions import InternalServerError
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.test import run_wsgi_app

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

LARGEST_BODY = 1_000_000
IDLE_S = 60.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RunningRest:
    """REST on a port of this machine until `close()`."""

    url: str
    _server: "_Server"
    _thread: Thread

    def close(self) -> None:
        """Ends the server and every connection that its clients keep open."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._server.hang_up()


def serve_rest(app: Flask, port: int = 0, host: str = "127.0.0.1") -> RunningRest:
    """Serves in a thread of its own; port 0 takes any free one, which `url` names."""
    server = _Server(host, port, app, _Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, name="lab-rest", daemon=True)
    thread.start()
    return RunningRest(f"http://{host}:{server.server_port}", server, thread)


class _Handler(WSGIRequestHandler):
    """Werkzeug's own handler closes after every answer; clients of Twilio keep their connections."""

    protocol_version = "HTTP/1.1"
    # With both, an answer is one packet: else the client's delayed acknowledgement costs it 40 ms.
    wbufsize = -1
    disable_nagle_algorithm = True
    timeout = IDLE_S

    def run_wsgi(self) -> None:
        """One answer. The body is read first, for what is left of it would be taken for the next request."""
        length = _length(self.headers.get("Content-Length", "0"))
        if length is None or "Transfer-Encoding" in self.headers:
            self.close_connection = True
            self.send_error(413)
            return
        environ = self.make_environ()
        environ["wsgi.input"] = BytesIO(self.rfile.read(length))
        chunks, status, headers = self._answer(environ)
        code, _, reason = status.partition(" ")
        self.send_response(int(code), reason)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(b"".join(chunks))

    def _answer(self, environ: "WSGIEnvironment") -> tuple[Iterable[bytes], str, Headers]:
        """A lost reply goes on up, where it ends the connection; any other mistake of the app is a 500."""
        try:
            return run_wsgi_app(self.server.app, environ, buffered=True)
        except ConnectionError:
            raise
        except Exception:
            _log.exception("The lab failed at %s", self.path)
            return run_wsgi_app(InternalServerError(), environ, buffered=True)

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 (werkzeug's name)
        """Says nothing."""


def _length(header: str) -> int | None:
    """How long the body is; None for more than anybody has to say, and for no number at all."""
    length = int(header) if header.isascii() and header.isdigit() and len(header) < 10 else LARGEST_BODY + 1
    return length if length <= LARGEST_BODY else None


class _Server(ThreadedWSGIServer):
    """Knows its open connections, so that none outlives it."""

    daemon_threads = True

    def __init__(self, host: str, port: int, app: Flask, handler: type[WSGIRequestHandler]) -> None:
        self._open: set[socket] = set()
        super().__init__(host, port, app, handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away while its answer was made is nobody's mistake."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def hang_up(self) -> None:
        for connection in list(self._open):
            try:
                connection.shutdown(SHUT_RDWR)
            except OSError:
                self._open.discard(connection)
