"""What the caller hears when the line fails."""

import threading
import time

import pytest

from ivr.lab.account import a_line
from ivr.lab.life import APPLICATION_ERROR
from tests.lab.sample_line import CALLER, SampleLine

FALLBACK = "Sorry, please call again."


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (500, "11200"),
        (404, "11200"),
        ("not XML", "12100"),
        ("\n<?xml version='1.0'?><Response/>", "12100"),
        ("<Response><Leave/></Response>", "12200"),
        ("<Response><Redirect>http://other.example/</Redirect></Response>", "11205"),
        ("<Response><Redirect>/voice/nowhere</Redirect></Response>", "11200"),
    ],
)
def test_the_fallback_is_asked_when_a_document_fails(line: SampleLine, answer: str | int, code: str):
    line.pages["/voice/incoming"] = answer
    story = line.call()
    assert (story.ended, story.heard[-1].text, len(story.problems)) == ("hung_up", FALLBACK, 1)
    fallback = line.forms("/voice/fallback")[0]
    assert (fallback["ErrorCode"], fallback["CallSid"]) == (code, story.call_sid)
    assert fallback["ErrorUrl"].startswith("http://")


def test_a_foreign_content_type_asks_the_fallback_which_fails_alike(line: SampleLine):
    line.content_type = "application/json"
    story = line.call()
    assert (story.ended, story.heard[-1].text) == ("error", APPLICATION_ERROR)
    assert [problem[:5] for problem in story.problems] == ["12300", "12300", "12300"]


def test_a_line_that_answers_too_late_counts_as_failed(line: SampleLine):
    gate = threading.Event()
    line.pages["/voice/incoming"] = lambda _: str(gate.wait(5))
    began = time.monotonic()
    account = line.account(numbers=(line.number(incoming="/voice/incoming#rt=300"),))
    story = line.call(account=account)
    gate.set()
    assert time.monotonic() - began < 3
    assert (story.heard[0].text, line.forms("/voice/fallback")[0]["ErrorCode"]) == (FALLBACK, "11200")
    assert story.requests[0].status == 0
    assert story.problems == ("11200 no complete answer within 0.3 s (/voice/incoming)",)


def test_an_application_error_is_spoken_when_the_fallback_fails_too(line: SampleLine):
    line.pages |= {"/voice/menu": 500, "/voice/fallback": 503}
    story = line.call(press=("1",))
    assert (story.ended, story.heard[-1].text) == ("error", "An application error has occurred. Goodbye.")
    assert story.problems == (
        "11200 the server answered 500 (/voice/menu)",
        "11200 the server answered 503 (/voice/fallback)",
    )
    assert line.paths()[-1] == "/voice/events"


def test_a_wrong_token_is_refused_by_the_line(line: SampleLine):
    story = line.call(account=line.account(auth_token="another"))
    assert (story.ended, [request.status for request in story.requests]) == ("error", [403, 403, 403])


def test_a_server_that_is_down_is_an_application_error(line: SampleLine):
    nobody = "http://127.0.0.1:1"
    story = line.call(account=line.account(numbers=(a_line(nobody),)), web=nobody)
    assert (story.ended, story.event_status, story.heard[-1].text) == ("error", 0, APPLICATION_ERROR)
    assert story.problems[0] == "11205 the server cannot be reached (/voice/incoming)"


@pytest.mark.parametrize(("answer", "status"), [(500, 500), (204, 204), ("<Response/>", 200)])
def test_the_last_event_never_changes_how_the_call_ended(line: SampleLine, answer: str | int, status: int):
    line.pages["/voice/events"] = answer
    story = line.call()
    assert (story.ended, story.event_status) == ("hung_up", status)
    assert bool(story.problems) == (status == 500)


def test_an_endless_redirect_is_stopped_after_a_hundred_documents(line: SampleLine):
    line.pages["/voice/incoming"] = "<Response><Redirect>/voice/incoming</Redirect></Response>"
    story = line.call()
    assert (story.ended, len(line.forms("/voice/incoming"))) == ("error", 100)
    assert story.problems == ("redirect loop: more than 100 documents and hardly any time passed",)


@pytest.mark.parametrize(
    ("verbs", "told"),
    [
        ("<Say>One moment.</Say><Pay/>", "<Pay> is not covered by the lab yet"),
        ("<Say>One moment.</Say><Gather bargeIn='true'/>", "Gather bargeIn is not covered by the lab yet"),
    ],
)
def test_what_the_lab_cannot_do_ends_the_call_loudly_without_the_fallback(
    line: SampleLine, verbs: str, told: str
):
    line.pages["/voice/incoming"] = f"<Response>{verbs}</Response>"
    story = line.call()
    assert (story.ended, story.heard, story.problems) == ("error", (), (told,))
    assert line.paths() == ["/voice/incoming", "/voice/events"]


def test_problems_never_tell_numbers_or_tokens(line: SampleLine):
    line.pages["/voice/incoming"] = "<Response><Redirect>/voice/x?token=secret</Redirect></Response>"
    story = line.call()
    assert "secret" not in str(story.problems)
    assert CALLER not in repr(story)
