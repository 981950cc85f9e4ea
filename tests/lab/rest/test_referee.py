"""The referee can say no: to a wrong answer, a wrong request that was accepted, a wrong refusal."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request, Response

from ivr.lab.rest import calls, conferences
from ivr.lab.rest.ask import Ask
from tests.lab.rest.referee import Description, Referee
from tests.lab.rest.watched import Bench
from tests.twilio import ACCOUNT, CALLER, LINE

CALL_FORM = {"To": CALLER, "From": LINE}
REFUSAL = {"code": 20404, "message": "no", "more_info": "https://twilio.com/docs/errors/20404", "status": 404}


def a_request(path: str = "/Calls.json", method: str = "POST", form: dict[str, str] | None = None) -> Request:
    form = (CALL_FORM if form is None else form) if method == "POST" else None
    environ = EnvironBuilder(
        f"/2010-04-01/Accounts/{ACCOUNT}{path}", method=method, data=form, auth=("a", "b")
    ).get_environ()
    return Request(environ)


def objections(description: Description, request: Request, body: Any, status: int = 201) -> list[str]:
    referee = Referee(None, description)
    referee.judge(request, Response(json.dumps(body), status, content_type="application/json"))
    return referee.objections


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.close()


@pytest.fixture
def call(bench: Bench) -> dict[str, Any]:
    return calls.call_json(_ask(bench), bench.talking())


def _ask(bench: Bench) -> Ask:
    return Ask(bench.network, "http://here", "/", {}, MultiDict())


def test_a_good_answer_has_no_objection(description: Description, call: dict[str, Any]) -> None:
    assert objections(description, a_request(), call) == []


@pytest.mark.parametrize(
    ("change", "objection"),
    [
        ({"status": None}, "None"),
        ({"status": "initiated"}, "is not one of"),
        ({"sid": 5}, "is not of type 'string'"),
        ({"sid": "CA5"}, "CA5"),
        ({"date_created": "2026-11-22T10:00:00Z"}, "date-time-rfc-2822"),
        ({"subresource_uris": "none"}, "is not of type 'object'"),
        ({"answered": True}, "Additional properties are not allowed"),
    ],
)
def test_a_wrong_field_is_found(
    description: Description, call: dict[str, Any], change: dict[str, Any], objection: str
) -> None:
    [found] = objections(description, a_request(), call | change)
    assert objection in found


@pytest.mark.parametrize("name", ["sid", "status", "price", "uri"])
def test_a_missing_field_is_found(description: Description, call: dict[str, Any], name: str) -> None:
    del call[name]
    [found] = objections(description, a_request(), call)
    assert f"'{name}' is a required property" in found


def test_a_wrong_status_is_found(description: Description, call: dict[str, Any]) -> None:
    [found] = objections(description, a_request(), call, 200)
    assert "Unknown response http status" in found


@pytest.mark.parametrize(
    "form",
    [{"To": CALLER}, CALL_FORM | {"Method": "PUT"}, CALL_FORM | {"Timeout": "long"}],
    ids=["no From", "unknown method", "timeout in words"],
)
def test_a_wrong_request_that_was_accepted_is_found(
    description: Description, call: dict[str, Any], form: dict[str, str]
) -> None:
    [found] = objections(description, a_request(form=form), call)
    assert "Request body validation error" in found


@pytest.mark.parametrize("path", ["/Calls.json", "/Calls.json?Bar=1"])
def test_a_parameter_that_twilio_does_not_have_is_found(
    description: Description, call: dict[str, Any], path: str
) -> None:
    form = CALL_FORM | {"Foo": "1"} if "?" not in path else CALL_FORM
    [found] = objections(description, a_request(path, form=form), call)
    assert "there is no parameter" in found


def test_a_path_that_twilio_does_not_have_is_found(description: Description, call: dict[str, Any]) -> None:
    assert len(objections(description, a_request("/Phones.json"), call)) == 1


@pytest.mark.parametrize(
    "body", [{}, REFUSAL | {"code": "20404"}, REFUSAL | {"status": 400}, REFUSAL | {"code": 1}, "no"]
)
def test_a_wrong_refusal_is_found(description: Description, body: Any) -> None:
    assert objections(description, a_request(), REFUSAL, 404) == []
    assert len(objections(description, a_request(), body, 404)) == 1


def test_a_conference_that_goes_on_has_no_reason_to_have_ended(
    description: Description, bench: Bench
) -> None:
    room = bench.a_room()
    shown = conferences.conference_json(_ask(bench), room)
    asked = a_request(f"/Conferences/{room.sid}.json", "GET")
    assert objections(description, asked, shown, 200) == []
    assert len(objections(description, asked, shown | {"reason_conference_ended": "boredom"}, 200)) == 1
