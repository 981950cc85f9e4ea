"""Requests for documents: redirects, retries, cookies, what else than TwiML may be answered."""

import threading

import pytest
from flask import Response

from ivr.lab.account import a_line
from ivr.lab.caller import CallStory
from tests.lab.sample_line import PAGES, SampleLine

FALLBACK = "Sorry, please call again."
NOBODY = "http://127.0.0.1:1"


def called(line: SampleLine, incoming: str) -> CallStory:
    """A call to a number whose URL is `incoming`."""
    return line.call(account=line.account(numbers=(line.number(incoming=incoming),)))


def to(path: str, status: int = 302) -> Response:
    return Response(status=status, headers={"Location": path} if path else {})


@pytest.mark.parametrize(
    ("status", "methods"),
    [(301, "GET"), (302, "GET"), (303, "GET"), (307, "POST")],
)
def test_a_redirect_is_followed_as_a_browser_does(line: SampleLine, status: int, methods: str) -> None:
    line.pages["/voice/incoming"] = lambda _: to("left?visit=2", status)
    story = line.call()
    assert ([heard.text for heard in story.heard], story.problems) == (["Goodbye then."], ())
    assert line.methods[:2] == ["POST", methods]
    form = line.forms("/voice/left")[0]
    assert (form["visit"], form["CallSid"], form["CallStatus"]) == ("2", story.call_sid, "ringing")
    assert [request.status for request in story.requests] == [status, 200, 200]


@pytest.mark.parametrize(("hops", "code"), [(10, ""), (11, "11215")])
def test_ten_redirects_are_followed_and_not_eleven(line: SampleLine, hops: int, code: str) -> None:
    line.pages["/voice/incoming"] = lambda form: (
        PAGES["/voice/left"] if len(line.asked) > hops else to(f"/voice/incoming?hop={len(line.asked)}")
    )
    story = line.call()
    assert [heard.text for heard in story.heard] == [FALLBACK if code else "Goodbye then."]
    assert [problem[:5] for problem in story.problems] == ([code] if code else [])
    assert len(line.forms("/voice/incoming")) == 11
    assert [form["ErrorCode"] for form in line.forms("/voice/fallback")] == ([code] if code else [])


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (lambda _: to("/voice/left", 308), "11216"),
        (lambda _: to("/voice/left", 304), "11216"),
        (lambda _: to("", 302), "11216"),
        (lambda _: to("http://other.example/voice/left"), "11205"),
    ],
    ids=["308", "not modified", "to nowhere", "to a foreign host"],
)
def test_what_is_no_redirect_to_follow_asks_the_fallback(line: SampleLine, answer, code: str) -> None:
    line.pages["/voice/incoming"] = answer
    story = line.call()
    assert ([heard.text for heard in story.heard], story.problems[0][:5]) == ([FALLBACK], code)
    assert line.forms("/voice/left") == []


@pytest.mark.parametrize(
    ("fragment", "asked"), [("", 2), ("#rc=0", 1), ("#rc=3", 4), ("#rc=3&rp=rt", 1), ("#rc=2&rp=all", 3)]
)
def test_a_server_that_cannot_be_reached_is_asked_again(line: SampleLine, fragment: str, asked: int) -> None:
    number = a_line(NOBODY, incoming=f"/voice/incoming{fragment}")
    story = line.call(account=line.account(numbers=(number,)), web=NOBODY)
    tried = [request for request in story.requests if request.path == "/voice/incoming"]
    assert [request.status for request in tried] == [0] * asked
    assert story.problems[0] == "11205 the server cannot be reached (/voice/incoming)"


