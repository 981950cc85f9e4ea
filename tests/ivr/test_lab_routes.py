"""The lab's routes: the clock goes forward for all that the line does; a real line has none of them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from callbacks.idle import Idle, is_idle
from config.settings import Settings
from ivr.app import create_app
from routing.floor import Floor
from routing.store.calls import Waiting
from tests.ivr.voice.scenes import in_queue
from tests.twilio import OFFICE, Twilio

HOUR = timedelta(hours=1)
SECONDS = "should be a number of seconds, such as 7200"
TIME = "should be a time with its zone, such as 2026-11-23T10:00-08:00"
BODY = "should be a JSON object with advance_s or to, and nothing else"


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def shown(client: FlaskClient) -> datetime:
    told = client.get("/lab/clock").get_json()
    assert set(told) == {"now"}
    return datetime.fromisoformat(told["now"])


@pytest.mark.parametrize(
    ("advance_s", "ahead_s"), [(0, 0), (7200, 7200), (1.5, 1.5), (86400 * 400, 86400 * 400)]
)
def test_the_clock_goes_forward_by_seconds(client: FlaskClient, advance_s: float, ahead_s: float) -> None:
    before, ahead = shown(client), timedelta(seconds=ahead_s)
    answer = client.post("/lab/clock", json={"advance_s": advance_s})
    assert (answer.status_code, set(answer.get_json())) == (200, {"now"})
    now = datetime.fromisoformat(answer.get_json()["now"])
    assert now.tzinfo is not None
    assert before + ahead <= now <= shown(client) < before + ahead + timedelta(seconds=5)


def test_the_clock_goes_forward_to_a_time(client: FlaskClient, floor: Floor) -> None:
    answer = client.post("/lab/clock", json={"to": "2041-11-23T10:00-08:00"})
    at = datetime(2041, 11, 23, 18, 0, tzinfo=UTC)
    assert datetime.fromisoformat(answer.get_json()["now"]) == at
    assert at <= floor.clock.now(floor.store) < at + timedelta(seconds=5)


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"advance_s": True}, {"advance_s": SECONDS}),
        ({"advance_s": "7200"}, {"advance_s": SECONDS}),
        ({"advance_s": None}, {"advance_s": SECONDS}),
        ({"advance_s": float("nan")}, {"body": BODY}),
        ({"advance_s": float("-inf")}, {"body": BODY}),
        ({"advance_s": 10**400}, {"body": BODY}),
        ({"advance_s": 1e300}, {"advance_s": SECONDS}),
        ({"to": "2041-11-23T10:00"}, {"to": TIME}),
        ({"to": "tomorrow"}, {"to": TIME}),
        ({"to": 1795453200}, {"to": TIME}),
        ({"to": "2041-11-23T10:00Z", "advance_s": 1}, {"body": BODY}),
        ({"advance_s": 1, "advance_ms": 1}, {"body": BODY}),
        ({}, {"body": BODY}),
        ([7200], {"body": BODY}),
        (None, {"body": BODY}),
    ],
    ids=str,
)
def test_a_body_that_is_not_asked_for_is_refused_with_what_would_be_right(
    client: FlaskClient, body: object, fields: dict[str, str]
) -> None:
    answer = client.post("/lab/clock", json=body)
    assert answer.status_code == 422
    assert answer.get_json() == {
        "error": "invalid",
        "message": "The clock was left as it is.",
        "fields": fields,
    }


@pytest.mark.parametrize(
    "body",
    [
        {"advance_s": -1},
        {"advance_s": -0.0001},
        {"advance_s": 1e12},
        {"to": "2020-01-01T00:00Z"},
        {"to": "2100-01-02T00:00Z"},
    ],
    ids=str,
)
def test_a_clock_that_would_go_back_or_too_far_is_refused_under_its_field(
    client: FlaskClient, body: dict[str, object]
) -> None:
    before = shown(client)
    answer = client.post("/lab/clock", json=body)
    told = answer.get_json()
    assert (answer.status_code, told["error"], set(told["fields"])) == (422, "invalid", set(body))
    [why] = told["fields"].values()
    assert "goes forward only, to 2100 at most" in why
    assert shown(client) - before < timedelta(seconds=5)


@pytest.mark.parametrize("sent", [b"", b"advance_s=7200", b"{", b'{"advance_s": 7200}'], ids=str)
def test_what_a_foreign_page_could_send_is_no_body(client: FlaskClient, sent: bytes) -> None:
    answer = client.post("/lab/clock", data=sent, content_type="text/plain")
    assert (answer.status_code, answer.get_json()["fields"]) == (422, {"body": BODY})


def test_a_body_over_the_limit_is_not_read(client: FlaskClient) -> None:
    assert client.post("/lab/clock", json={"to": "x" * 70_000}).status_code == 413


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/lab/clock"), ("POST", "/lab/clock"), ("GET", "/lab/idle")]
)
def test_a_real_line_has_none_of_it(settings: Settings, client: FlaskClient, method: str, path: str) -> None:
    client.post("/lab/clock", json={"advance_s": 3600})
    real = create_app(settings.model_copy(update={"calmline_lab": False}))
    assert real.test_client().open(path, method=method, json={"advance_s": 7200}).status_code == 404
    assert shown(client) < datetime.now(UTC) + HOUR + timedelta(seconds=5)


def test_while_redis_is_away_the_routes_say_so(settings: Settings) -> None:
    away = create_app(settings.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"})).test_client()
    answers = [away.get("/lab/clock"), away.get("/lab/idle"), away.post("/lab/clock", json={"advance_s": 1})]
    assert [(answer.status_code, answer.get_json()["error"]) for answer in answers] == [
        (503, "store_away")
    ] * 3


def waiting(floor: Floor, call: Twilio) -> Waiting:
    found = floor.calls.look_at_wait(call.call_sid)
    assert isinstance(found, Waiting)
    return found


def test_who_waits_has_waited_an_hour_longer_by_the_clock_of_the_scripts(
    client: FlaskClient, twilio: Twilio, floor: Floor
) -> None:
    in_queue(twilio)
    before = waiting(floor, twilio)
    client.post("/lab/clock", json={"advance_s": 3600})
    after = waiting(floor, twilio)
    assert after.entered == before.entered
    assert HOUR <= after.now - before.now < HOUR + timedelta(seconds=5)


def test_who_has_waited_too_long_after_an_hour_is_led_out_of_the_queue(
    client: FlaskClient, twilio: Twilio
) -> None:
    queued = in_queue(twilio)
    assert "Leave" not in twilio.waits(queued).verbs
    client.post("/lab/clock", json={"advance_s": 3600})
    assert "Leave" in twilio.waits(queued).verbs


@pytest.mark.parametrize(
    ("to", "step"),
    [("2041-11-22T12:00-05:00", "/voice/menu"), ("2041-11-23T12:00-05:00", "/voice/message")],
    ids=["Friday", "Saturday"],
)
def test_opening_hours_follow_the_clock(client: FlaskClient, twilio: Twilio, to: str, step: str) -> None:
    client.post("/lab/clock", json={"to": to})
    twilio.dialled = OFFICE
    assert step in twilio.calls().url("Gather")


def test_a_line_where_nothing_waits_to_be_done_is_idle(client: FlaskClient, twilio: Twilio) -> None:
    in_queue(twilio)
    answer = client.get("/lab/idle")
    assert (answer.status_code, answer.get_json()) == (200, {"idle": True, "next": None})


LATER = datetime(2041, 11, 23, tzinfo=UTC)
REST, BUSY = Idle(True), Idle(False)


@pytest.mark.parametrize(
    ("places", "found"),
    [
        ([], REST),
        ([REST, REST], REST),
        ([REST, BUSY, REST], BUSY),
        ([Idle(True, LATER + HOUR), REST, Idle(True, LATER)], Idle(True, LATER)),
        ([Idle(True, LATER), BUSY], Idle(False, LATER)),
    ],
    ids=["no places", "all at rest", "one is busy", "the next of all", "busy, and more later"],
)
def test_a_line_is_idle_when_every_place_is(floor: Floor, places: list[Idle], found: Idle) -> None:
    asked_at: list[datetime] = []

    def says(place: Idle) -> Callable[[Floor, datetime], Idle]:
        def ask(_: Floor, at: datetime) -> Idle:
            asked_at.append(at)
            return place

        return ask

    assert is_idle(floor, [says(place) for place in places]) == found
    assert len(asked_at) == len(places)
    assert len(set(asked_at)) <= 1
