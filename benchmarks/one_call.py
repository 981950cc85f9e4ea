"""Signed calls one after the other, for counting trips and for waiting until a server answers."""

import http.client
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from urllib.parse import urlencode

from benchmarks.servers import Server
from benchmarks.signed_calls import INCOMING, fields_of, new_call_sid, signature


class OneByOne:
    """An open connection that sends a new signed call each time it is asked."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}{INCOMING}"
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)

    def call(self, caller: str = "+12015550100", call_sid: str = "") -> tuple[int, str]:
        """Status and body of one new call. Raises OSError while nobody listens."""
        fields = fields_of(call_sid or new_call_sid(), caller)
        head = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Twilio-Signature": signature(self._url, fields),
        }
        self._connection.request("POST", INCOMING, urlencode(fields), head)
        answer = self._connection.getresponse()
        return answer.status, answer.read().decode(errors="replace")

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


@contextmanager
def one_by_one(server: Server) -> Iterator[OneByOne]:
    """The same, closed at the end."""
    with closing(OneByOne(server.port)) as caller:
        yield caller


def wait_until_answered(server: Server, *, seconds: float = 30) -> str:
    """The body of the first call answered with 200 and TwiML; raises TimeoutError with the server's log."""
    deadline, last = time.monotonic() + seconds, "nobody listens"
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            with one_by_one(server) as caller:
                status, body = caller.call()
        except (OSError, http.client.HTTPException) as error:
            last = repr(error)
            time.sleep(0.005)  # a refused connection costs microseconds: asking often is not felt
            continue
        if status == 200 and "<Response" in body:
            return body
        last = f"{status} {body[:300]}"
        time.sleep(0.02)
    raise TimeoutError(f"{server.name} did not answer: {last}\n{server.log_tail()}")
