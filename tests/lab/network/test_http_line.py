"""The way to the web server: connections that stay open, and every way in which no answer comes."""

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from ivr.lab.http_line import HttpLine, LineError

Serve = Callable[[socket.socket], None]
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 2\r\n\r\nab"


class Server:
    """Takes connections one after another; each is in the hands of the next of `handlers`."""

    def __init__(self, *handlers: Serve) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.heard: list[bytes] = []
        self._thread = threading.Thread(target=self._serve, args=(handlers,), daemon=True)
        self._thread.start()

    def _serve(self, handlers: tuple[Serve, ...]) -> None:
        for handler in handlers:
            connection, _ = self._listening.accept()
            with connection:
                handler(connection)

    def close(self) -> None:
        self._thread.join(5)
        self._listening.close()


def a_request(connection: socket.socket) -> bytes:
    """The whole of one, which may come in several packets; b"" at the end of the connection."""
    got = b""
    while b"\r\n\r\n" not in got or (got.startswith(b"POST") and not got.endswith(b"a=b")):
        if not (more := connection.recv(65_536)):
            return b""
        got += more
    return got


def answering(*answers: bytes) -> Serve:
    """For each request, one of these; then the connection is closed."""

    def serve(connection: socket.socket) -> None:
        for answer in answers:
            if not a_request(connection):
                return
            connection.sendall(answer)

    return serve


def in_pieces(*pieces: bytes) -> Serve:
    def serve(connection: socket.socket) -> None:
        a_request(connection)
        for piece in pieces:
            connection.sendall(piece)
            threading.Event().wait(0.02)

    return serve


@pytest.fixture
def asking() -> Iterator[Callable[..., HttpLine]]:
    made: list[tuple[Server, HttpLine]] = []

    def make(*handlers: Serve) -> HttpLine:
        server = Server(*handlers)
        line = HttpLine(server.url, connects_within_s=2)
        made.append((server, line))
        return line

    yield make
    for server, line in made:
        line.close()
        server.close()


def ask(line: HttpLine, method: str = "POST", seconds: float = 2.0) -> tuple[int, bytes]:
    answer = line.ask(method, "/x?y=1", {"X-One": "1"}, b"a=b", reads_within_s=seconds)
    return answer.status, answer.body


def test_headers_are_kept_in_order_and_repeated(asking: Callable[..., HttpLine]) -> None:
    head = b"HTTP/1.1 302 Found\r\nSet-Cookie: a=1\r\nLOCATION:/there\r\nset-cookie: b=2"
    line = asking(answering(head + b"\r\nContent-Length: 0\r\n\r\n"))
    answer = line.ask("GET", "/", {}, b"", reads_within_s=2)
    assert answer.header("location") == "/there"
    assert [value for name, value in answer.headers if name == "set-cookie"] == ["a=1", "b=2"]


def test_a_connection_is_used_again(asking: Callable[..., HttpLine]) -> None:
    line = asking(answering(OK, b"HTTP/1.1 204 No Content\r\n\r\n", OK))
    assert [ask(line) for _ in range(3)] == [(200, b"ab"), (204, b""), (200, b"ab")]


def test_a_kept_connection_that_was_closed_is_not_used(asking: Callable[..., HttpLine]) -> None:
    line = asking(answering(OK), answering(OK))
    assert ask(line) == (200, b"ab")
    threading.Event().wait(0.1)
    assert ask(line) == (200, b"ab")


def test_a_connection_that_the_server_will_close_is_not_kept(asking: Callable[..., HttpLine]) -> None:
    closing = OK.replace(b"Content-Type: text/xml", b"Connection: close")
    line = asking(answering(closing), answering(closing))
    assert [ask(line) for _ in range(2)] == [(200, b"ab")] * 2


@pytest.mark.parametrize(
    ("handler", "failure"),
    [
        (in_pieces(), "connect"),
        (in_pieces(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"), "connect"),
        (in_pieces(b"nonsense\r\n\r\n"), "connect"),
    ],
    ids=["closed", "cut short", "no HTTP"],
)
def test_what_is_no_answer_is_a_failure(
    asking: Callable[..., HttpLine], handler: Serve, failure: str
) -> None:
    with pytest.raises(LineError) as failed:
        ask(asking(handler))
    assert failed.value.failure == failure


def test_a_late_answer_is_a_timeout_and_its_connection_is_gone(asking: Callable[..., HttpLine]) -> None:
    line = asking(lambda connection: threading.Event().wait(0.4) and None, answering(OK))
    with pytest.raises(LineError) as late:
        ask(line, seconds=0.1)
    assert late.value.failure == "timeout"
    assert ask(line) == (200, b"ab")


def test_nobody_there_is_a_connect_failure() -> None:
    with pytest.raises(LineError) as refused:
        ask(HttpLine("http://127.0.0.1:1", connects_within_s=1))
    assert refused.value.failure == "connect"
