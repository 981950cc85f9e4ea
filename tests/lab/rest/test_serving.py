"""The server: connections that stay open, large bodies, the end."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest
import requests

from ivr.lab.rest.app import rest_app
from ivr.lab.rest.serving import serve_rest
from tests.lab.rest.conftest import Rest
from tests.lab.rest.watched import Bench
from tests.twilio import ACCOUNT, CALLER, LINE, TOKEN

CALLS = f"/2010-04-01/Accounts/{ACCOUNT}/Calls.json"


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.close()


def test_a_connection_serves_many_requests_quickly(rest: Rest) -> None:
    sockets = set()
    began = time.monotonic()
    for _ in range(20):
        answer = rest.http.get(f"{rest.account}/Queues.json", timeout=5, stream=True)
        sockets.add(answer.raw._connection.sock)
        assert answer.json()["queues"] == []
    assert len(sockets) == 1
    assert time.monotonic() - began < 2


def test_a_refused_request_does_not_spoil_the_next_one(rest: Rest) -> None:
    for _ in range(3):
        assert rest.post("/Calls.json", {"To": "x" * 5000}, auth=("nobody", "x")).status_code == 401
        assert rest.get("/Calls.json").json()["calls"] == []


def test_a_flood_is_not_read(rest: Rest) -> None:
    answer = rest.http.post(f"{rest.account}/Calls.json", data=iter([b"x" * 10]), timeout=5)
    assert answer.status_code == 413


@pytest.mark.parametrize("length", ["-1", "many", "1000001", "9" * 30, "٣"])
def test_a_length_that_is_none_is_not_waited_for(rest: Rest, length: str) -> None:
    host, port = rest.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(f"POST {CALLS} HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n".encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 413 ")


def test_a_mistake_of_what_is_served_beside_is_answered(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    app = rest_app(bench.desk)
    app.add_url_rule("/lab/mistake", "mistake", lambda: 1 // 0)
    running = serve_rest(app)
    with requests.Session() as http:
        assert http.get(f"{running.url}/lab/mistake", timeout=5).status_code == 500
        assert http.get(f"{running.url}/lab/nothing", timeout=5).status_code == 404
    running.close()
    assert "The lab failed at /lab/mistake" in caplog.text


def test_twenty_clients_at_once_are_all_served(rest: Rest) -> None:
    form = {"To": CALLER, "From": LINE, "Url": "https://line.example/"}

    def calls_thrice() -> None:
        with requests.Session() as http:
            for _ in range(3):
                http.post(f"{rest.account}/Calls.json", data=form, auth=(ACCOUNT, TOKEN), timeout=10)

    threads = [threading.Thread(target=calls_thrice) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(rest.network.calls) == 60


def test_nothing_answers_after_the_end(bench: Bench) -> None:
    running = serve_rest(rest_app(bench.desk))
    with requests.Session() as http:
        http.auth = (ACCOUNT, TOKEN)
        assert http.get(running.url + CALLS, timeout=5).status_code == 200
        running.close()
        with pytest.raises(requests.exceptions.ConnectionError):
            http.get(running.url + CALLS, timeout=5)


def test_a_port_can_be_chosen(bench: Bench) -> None:
    first = serve_rest(rest_app(bench.desk))
    port = int(first.url.rpartition(":")[2])
    first.close()
    again = serve_rest(rest_app(bench.desk), port)
    assert again.url == first.url
    again.close()
