"""/events: what happens from now on, or since an event; by role; and what ends a page."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from ivr import live
from ivr.api.access import PREFIX
from ivr.live import live_pages
from routing.floor import Floor
from routing.rules.agent_states import AgentState
from routing.store.keys import EVENTS_KEPT
from tests.ivr.api.conftest import Asking, refused
from tests.routing.staff import CREATED, a_key

Told = tuple[str, dict[str, Any]]


@pytest.fixture(autouse=True)
def _pages_end(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A test that fails does not leave a page open; silence is short."""
    monkeypatch.setattr(live, "HEARTBEAT_S", 0.25)
    monkeypatch.setattr(live, "HEARTBEAT_OF_SOFTPHONES_S", 0.25)
    yield
    live_pages(app).end()


@pytest.fixture
def sue(app: Flask, floor: Floor) -> Asking:
    """A supervisor, asking."""
    return Asking(app.test_client(), a_key(floor, "sue", "supervisor", phone=""))


class Reader:
    """Reads a page, message by message."""

    def __init__(self, response: TestResponse) -> None:
        assert (response.status_code, response.mimetype) == (200, "text/event-stream"), response.text
        self._chunks = response.iter_encoded()
        self._lines: list[str] = []
        self.last_id = ""
        self.retry_ms = 0
        self.silences = 0

    def __iter__(self) -> Iterator[Told]:
        """Events; ends with the stream."""
        for chunk in self._chunks:
            for block in chunk.decode().split("\n\n")[:-1]:
                if told := self._told(block):
                    yield told

    def _told(self, block: str) -> Told | None:
        fields = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":"))
        self.silences += not fields
        self.last_id = fields.get("id", self.last_id)
        self.retry_ms = int(fields.get("retry", self.retry_ms))
        return (fields["event"], json.loads(fields["data"])) if "event" in fields else None

    def next(self, count: int = 1) -> list[Told]:
        events = iter(self)
        return [next(events) for _ in range(count)]

    def until_silent(self) -> list[Told]:
        """All until nothing has come for a moment."""
        told: list[Told] = []
        before = self.silences
        for chunk in self._chunks:
            told += [one for block in chunk.decode().split("\n\n")[:-1] if (one := self._told(block))]
            if self.silences > before:
                break
        return told


@contextmanager
def reading(asking: Asking, after: str | None = None, path: str = "/events") -> Iterator[Reader]:
    headers = {"Authorization": f"Bearer {asking.key}"} | ({} if after is None else {"Last-Event-ID": after})
    response = asking.client.get(PREFIX + path, headers=headers)
    try:
        yield Reader(response)
    finally:
        response.close()


def waiting(floor: Floor, count: int) -> str:
    return floor.events.add("queue", {"queue": "general", "waiting": count})


def counts(told: list[Told]) -> list[int]:
    return [data["waiting"] for _, data in told]


def test_what_happens_comes_as_it_happens_and_what_was_before_does_not(sue: Asking, floor: Floor) -> None:
    waiting(floor, 0)
    with reading(sue) as page:
        assert page.until_silent() == []
        ids = [waiting(floor, count) for count in (1, 2, 3)]
        assert counts(page.next(3)) == [1, 2, 3]
        assert page.last_id == ids[-1]
        assert page.retry_ms == live.RETRY_MS


def test_a_page_that_comes_back_gets_what_it_missed_and_goes_on(sue: Asking, floor: Floor) -> None:
    with reading(sue) as page:
        page.until_silent()
        began = page.last_id
    ids = [waiting(floor, count) for count in range(5)]
    for after, missed in ((began, [0, 1, 2, 3, 4]), (ids[2], [3, 4]), (ids[4], [])):
        with reading(sue, after) as page:
            assert counts(page.until_silent()) == missed
            waiting(floor, 99)
            assert counts(page.next()) == [99]
        floor.store.run(lambda redis: redis.xdel(floor.keys.events, floor.events.latest_id()))


def test_the_id_may_stand_in_the_query_the_header_counts_before_it(sue: Asking, floor: Floor) -> None:
    ids = [waiting(floor, count) for count in range(3)]
    with reading(sue, path=f"/events?last_event_id={ids[0]}") as page:
        assert counts(page.until_silent()) == [1, 2]
    with reading(sue, ids[1], f"/events?last_event_id={ids[0]}") as page:
        assert counts(page.until_silent()) == [2]
    with reading(sue, "", f"/events?last_event_id={ids[0]}") as page:
        assert counts(page.until_silent()) == [1, 2]


def test_where_some_of_it_is_gone_the_page_is_told_to_read_the_floor_anew(sue: Asking, floor: Floor) -> None:
    id_ = waiting(floor, 1)
    for after in ("1-0", "1", "9999999999999-0", "18446744073709551615-18446744073709551615", "0-1"):
        with reading(sue, after) as page:
            assert page.next() == [("reset", {})]
            assert page.last_id == id_
    with reading(sue, "1-0") as page:
        page.next()
        waiting(floor, 2)
        assert counts(page.next()) == [2]


