"""Live pages at the shipped server: a broken line, a Redis that goes, two processes, the server's end."""

import json
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path
from typing import Any

import pytest
import requests

from config.settings import load_settings
from ivr.live import MOST_PAGES
from ivr.serving import LAST_ANSWERS_S
from routing.floor import Floor, open_floor
from tests.journeys.places import Place, measured, place, wait_until
from tests.journeys.servers import Server, Valkey, a_server
from tests.routing.staff import a_key
from tests.twilio import ACCOUNT, TOKEN

pytestmark = pytest.mark.processes


@dataclass
class Page:
    """A desk's page: reads in a thread of its own until it is closed or the server ends it."""

    server: Server
    key: str
    told: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    last_id: str = ""
    is_over: threading.Event = field(default_factory=threading.Event)

    def open(self, after: str = "") -> "Page":
        headers = {"Authorization": f"Bearer {self.key}"} | ({"Last-Event-ID": after} if after else {})
        self._line = HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        self._line.request("GET", "/api/v1/events", headers=headers)
        answer = self._line.getresponse()
        assert answer.status == 200, answer.read()
        threading.Thread(target=self._read, args=(answer,), daemon=True).start()
        wait_until(lambda: self.last_id, 5, "the page's first id")
        return self

    def _read(self, answer: HTTPResponse) -> None:
        event = ""
        with closing(self._line), closing(answer), suppress(OSError, HTTPException):
            for line in answer:
                name, _, value = line.decode().strip().partition(": ")
                if name == "id":
                    self.last_id = value
                elif name == "event":
                    event = value
                elif name == "data":
                    self.told.append((event, json.loads(value)))
        self.is_over.set()

    def close(self) -> None:
        self._line.sock.shutdown(socket.SHUT_RDWR)

    @property
    def counts(self) -> list[int]:
        """What it was told of the queue."""
        return [data["waiting"] for kind, data in self.told if kind == "queue"]


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Place]:
    with place(tmp_path) as one:
        yield one


def a_floor(here: Place, **given: Any) -> Floor:
    settings = {"twilio_account_sid": ACCOUNT, "twilio_auth_token": TOKEN, "calmline_data": here.data}
    return open_floor(load_settings(**settings, **given))


def waiting(floor: Floor, count: int) -> str:
    return floor.events.add("queue", {"queue": "general", "waiting": count})


def patiently(action: Callable[[], object]) -> None:
    """While Redis comes back."""

    def is_done() -> bool:
        with suppress(Exception):
            action()
            return True
        return False

    wait_until(is_done, 10)


def test_a_page_goes_on_where_its_line_broke_at_whichever_process(here: Place) -> None:
    server = a_server(here, WEB_CONCURRENCY="2")
    floor = a_floor(here)
    supervisor, agent = a_key(floor, "sue", "supervisor", phone=""), a_key(floor)
    wait_until(lambda: len(server.workers()) == 2, 10)
    pages = [Page(server, supervisor).open() for _ in range(6)]
    mine = Page(server, agent).open()
    for count in range(20):
        waiting(floor, count)
        floor.events.add("agent", {"id": "bob", "status": "break", "reason": "doctor"})
    began = time.monotonic()
    wait_until(lambda: all(len(page.told) == 40 for page in pages), 5, "every page has everything")
    measured("all told", time.monotonic() - began)
    assert all(page.counts == list(range(20)) for page in pages)
    assert [kind for kind, _ in mine.told] == 20 * ["queue"]
    assert server.counted("calmline_live_pages") == 7
    missed_from = pages[0].last_id
    for page in pages:
        page.close()
    for count in range(20, 30):
        waiting(floor, count)
    again = [Page(server, supervisor).open(missed_from) for _ in range(6)]
    waiting(floor, 30)
    wait_until(lambda: all(len(page.told) >= 11 for page in again), 5)
    assert all(page.counts == list(range(20, 31)) for page in again)
    # A process that is killed takes its pages with it, in the count too.
    for worker in server.workers():
        worker.kill()
    wait_until(lambda: all(page.is_over.is_set() for page in (*again, mine)), 5)
    wait_until(server.answers, 10)
    wait_until(lambda: server.counted("calmline_live_pages") == 0, 5)


def test_a_page_outlives_a_redis_that_goes_and_comes_back(here: Place) -> None:
    valkey = Valkey(here, options=("--appendonly", "yes", "--appendfsync", "always")).start()
    server = a_server(here, REDIS_URL=valkey.url)
    floor = a_floor(here, redis_url=valkey.url)
    page = Page(server, a_key(floor)).open()
    waiting(floor, 0)
    wait_until(lambda: page.counts == [0], 5)
    waiting(floor, 1)  # perhaps not told before Redis is gone
    valkey.send(signal.SIGKILL)
    time.sleep(1)
    valkey.start()
    patiently(lambda: waiting(floor, 2))
    measured("told again", wait_until(lambda: page.counts == [0, 1, 2], 10, "the page goes on"))
    assert not page.is_over.is_set()


def test_a_worker_full_of_pages_answers_callers_and_ends_in_time(here: Place) -> None:
    server = a_server(here)
    floor = a_floor(here)
    key = a_key(floor, "sue", "supervisor", phone="")
    ask = f"GET /api/v1/events HTTP/1.1\r\nHost: desk\r\nAuthorization: Bearer {key}\r\n\r\n".encode()
    with ExitStack() as stack:
        lines = [
            stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=30))
            for _ in range(MOST_PAGES)
        ]
        for line in lines:
            line.sendall(ask)
        assert {line.recv(15) for line in lines} == {b"HTTP/1.1 200 OK"}
        waiting(floor, 1)
        full = requests.get(
            f"{server.web}/api/v1/events", headers={"Authorization": f"Bearer {key}"}, timeout=10
        )
        assert (full.status_code, full.json()["error"]) == (503, "too_many_pages")
        assert server.incoming().status_code == 200
        assert server.counted("calmline_live_pages") == MOST_PAGES
        took = server.stop()
    measured(f"end with {MOST_PAGES} pages open", took)
    assert took < LAST_ANSWERS_S
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("0.0.0.0", server.port))
