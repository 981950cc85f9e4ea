"""/reports/{id}/recording: what Twilio has is passed on to who may hear it, and nothing else is fetched."""

import base64
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from flask import Flask, Response, redirect, request
from werkzeug.serving import make_server
from werkzeug.wrappers import Response as AnyResponse

from config.settings import Settings
from ivr.voice.exchange import exchange
from routing.floor import Floor
from routing.recorded_media import RecordedMedia, RecordingFailed
from routing.rules.conduct_words import Category, Target
from routing.rules.reports import ReportKind, Statement
from tests.ivr.api.conftest import Asking, refused
from tests.routing.staff import a_key
from tests.twilio import ACCOUNT, TOKEN, a_call_sid

SID = "RE" + "0a" * 16
SOUND = b"RIFF" + bytes(range(256)) * 1000
PATH = f"/2010-04-01/Accounts/{ACCOUNT}/Recordings/{SID}.wav"


@dataclass
class Store:
    """A stand-in for where Twilio keeps recordings; `asked`: paths and who asked."""

    url: str = ""
    answer: Any = None
    asked: list[tuple[str, str]] = field(default_factory=list)

    def serve(self, path: str) -> AnyResponse:
        self.asked.append((f"/{path}", request.headers.get("Authorization", "")))
        found: AnyResponse = self.answer(f"/{path}") if self.answer else Response(SOUND)
        return found


def served() -> Iterator[Store]:
    store, app = Store(), Flask("recordings")
    app.add_url_rule("/<path:path>", "any", store.serve)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    store.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield store
    server.shutdown()
    thread.join()
    server.server_close()


store = pytest.fixture(served, name="store")
elsewhere = pytest.fixture(served, name="elsewhere")


@pytest.fixture
def rita(app: Flask, floor: Floor, settings: Settings, store: Store) -> Asking:
    """A reviewer of an app whose Twilio is the store."""
    with app.app_context():
        found = exchange()
    media = RecordedMedia(settings.model_copy(update={"twilio_api_url": store.url}))
    app.extensions["calmline"] = replace(found, media=media)
    return Asking(app.test_client(), a_key(floor, "rita", "analyst", may=frozenset({"review"}), phone=""))


@pytest.fixture
def report(floor: Floor) -> str:
    """A report whose recording Twilio has told us of since."""
    call = a_call_sid()
    floor.conversations.is_recorded(call, SID)
    said = Statement(
        ReportKind.ABUSE, call, "ana", category=Category.SWEARING, target=Target.ADVISER, words="…"
    )
    floor.reports.write("rp1", said, by="ana")
    return "rp1"


def test_a_reviewer_hears_it_and_each_play_is_audited(
    rita: Asking, report: str, store: Store, floor: Floor
) -> None:
    assert rita("GET", f"/reports/{report}").get_json()["recording"] == "/api/v1/reports/rp1/recording"
    for _ in range(2):
        answer = rita("GET", f"/reports/{report}/recording")
        assert (answer.status_code, answer.data, answer.mimetype) == (200, SOUND, "audio/wav")
        assert answer.headers["Cache-Control"] == "no-store"
    own = "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
    assert store.asked == [(PATH, own)] * 2
    played = [
        one for _, one in floor.store.client.xrange(floor.keys.audit) if one["what"] == "play_recording"
    ]
    assert [(one["by"], one["report"]) for one in played] == [("rita", "rp1")] * 2


def test_nobody_else_hears_it(rita: Asking, ana: Asking, report: str, store: Store) -> None:
    refused(ana("GET", f"/reports/{report}/recording"), 403, "not_allowed")
    assert store.asked == []


def test_a_report_without_a_recording_has_none_to_hear(rita: Asking, floor: Floor, store: Store) -> None:
    said = Statement(ReportKind.NUISANCE, a_call_sid(), "ana")
    floor.reports.write("rp2", said, by="ana")
    refused(rita("GET", "/reports/rp2/recording"), 404, "not_found")
    refused(rita("GET", "/reports/rp3/recording"), 404, "unknown_report")
    assert store.asked == []


@pytest.mark.parametrize(
    ("status", "expected", "word"),
    [(404, 404, "not_found"), (401, 502, "recording_failed"), (500, 502, "recording_failed")],
)
def test_what_twilio_does_not_give_is_told(
    rita: Asking, report: str, store: Store, status: int, expected: int, word: str
) -> None:
    store.answer = lambda _path: Response("no", status)
    said = refused(rita("GET", f"/reports/{report}/recording"), expected, word)
    assert store.url not in str(said)


def test_a_redirect_to_another_host_is_not_followed(
    rita: Asking, report: str, store: Store, elsewhere: Store
) -> None:
    store.answer = lambda path: redirect(f"{elsewhere.url}{path}")
    refused(rita("GET", f"/reports/{report}/recording"), 502, "recording_failed")
    assert elsewhere.asked == []


def test_a_redirect_on_the_same_host_is_followed_but_not_for_ever(
    rita: Asking, report: str, store: Store
) -> None:
    store.answer = lambda path: redirect("/media/1") if path == PATH else Response(SOUND)
    assert rita("GET", f"/reports/{report}/recording").data == SOUND
    store.answer = redirect
    refused(rita("GET", f"/reports/{report}/recording"), 502, "recording_failed")


def test_what_is_too_large_is_refused_or_cut_off(settings: Settings, store: Store) -> None:
    media = RecordedMedia(settings.model_copy(update={"twilio_api_url": store.url}), largest=100_000)
    with pytest.raises(RecordingFailed):
        media.open(SID)
    store.answer = lambda _path: Response(iter([SOUND] * 10))  # without a length
    with pytest.raises(RecordingFailed):
        b"".join(media.open(SID).parts)


@pytest.mark.parametrize("length", [{}, {"Content-Length": "50"}], ids=["chunked", "one by one"])
def test_what_comes_too_slowly_is_cut_off(settings: Settings, store: Store, length: dict[str, str]) -> None:
    def drip() -> Iterator[bytes]:
        for _ in range(50):
            time.sleep(0.05)
            yield b"."

    store.answer = lambda _path: Response(drip(), headers=length)
    media = RecordedMedia(settings.model_copy(update={"twilio_api_url": store.url}), longest_s=0.2)
    began = time.monotonic()
    with pytest.raises(RecordingFailed):
        b"".join(media.open(SID).parts)
    assert time.monotonic() - began < 1.5


def test_a_twilio_out_of_reach_is_told(settings: Settings) -> None:
    media = RecordedMedia(settings.model_copy(update={"twilio_api_url": "http://127.0.0.1:1"}))
    with pytest.raises(RecordingFailed):
        media.open(SID)
