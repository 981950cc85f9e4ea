"""Redis hung, stopped and killed under a stream of calls: all are answered, nobody loses a place."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree

import pytest
import requests

from ivr.lab.twiml import problems
from tests.journeys.places import Place, measured, place, wait_until
from tests.journeys.servers import Server, Valkey, a_server, treat
from tests.twilio import ACCOUNT, CALLER, LINE, a_call_sid

pytestmark = pytest.mark.processes

MARKED = "+14155550199"
HURT = {"hung": signal.SIGSTOP, "stopped": signal.SIGTERM, "killed": signal.SIGKILL}
AT_MOST_S = 2.0
STANDINGS_WITHIN_S = 3.0


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Place]:
    with place(tmp_path) as one:
        yield one


class Stream:
    """Calls that come in and calls that wait, without a pause, from a few threads."""

    def __init__(self, server: Server, waiting: dict[str, str]) -> None:
        self.server = server
        self.waiting = waiting
        self.took: list[float] = []
        self.faults: list[str] = []
        self._is_over = threading.Event()

    def run(self) -> None:
        with requests.Session() as session:
            while not self._is_over.is_set():
                self._asked("call", "/voice/incoming", a_call_sid(), session)
                for sid, url in self.waiting.items():
                    self._asked("waiting", url, sid, session)

    def _asked(self, context: str, url: str, sid: str, session: requests.Session) -> None:
        form = {"CallSid": sid, "AccountSid": ACCOUNT, "From": CALLER, "To": LINE, "QueueTime": "9"}
        began = time.monotonic()
        try:
            answer = self.server.post(url, form, session)
        except requests.RequestException as failure:
            self.faults.append(repr(failure))
            return
        self.took.append(time.monotonic() - began)
        if answer.status_code != 200 or (wrong := problems(answer.content, context=context)):  # type: ignore[arg-type]
            self.faults.append(f"{answer.status_code} {wrong if answer.ok else ''}")

    @contextmanager
    def flowing(self) -> Iterator[None]:
        threads = [threading.Thread(target=self.run) for _ in range(4)]
        for thread in threads:
            thread.start()
        try:
            wait_until(lambda: len(self.took) > 50, 10, "the stream")
            yield
        finally:
            self._is_over.set()
            for thread in threads:
                thread.join()

    def check(self, fault: str) -> None:
        assert self.faults == []
        measured(f"{fault}: p99 of {len(self.took)} answers", sorted(self.took)[int(len(self.took) * 0.99)])
        measured(f"{fault}: the slowest", max(self.took))
        assert max(self.took) < AT_MOST_S


def queued(server: Server, calls: int) -> dict[str, str]:
    """Calls in the normal queue, the first one first, and where each asks for what it hears."""
    waiting = {}
    for _ in range(calls):
        sid = a_call_sid()
        form = {"CallSid": sid, "AccountSid": ACCOUNT, "From": CALLER, "To": LINE}
        menu = ElementTree.fromstring(server.incoming(sid).content)
        queue = server.post(next(menu.iter("Gather")).get("action", ""), form | {"Digits": "1"})
        waiting[sid] = next(ElementTree.fromstring(queue.content).iter("Enqueue")).get("waitUrl", "")
    return waiting


def hears_the_policy(server: Server) -> bool:
    return "We look after your requests in writing" in server.incoming(from_=MARKED).text


def readiness(server: Server) -> str:
    ready = server.get("/readyz")
    return "ok" if ready.ok else f"{ready.status_code} {ready.json()['redis']}"


@pytest.mark.parametrize(
    ("fault", "away_s"), [("hung", 3.0), ("stopped", 1.5), ("killed", 1.5)], ids=["hung", "stopped", "killed"]
)
def test_callers_are_answered_and_keep_their_places(here: Place, fault: str, away_s: float) -> None:
    valkey = Valkey(here).start()
    server = a_server(here, REDIS_URL=valkey.url)
    treat(valkey.client, MARKED, "email_only")
    waiting = queued(server, 5)
    order = valkey.client.zrange("main:queue:general", 0, -1)
    assert order == list(waiting)
    assert hears_the_policy(server)
    alarms = server.counted("calmline_failed_open_total", reason="store_away")
    stream = Stream(server, waiting)
    with stream.flowing():
        valkey.send(HURT[fault])
        away = time.monotonic()
        wait_until(lambda: readiness(server).startswith("503 Redis does not answer"), 3)
        assert not hears_the_policy(server), "the policy waits until Redis is back, the caller does not"
        wait_until(lambda: time.monotonic() - away >= away_s, 5)
        valkey.send(signal.SIGCONT) if fault == "hung" else valkey.start()
        measured(
            f"{fault}: standings used again", wait_until(lambda: hears_the_policy(server), STANDINGS_WITHIN_S)
        )
        wait_until(lambda: readiness(server) == "ok", 2)
        answered = len(stream.took)
        wait_until(lambda: len(stream.took) > answered + 50, 5)
    stream.check(fault)
    assert server.counted("calmline_failed_open_total", reason="store_away") > alarms
    assert [sid for sid in valkey.client.zrange("main:queue:general", 0, -1) if sid in waiting] == order


@pytest.mark.parametrize("guardian", [False, True], ids=["Valkey", "guardian and Valkey"])
def test_the_embedded_valkey_and_its_guardian_may_be_killed(here: Place, guardian: bool) -> None:
    server = a_server(here)
    treat(here.valkey, MARKED, "email_only")
    waiting = queued(server, 3)
    before = here.processes("valkey")
    victims = [process for process in before if guardian or process.name() == "valkey-server"]
    stream = Stream(server, waiting)
    with stream.flowing():
        killed = time.monotonic()
        for victim in reversed(victims):
            victim.kill()
        wait_until(lambda: len(set(here.processes("valkey")) - set(before)) == len(victims), 5)
        wait_until(lambda: hears_the_policy(server), 4)
        measured(f"{len(victims)} killed: policy again", time.monotonic() - killed)
        wait_until(lambda: readiness(server) == "ok", 2)
    stream.check(f"{len(victims)} killed")
    # A call that came between the death and the new server may have been queued unread: behind the others.
    order = here.valkey.zrange("main:queue:general", 0, -1)
    assert order[: len(waiting)] == list(waiting)


def test_a_server_that_starts_before_redis_works_as_soon_as_redis_comes(here: Place) -> None:
    valkey = Valkey(here).start()
    treat(valkey.client, MARKED, "email_only")
    valkey.send(signal.SIGTERM)
    server = a_server(here, REDIS_URL=valkey.url)
    assert readiness(server).startswith("503 Redis does not answer")
    answer = server.incoming(from_=MARKED)
    assert (answer.status_code, "<Enqueue" in answer.text) == (200, True)
    valkey.start()
    measured("Redis came late: policy used", wait_until(lambda: hears_the_policy(server), STANDINGS_WITHIN_S))
    assert readiness(server) == "ok"
