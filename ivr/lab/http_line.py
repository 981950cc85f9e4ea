"""HTTP to one server over connections that stay open: what a thousand calls need of it, no more.

A general client spends more on each small request than the rest of the lab together.
"""

import select
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

MOST_HEAD, CHUNK = 65_536, 65_536


class LineError(Exception):
    """No answer came. `failure`: connect, timeout or other; `detail` for people."""

    def __init__(self, failure: str, detail: str = "") -> None:
        super().__init__(f"{failure} {detail}")
        self.failure, self.detail = failure, detail


@dataclass(frozen=True)
class Response:
    """An answer of any status; header names are in lower case, in the order in which they came."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")


class HttpLine:
    """The way to one server. May be used by many threads; each has one connection of its own at a time."""

    def __init__(self, base: str, *, connects_within_s: float) -> None:
        at = urlsplit(base)
        self._tls = ssl.create_default_context() if at.scheme == "https" else None
        self._host, self._port = at.hostname or "", at.port or (443 if self._tls else 80)
        self._prefix = at.path.rstrip("/")
        self._host_line = f"Host: {at.netloc}\r\n"
        self._connects_within_s = connects_within_s
        self._free: list[socket.socket] = []
        self._lock = threading.Lock()

    def ask(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes, *, reads_within_s: float
    ) -> Response:
        """One request, sent once. Raises LineError."""
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        length = f"Content-Length: {len(body)}\r\n" if method == "POST" else ""
        head = f"{method} {self._prefix}{path} HTTP/1.1\r\n{self._host_line}{lines}{length}\r\n"
        connection = self._connection()
        try:
            connection.settimeout(reads_within_s)
            connection.sendall(head.encode("latin-1") + body)
            response, stays_open = _read(connection, method)
        except TimeoutError:
            connection.close()
            raise LineError("timeout") from None
        except (OSError, ValueError) as error:
            connection.close()
            raise LineError(
                "connect" if isinstance(error, OSError) else "other", type(error).__name__
            ) from None
        if stays_open:
            with self._lock:
                self._free.append(connection)
        else:
            connection.close()
        return response

    def close(self) -> None:
        with self._lock:
            for connection in self._free:
                connection.close()
            self._free.clear()

    def _connection(self) -> socket.socket:
        while True:
            with self._lock:
                if not self._free:
                    break
                kept = self._free.pop()
            # Nothing is under way on it, so whatever can be read is its end.
            poll = select.poll()
            poll.register(kept, select.POLLIN)
            if not poll.poll(0):
                return kept
            kept.close()
        return self._connected()

    def _connected(self) -> socket.socket:
        try:
            found = socket.create_connection((self._host, self._port), self._connects_within_s)
            found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return self._tls.wrap_socket(found, server_hostname=self._host) if self._tls else found
        except OSError:
            raise LineError("connect") from None


def _read(connection: socket.socket, method: str) -> tuple[Response, bool]:
    """The answer, and whether the connection may be used again. Raises OSError, ValueError."""
    head, rest = _until(connection, b"", b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    version, status = first.split(" ")[:2]
    if status == "100":
        return _read(connection, method)
    pairs = (line.partition(":") for line in lines)
    headers = tuple((name.strip().lower(), value.strip()) for name, _, value in pairs)
    named = dict(headers)
    stays_open = version == "HTTP/1.1" and named.get("connection", "").lower() != "close"
    if status in ("204", "304"):
        return Response(int(status), headers, b""), stays_open
    if named.get("transfer-encoding", "").lower() == "chunked":
        return Response(int(status), headers, _chunked(connection, rest)), stays_open
    if "content-length" in named:
        body = _exactly(connection, rest, int(named["content-length"]))
        return Response(int(status), headers, body), stays_open
    return Response(int(status), headers, _to_the_end(connection, rest)), False


def _more(connection: socket.socket) -> bytes:
    if not (found := connection.recv(CHUNK)):
        raise ConnectionError("the connection was closed in the middle of an answer")
    return found


def _until(connection: socket.socket, got: bytes, mark: bytes) -> tuple[bytes, bytes]:
    while mark not in got:
        if len(got) > MOST_HEAD:
            raise ValueError("no end of the headers")
        got += _more(connection)
    before, _, after = got.partition(mark)
    return before, after


def _exactly(connection: socket.socket, got: bytes, length: int) -> bytes:
    pieces, left = [got], length - len(got)
    while left > 0:
        pieces.append(_more(connection))
        left -= len(pieces[-1])
    return b"".join(pieces)[:length]


def _chunked(connection: socket.socket, got: bytes) -> bytes:
    body = b""
    while True:
        size, got = _until(connection, got, b"\r\n")
        length = int(size.partition(b";")[0], 16)
        while len(got) < length + 2:
            got += _more(connection)
        if not length:
            return body
        body, got = body + got[:length], got[length + 2 :]


def _to_the_end(connection: socket.socket, got: bytes) -> bytes:
    while piece := connection.recv(CHUNK):
        got += piece
    return got
