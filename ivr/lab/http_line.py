"""HTTP to one server over connections that stay open: urllib3's pool, without redirects and retries."""

from collections.abc import Mapping
from dataclasses import dataclass

import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
)

CONNECTIONS = 64


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
        # The pool of the one host: a manager would look it up for every request.
        self._pool = urllib3.connection_from_url(base, maxsize=CONNECTIONS, retries=False)
        self._prefix = urllib3.util.parse_url(base).path or ""
        self._connects_within_s = connects_within_s

    def ask(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes, *, reads_within_s: float
    ) -> Response:
        """One request, sent once. Raises LineError."""
        try:
            answer = self._pool.urlopen(
                method,
                self._prefix.rstrip("/") + path,
                body=body if method == "POST" else None,
                headers=headers,
                redirect=False,
                timeout=urllib3.Timeout(connect=self._connects_within_s, read=reads_within_s),
            )
        except ReadTimeoutError:
            raise LineError("timeout") from None
        except (ConnectTimeoutError, NewConnectionError, ProtocolError) as error:
            raise LineError("connect", type(error).__name__) from None
        # The exceptions' own texts hold the whole URL, so only their kind is told.
        except HTTPError as error:
            raise LineError("other", type(error).__name__) from None
        pairs = tuple((name.lower(), value) for name, value in answer.headers.iteritems())
        return Response(answer.status, pairs, answer.data)

    def close(self) -> None:
        self._pool.close()
