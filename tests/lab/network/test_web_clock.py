"""The site's time and rest over HTTP, and how a run uses them."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import time

import pytest
from flask import Flask, Response, jsonify, request

from ivr.lab.lab import Lab
from ivr.lab.phone import ANSWERS
from ivr.lab.web_clock import WebClock
from tests.lab.network.board import a_lab, served
from tests.lab.network.telling import CUSTOMER, when
from tests.lab.network.twilio_client import OUR_NUMBER, a_client


@dataclass
class Site:
    """A line with a clock: `busy` is how often it says that it is not at rest, `due` what comes next."""

    ahead_s: float = 0.0
    busy: int = 0
    due: list[float] = field(default_factory=list)
    moves: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    answers_at: list[float] = field(default_factory=list)

    def now(self) -> float:
        return time() + self.ahead_s

    def clock(self) -> tuple[Response, int]:
        self.asked.append("clock")
        if request.method == "POST":
            self.moves.append(request.get_json()["to"])
            ahead_s = datetime.fromisoformat(self.moves[-1]).timestamp() - time()
            if ahead_s < self.ahead_s:
                return jsonify(error="invalid"), 422
            self.ahead_s = ahead_s
        return jsonify(now=written(self.now())), 200

    def idle(self) -> Response:
        self.asked.append("idle")
        self.busy, was_busy = max(0, self.busy - 1), self.busy > 0
        self.due = [at for at in self.due if at > self.now()]
        return jsonify(idle=not was_busy, next=written(self.due[0]) if self.due else None)

    def voice(self) -> Response:
        self.answers_at.append(self.now())
        return Response("<Response><Pause length='600'/></Response>", content_type="text/xml")


def written(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()


def site_app(site: Site) -> Flask:
    app = Flask("site")
    app.add_url_rule("/lab/clock", view_func=site.clock, methods=["GET", "POST"])
    app.add_url_rule("/lab/idle", view_func=site.idle)
    app.add_url_rule("/voice/<step>", view_func=lambda step: site.voice(), methods=["POST"])
    return app


@pytest.fixture
def site() -> Site:
    return Site(ahead_s=5000)


@pytest.fixture
def web(site: Site) -> Iterator[str]:
    with served(site_app(site)) as url:
        yield url


@pytest.fixture
def clock(web: str) -> Iterator[WebClock]:
    found = WebClock(web)
    yield found
    found.close()


@pytest.fixture
def lab(site: Site, web: str, clock: WebClock) -> Iterator[Lab]:
    with ExitStack() as ending:
        yield ending.enter_context(a_lab(web, a_client()[1], clock=clock, idle=clock.idle))


def test_it_shows_the_sites_time_and_asks_for_it_once(site: Site, clock: WebClock) -> None:
    assert [abs(clock.now() - site.now()) < 0.5 for _ in range(100)] == [True] * 100
    assert site.asked == ["clock"]


def test_moving_it_moves_the_site(site: Site, clock: WebClock) -> None:
    to = clock.now() + 3600
    clock.move(to)
    assert to <= clock.now() < to + 0.5
    assert abs(site.now() - to) < 0.5


def test_a_moment_that_is_past_is_left_without_asking(site: Site, clock: WebClock) -> None:
    clock.move(clock.now() - 10)
    assert site.moves == []


def test_a_site_that_is_further_already_is_followed(site: Site, clock: WebClock) -> None:
    site.ahead_s += 100
    clock.move(clock.now() + 10)
    assert abs(clock.now() - site.now()) < 0.5


def test_a_site_without_a_clock_is_told_in_words(site: Site) -> None:
    with served(Flask("real")) as real, pytest.raises(OSError, match=r"404 at /lab/clock.*CALMLINE_LAB"):
        WebClock(real)
    with pytest.raises(OSError, match="does not answer"):
        WebClock("http://127.0.0.1:1")


def test_a_run_waits_until_the_site_is_at_rest(site: Site, lab: Lab) -> None:
    site.busy = 3
    lab.run(0)
    assert site.asked.count("idle") == 4


def test_a_run_stops_where_something_falls_due_on_the_site(site: Site, lab: Lab) -> None:
    site.due = [lab.clock.now() + 100, lab.clock.now() + 200]
    lab.run(300)
    steps = [datetime.fromisoformat(to).timestamp() - site.ahead_s - time() for to in site.moves]
    assert len(steps) == 3
    assert steps == pytest.approx([-200, -100, 0], abs=2)


def test_the_site_is_asked_for_its_rest_only_after_something_was_sent(site: Site, lab: Lab) -> None:
    lab.run(1)
    before = site.asked.count("idle")
    for _ in range(20):
        lab.run(1)
    assert site.asked.count("idle") == before
    lab.phone(CUSTOMER).calls(OUR_NUMBER)
    lab.run(5)
    assert site.asked.count("idle") > before


@pytest.mark.parametrize(("grain_s", "together"), [(0.0, False), (5.0, True)])
def test_a_grain_lets_requests_of_neighbouring_seconds_leave_together(
    site: Site, web: str, clock: WebClock, grain_s: float, together: bool
) -> None:
    client, elsewhere = a_client()
    numbers = [f"+1212555019{last}" for last in range(5)]
    with a_lab(web, elsewhere, clock=clock, grain_s=grain_s, calls_per_second=1) as lab:
        for number in numbers:
            lab.phone(number, ANSWERS)
            client.calls.create(to=number, from_=OUR_NUMBER, url=f"{web}/voice/agent")
        lab.run(20)
        answered = [when(lab, f"{number} call in-progress") for number in numbers]
    assert answered[-1] - answered[0] == pytest.approx(4, abs=0.5)
    assert (max(site.answers_at) - min(site.answers_at) < 1) == together
