"""Verbs that speak, repeat, lead on and refuse."""

import pytest

from tests.lab.sample_line import CALLER, NUMBER, SampleLine


@pytest.mark.parametrize(
    ("verb", "heard", "seconds"),
    [
        ("<Say>Fifteen letters</Say>", ["Fifteen letters"], 1),
        ('<Say loop="3">Fifteen letters</Say>', ["Fifteen letters"] * 3, 3),
        ('<Play loop="2">/a.mp3</Play>', ["/a.mp3"] * 2, 20),
        ('<Pause length="7"/>', [], 7),
        ("<Pause/>", [], 1),
        ('<Play loop="0">/a.mp3</Play>', ["/a.mp3"] * 1000, 10_000),
        ('<Say loop="0">Fifteen letters</Say>', ["Fifteen letters"] * 1000, 1000),
    ],
)
def test_what_is_said_lasts_and_is_repeated(
    line: SampleLine, verb: str, heard: list[str], seconds: float
) -> None:
    line.pages["/voice/incoming"] = f"<Response>{verb}<Say>End.</Say></Response>"
    with line.lab() as lab:
        phone = lab.phone(CALLER)
        leg = phone.calls(NUMBER)
        lab.run(seconds + 1)
        assert (phone.status, phone.heard()) == ("completed", [*heard, "End."])
        assert phone.everything()[-1].at - leg.call.created == pytest.approx(seconds)


def test_a_prompt_without_end_ends_with_the_call(line: SampleLine) -> None:
    line.pages["/voice/incoming"] = '<Response><Play loop="0">/a.mp3</Play><Say>never</Say></Response>'
    with line.lab() as lab:
        phone = lab.phone(CALLER)
        phone.calls(NUMBER)
        lab.run(35)
        phone.hangs_up()
        lab.run(60)
        assert (phone.status, phone.heard()) == ("completed", ["/a.mp3"] * 4)


@pytest.mark.parametrize(("method", "asked_by"), [("", "POST"), ('method="GET"', "GET")])
def test_a_redirect_leads_on_and_what_follows_it_is_never_heard(
    line: SampleLine, method: str, asked_by: str
) -> None:
    line.pages["/voice/incoming"] = (
        f"<Response><Redirect {method}>left?visit=2</Redirect><Say>never</Say></Response>"
    )
    story = line.call()
    assert [heard.text for heard in story.heard] == ["Goodbye then."]
    assert (line.methods[1], line.forms("/voice/left")[0]["visit"]) == (asked_by, "2")


@pytest.mark.parametrize(
    ("verbs", "heard", "status", "seconds"),
    [
        ("<Reject/>", [], "no-answer", "0"),
        ('<Reject reason="busy"/>', [], "busy", "0"),
        ("<Reject/><Say>never</Say>", [], "no-answer", "0"),
        ("<Say>Thirty characters, two seconds</Say><Reject/>", ["Thirty characters, two seconds"], "", "2"),
        ('<Redirect>/voice/no</Redirect><Reject reason="busy"/>', [], "", "1"),
    ],
    ids=["first", "busy", "first of two", "later", "in another document"],
)
def test_only_a_reject_that_comes_first_refuses_the_call(
    line: SampleLine, verbs: str, heard: list[str], status: str, seconds: str
) -> None:
    line.pages |= {
        "/voice/incoming": f"<Response>{verbs}</Response>",
        "/voice/no": "<Response><Reject/></Response>",
    }
    with line.lab() as lab:
        phone = lab.phone(CALLER)
        leg = phone.calls(NUMBER)
        lab.run(5)
        assert (phone.status, phone.heard()) == (status or "completed", heard)
        assert (leg.call.answered is None) == bool(status)
    (event,) = line.forms("/voice/events")
    assert (event["CallStatus"], event["CallDuration"]) == (status or "completed", seconds)