def test_the_beginning_is_whole_until_some_of_it_is_forgotten(sue: Asking, floor: Floor) -> None:
    waiting(floor, 1)
    with reading(sue, "0") as page:
        assert counts(page.until_silent()) == [1]
    many = "for n = 1, ARGV[1] do redis.call('XADD', KEYS[1], '*', 'kind', 'queue', 'data', '{}') end"
    floor.store.run(lambda redis: redis.eval(many, 1, floor.keys.events, EVENTS_KEPT))
    with reading(sue, "0") as page:
        assert page.until_silent() == [("reset", {})]


def test_what_is_no_id_is_refused(app: Flask, sue: Asking) -> None:
    headers = {"Authorization": f"Bearer {sue.key}"}
    for after in ("abc", "-1", "1-2-3", "18446744073709551616-0", "9" * 60, "(0", "$", "\u00b2"):
        by_header = sue.client.get(f"{PREFIX}/events", headers=headers | {"Last-Event-ID": after})
        assert set(refused(by_header, 422, "invalid")["fields"]) == {"Last-Event-ID"}
        by_query = sue.client.get(f"{PREFIX}/events", headers=headers, query_string={"last_event_id": after})
        assert set(refused(by_query, 422, "invalid")["fields"]) == {"last_event_id"}
    assert live_pages(app)._pages == set()


def test_everybody_sees_what_his_role_sees(app: Flask, ana: Asking, sue: Asking, floor: Floor) -> None:
    lee = Asking(app.test_client(), a_key(floor, "lee", "analyst", phone=""))
    floor.events.add("agent", {"id": "bob", "status": "break", "reason": "doctor"})
    floor.events.add("agent", {"id": "ana", "status": "break", "reason": "lunch"})
    floor.events.add("call", {"call": "CA1", "state": "talking", "agent": "ana"})
    waiting(floor, 4)
    kinds = {}
    for name, asking in (("ana", ana), ("sue", sue), ("lee", lee)):
        with reading(asking, "0") as page:
            kinds[name] = [(kind, data.get("reason")) for kind, data in page.until_silent()]
    assert kinds == {
        "ana": [("agent", "lunch"), ("call", None), ("queue", None)],
        "sue": [("agent", "doctor"), ("agent", "lunch"), ("call", None), ("queue", None)],
        "lee": [("agent", None), ("agent", None), ("queue", None)],
    }


def test_more_pages_than_a_process_can_hold_are_refused_until_one_goes(
    app: Flask, sue: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MOST_PAGES", 2)
    with reading(sue) as one, reading(sue):
        refused(sue("GET", "/events"), 503, "too_many_pages")
        one.until_silent()
        assert one.silences == 1, "every page is written to, so that one that nobody reads is found out"
    with reading(sue) as page:
        assert page.until_silent() == []
    assert live_pages(app)._pages == set()


def test_a_page_ends_with_its_process(app: Flask, sue: Asking) -> None:
    with reading(sue) as page:
        page.until_silent()
        live_pages(app).end()
        assert list(page) == []
    refused(sue("GET", "/events"), 503, "too_many_pages")


def test_a_head_request_opens_no_page(app: Flask, sue: Asking) -> None:
    answer = sue("HEAD", "/events")
    assert (answer.status_code, answer.mimetype) == (200, "text/event-stream")
    assert live_pages(app)._pages == set()


def test_whoever_is_disabled_loses_the_page(
    app: Flask, sue: Asking, floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("routing.presence.EVERY_S", 0.1)
    with reading(sue) as page:
        page.until_silent()
        floor.people.disable("sue", by="tests", at=CREATED)
        began = time.monotonic()
        assert list(page) == []
        assert time.monotonic() - began < 5


def test_who_is_rung_on_his_page_is_present_while_it_is_open(app: Flask, floor: Floor) -> None:
    cy = Asking(app.test_client(), a_key(floor, "cy", phone="client:cy"))
    cy("PUT", "/agents/me", {"status": "available"})
    with reading(cy) as page, reading(cy) as second:
        page.until_silent()
        second.until_silent()
        assert present(floor) == (["cy"], [])
    assert present(floor) == ([], ["cy"])
    assert floor.agents.read("cy").status is AgentState.AVAILABLE


def test_who_has_a_telephone_is_present_without_a_page(ana: Asking, floor: Floor) -> None:
    with reading(ana) as page:
        page.until_silent()
        assert present(floor) == ([], [])


def present(floor: Floor) -> tuple[list[str], list[str]]:
    """Who has a page open, and who has closed it."""

    def read(redis: Any) -> tuple[list[str], list[str]]:
        return tuple(redis.zrange(floor.keys.present(part), 0, -1) for part in ("open", "left"))  # type: ignore[return-value]

    return floor.store.run(read)


def test_a_page_that_nobody_reads_is_ended(app: Flask, sue: Asking, floor: Floor) -> None:
    with reading(sue):
        [page] = live_pages(app)._pages
        for _ in range(400):
            page.give(b"x")
        given = [page.waiting.get() for _ in range(page.waiting.qsize())]
        assert given.count(b"x") == 300
        assert given[300] is None
