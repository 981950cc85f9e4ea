"""What the API says when it does not do what it was asked: one shape, nothing of its inside."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as tried
from hypothesis import strategies as st

from config.connections import StoreAway
from config.settings import Settings
from config.versions import NoConfigError
from ivr.api.errors import ANSWERS
from ivr.app import create_app
from routing.floor import Floor
from tests.ivr.api.conftest import Asking, refused


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "status"),
        ({"status": "busy"}, "status"),
        ({"status": None}, "status"),
        ({"status": ["break"]}, "status"),
        ({"status": "on_call"}, "status"),
        ({"status": "break", "reason": "x" * 201}, "reason"),
        ({"status": "break", "reason": 5}, "reason"),
        ({"status": "break", "until": "noon"}, "until"),
        ([], "body"),
        ("break", "body"),
        ('{"status": "break"}', "body"),
        (5, "body"),
    ],
)
def test_a_wrong_body_is_refused_by_field(ana: Asking, body: Any, field: str) -> None:
    assert set(refused(ana("PUT", "/agents/me", body), 422, "invalid")["fields"]) == {field}
    assert ana("GET", "/agents/me").get_json()["status"] == "offline"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"null",
        b"\xff\xfe",
        b'{"status": NaN}',
        b'{"status": "break", "reason": "\\ud800"}',
        b"[" * 60_000,
        b'{"a":' * 10_000,
    ],
    ids=["none", "half", "null", "no text", "NaN", "half a letter", "deep lists", "deep objects"],
)
def test_what_is_no_json_object_is_refused(ana: Asking, data: bytes) -> None:
    answer = ana("PUT", "/agents/me", data=data, content_type="application/json")
    assert set(refused(answer, 422, "invalid")["fields"]) == {"body"}


def test_a_form_is_not_json(ana: Asking) -> None:
    refused(ana("PUT", "/agents/me", data={"status": "break"}), 422, "invalid")


def test_a_body_over_64_kb_is_refused_and_one_below_is_read(ana: Asking) -> None:
    most = 64 * 1024
    for length, status, word in ((most, 422, "invalid"), (most + 1, 413, "too_large")):
        body = json.dumps({"status": "x" * (length - 14)}).encode()
        assert len(body) == length
        answer = ana("PUT", "/agents/me", data=body, content_type="application/json")
        refused(answer, status, word)


def test_unknown_paths_and_methods_are_refused_in_json_below_the_prefix_only(app: Flask, ana: Asking) -> None:
    refused(ana("GET", "/nothing"), 404, "not_found")
    answer = ana("DELETE", "/agents/me")
    refused(answer, 405, "method_not_allowed")
    assert "PUT" in answer.headers["Allow"]
    assert app.test_client().get("/nothing").mimetype == "text/html"
    assert app.test_client().get("/voice/incoming").mimetype == "text/html"


@pytest.mark.parametrize("kind", sorted(ANSWERS, key=lambda kind: kind.__name__))
def test_each_refusal_is_answered_from_the_table(
    ana: Asking, floor: Floor, monkeypatch: pytest.MonkeyPatch, kind: type[Exception]
) -> None:
    def refuse(_self: object, _agent: str) -> None:
        raise kind({"a": "wrong"}) if ANSWERS[kind][1] == "invalid" else kind("inside")

    monkeypatch.setattr(type(floor.agents), "read", refuse)
    status, word, sentence = ANSWERS[kind]
    said = refused(ana("GET", "/agents/me"), status, word)
    assert "inside" not in said["message"] or not sentence


def test_a_fault_is_logged_and_says_nothing_of_the_inside(
    ana: Asking,
    floor: Floor,
    monkeypatch: pytest.MonkeyPatch,
    logged: Callable[[], list[dict[str, Any]]],
) -> None:
    def fail(_self: object, _agent: str) -> None:
        raise KeyError("+14155550142")

    monkeypatch.setattr(type(floor.agents), "read", fail)
    said = refused(ana("GET", "/agents/me"), 500, "fault")
    assert "KeyError" not in str(said)
    [line] = [line for line in logged() if line["event"] == "api_fault"]
    assert (line["error"], line["route"]) == ("KeyError", "/api/v1/agents/me")
    assert "5550142" not in str(line)


def test_without_the_store_the_api_says_so(settings: Settings) -> None:
    away = settings.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"})
    ana = Asking(create_app(away).test_client(), "calmline_x")
    refused(ana("GET", "/agents/me"), 503, "store_away")


def test_the_store_and_the_config_may_both_be_away() -> None:
    assert {ANSWERS[kind][0] for kind in (StoreAway, NoConfigError)} == {503}


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=12,
)
_BODIES = st.fixed_dictionaries(
    {}, optional={"status": _JSON, "reason": _JSON, "from": _JSON, "to": _JSON, "at": _JSON, "form": _JSON}
)


@tried(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=_BODIES | _JSON)
def test_whatever_is_sent_is_done_or_refused(ana: Asking, olga: Asking, body: Any) -> None:
    for answer in (ana("PUT", "/agents/me", body), olga("POST", "/decisions", body)):
        if answer.status_code != 200:
            refused(answer, 422, "invalid")
