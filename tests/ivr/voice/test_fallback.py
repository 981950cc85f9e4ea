"""Where Twilio turns when a webhook failed: sorry and another try, at most five times, whoever asks."""

from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from config.settings import Settings
from ivr.app import create_app
from ivr.lab.twiml import problems
from routing.floor import Floor
from tests.ivr.voice.scenes import at_an_app, everything, settings_of
from tests.twilio import Heard, Twilio

FALLBACK = "/voice/fallback"
OURS = "http://127.0.0.1:8000/voice"
SORRY = "We are sorry, something on our side is not working. Please stay on the line; we are trying again."
GOODBYE = "We are sorry, we cannot take your call at the moment. Please call again in a few minutes."
WRITE_TO = "You can also write to us at support@example.com."


@pytest.fixture(scope="module")
def client(data_folder: Path) -> FlaskClient:
    """One app for all: the fallback keeps nothing."""
    return create_app(settings_of("fallback", data_folder)).test_client()


def asked(client: FlaskClient, method: str = "POST", query: str = "", **form: str) -> Heard:
    """An unsigned request, answered with sound TwiML."""
    sent = {"query_string": form} if method == "GET" else {"data": form, "query_string": query}
    answer = client.open(FALLBACK, method=method, **sent)  # type: ignore[arg-type]
    assert (answer.status_code, answer.mimetype) == (200, "text/xml")
    assert problems(answer.data) == []
    return Heard(answer.text, ElementTree.fromstring(answer.data))


def tries_before(heard: Heard) -> int:
    """How many tries the document counts, itself not included; 5 when it says goodbye."""
    if heard.verbs == ["Say", "Say", "Hangup"]:
        assert heard.says == [GOODBYE, WRITE_TO]
        return 5
    assert (heard.verbs, heard.says) == (["Say", "Pause", "Redirect"], [SORRY])
    url = heard.url("Redirect", "text")
    assert url.startswith(f"{OURS}/incoming?again=")
    return int(url.removeprefix(f"{OURS}/incoming?again=")) - 1


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_anybody_may_ask_and_hears_sorry_and_another_try(twilio: Twilio, floor: Floor, method: str) -> None:
    assert tries_before(asked(twilio.client, method)) == 0
    assert everything(floor) == {}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("failed_at", "tries"),
    [
        (f"{OURS}/incoming", 0),
        (f"{OURS}/incoming?again=1", 1),
        (f"{OURS}/incoming?again=4#rc=2&rp=all", 4),
        (f"{OURS}/incoming?again=5", 5),
        (f"{OURS}/incoming?again=6", 5),
        (f"{OURS}/incoming?again=99", 5),
        (f"{OURS}/menu?language=en&menu=main&attempt=1&visit=1&token=x", 0),
        (f"{OURS}/menu?language=en&menu=main&attempt=1&visit=1001&token=x", 1),
        (f"{OURS}/waiting?queue=general&visit=4002&token=x", 4),
        (f"{OURS}/left-waiting?queue=general&visit=5001&token=x", 5),
        (f"{OURS}/incoming?again=2&visit=3001", 3),
    ],
)
def test_tries_are_counted_by_the_address_that_failed(
    client: FlaskClient, method: str, failed_at: str, tries: int
) -> None:
    assert tries_before(asked(client, method, ErrorUrl=failed_at, ErrorCode="11200")) == tries


@pytest.mark.parametrize(
    ("query", "tries"), [("again=3", 3), ("again=5", 5), ("visit=2001", 2), ("again=1&visit=4001", 4)]
)
def test_tries_are_counted_by_the_fallbacks_own_address(client: FlaskClient, query: str, tries: int) -> None:
    assert tries_before(asked(client, "POST", query, ErrorUrl=f"{OURS}/incoming?again=1")) == tries


def test_a_call_whose_every_webhook_fails_is_tried_five_times_and_then_let_go(client: FlaskClient) -> None:
    failed_at, tries = f"{OURS}/incoming", 0
    while (heard := asked(client, ErrorUrl=failed_at, ErrorCode="11205")).verbs[-1] == "Redirect":
        failed_at, tries = heard.url("Redirect", "text"), tries + 1
        assert tries <= 5
    assert (tries, heard.says) == (5, [GOODBYE, WRITE_TO])


HOSTILE = [
    "http://[::1",
    "http://[not-an-address]/voice/incoming?again=2",
    "http://\u2100.example/?again=1",
    "http://host:port/?again=1",
    "//",
    "?",
    "again=1",
    "?again=-1",
    "?again=\u0663",
    "?again=\u00b2",
    "?again=1e3",
    "?again=" + "9" * 5000,
    "?visit=" + "9" * 5000,
    "?visit=-1001",
    "?visit=\u0661\u0660\u0660\u0661",
    "?" + "&".join(f"a{n}=1" for n in range(500)),
    "?" + "&" * 3000,
    "\x00\x01\x1f",
    "<Response><Say>no</Say></Response>",
    "\U0001f642" * 1000,
    "%ff%fe?again=%ff",
    "x" * 30_000,
]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("failed_at", HOSTILE, ids=lambda url: ascii(url[:24]))
def test_whatever_the_error_url_holds_the_answer_is_a_document(
    client: FlaskClient, method: str, failed_at: str
) -> None:
    heard = asked(client, method, ErrorUrl=failed_at, ErrorCode=failed_at)
    assert tries_before(heard) in range(6)
    assert "no</Say>" not in heard.body
    query = f"again={quote(failed_at)}&visit={quote(failed_at)}"
    assert tries_before(asked(client, "POST", query)) in range(6)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
        (b"{", "application/json"),
        (b"--x\r\n", "multipart/form-data; boundary=x"),
        (b"--x\r\n", "multipart/form-data"),
        (b"<a/>", "text/xml; charset=no-such"),
        (b"a=1", ""),
    ],
)
def test_whatever_the_body_is_the_answer_is_a_document(
    client: FlaskClient, body: bytes, content_type: str
) -> None:
    answer = client.post(FALLBACK, data=body, content_type=content_type)
    assert (answer.status_code, problems(answer.data)) == (200, [])


def test_it_needs_neither_redis_nor_a_config(settings: Settings, tmp_path: Path) -> None:
    missing = tmp_path / "missing.yaml"
    without = at_an_app(settings, redis_url="redis://127.0.0.1:1", calmline_config=missing).client
    assert asked(without).says == [SORRY]
    last = asked(without, ErrorUrl=f"{OURS}/incoming?again=5")
    assert (last.verbs, last.says) == (["Say", "Hangup"], [GOODBYE])
    assert without.get("/healthz").status_code == 200