@pytest.mark.parametrize(
    ("answers", "fragment", "asked", "heard"),
    [
        ([503], "", 1, FALLBACK),
        ([503, 503], "#rp=5xx", 2, FALLBACK),
        ([503], "#rp=5xx", 2, "Goodbye then."),
        ([503, 500, 502], "#rp=5xx&rc=5", 4, "Goodbye then."),
        ([404], "#rp=5xx", 1, FALLBACK),
        ([404], "#rp=4xx,5xx", 2, "Goodbye then."),
        ([404], "#rp=all", 2, "Goodbye then."),
        ([], "#rp=all&rc=5", 1, "Goodbye then."),
    ],
)
def test_a_request_is_repeated_as_its_fragment_says_with_one_idempotency_token(
    line: SampleLine, answers: list[int], fragment: str, asked: int, heard: str
) -> None:
    to_come: list[str | int] = [*answers]
    line.pages["/voice/incoming"] = lambda _: to_come.pop(0) if to_come else str(PAGES["/voice/left"])
    story = called(line, f"/voice/incoming{fragment}")
    assert [one.text for one in story.heard] == [heard]
    assert len(line.forms("/voice/incoming")) == asked
    tokens = [headers["I-Twilio-Idempotency-Token"] for headers in line.headers]
    assert len(set(tokens[:asked])) == 1, "one for all attempts"
    assert len(set(tokens)) == len(tokens) - asked + 1, "another for every other request"


def test_a_slow_answer_is_repeated_only_if_asked_for(line: SampleLine) -> None:
    slowly = iter([0.3, 0])

    def answer(_: dict[str, str]) -> str:
        threading.Event().wait(next(slowly))
        return str(PAGES["/voice/left"])

    line.pages["/voice/incoming"] = answer
    story = called(line, "/voice/incoming#rt=150&rp=rt")
    assert ([heard.text for heard in story.heard], story.problems) == (["Goodbye then."], ())
    assert [request.status for request in story.requests] == [0, 200, 200]


@pytest.mark.parametrize(
    ("body", "content_type", "heard"),
    [
        ("We are\n closed.", "text/plain; charset=utf-8", ("Say", "We are closed.")),
        ("RIFF", "audio/wav", ("Play", "{web}/voice/incoming")),
        ("<Response><Say>Hello.</Say></Response>", "application/xml", ("Say", "Hello.")),
        ("<Response><Say>Hello.</Say></Response>", "text/plain", ("Say", "Hello.")),
    ],
    ids=["a text is read aloud", "a sound is played", "xml", "TwiML by mistake plain"],
)
def test_an_answer_is_heard_by_its_content_type(
    line: SampleLine, body: str, content_type: str, heard: tuple[str, str]
) -> None:
    line.pages["/voice/incoming"] = lambda _: Response(body, content_type=content_type)
    story = line.call()
    verb, text = heard
    assert [(one.verb, one.text) for one in story.heard] == [(verb, text.format(web=line.web))]
    assert (story.ended, story.problems) == ("hung_up", ())


def test_a_document_over_64_kilobytes_asks_the_fallback(line: SampleLine) -> None:
    line.pages["/voice/incoming"] = f"<Response><!-- {'a' * 65_536} --></Response>"
    assert line.call().problems[0].startswith("11750 ")


def test_the_last_of_each_cookie_is_kept(line: SampleLine) -> None:
    def answer(_: dict[str, str]) -> Response:
        response = Response("<Response><Redirect>/voice/menu</Redirect></Response>", content_type="text/xml")
        response.set_cookie("leg", "7", httponly=True)
        response.set_cookie("visit", "1")
        return response

    def again(_: dict[str, str]) -> Response:
        response = to("/voice/left")
        response.set_cookie("visit", "2")
        return response

    line.pages |= {"/voice/incoming": answer, "/voice/menu": again}
    line.call()
    kept = [sorted(headers.get("Cookie", "").split("; ")) for headers in line.headers]
    assert kept == [[""], ["leg=7", "visit=1"], ["leg=7", "visit=2"], ["leg=7", "visit=2"]]


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        (204, ()),
        ("<Response/>", ()),
        (lambda _: Response("ok", content_type="text/plain"), ()),
        ("", ("12100 not XML: no element found: line 1, column 0 (/voice/events)",)),
        (500, ("11200 the server answered 500 (/voice/events)",)),
        (lambda _: Response("{}", content_type="application/json"), ("12300 ",)),
        ("<Response><Pay/></Response>", ("<Pay> is not covered by the lab yet (/voice/events)",)),
    ],
    ids=["204", "empty document", "text", "nothing", "500", "JSON", "not covered"],
)
def test_what_is_answered_to_an_event_may_be_a_line_of_the_debugger(
    line: SampleLine, answer, complaint: tuple[str, ...]
) -> None:
    line.pages["/voice/events"] = answer
    told = line.call().problems
    assert len(told) == len(complaint)
    assert all(said.startswith(begin) for said, begin in zip(told, complaint, strict=True))
