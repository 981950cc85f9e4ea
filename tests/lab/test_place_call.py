"""Whole calls through the sample line, over HTTP."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from ivr.lab.caller import CallStory
from ivr.lab.signing import SigningKey
from ivr.lab.story import Heard
from tests.lab.sample_line import ACCOUNT, CALLER, NUMBER, SampleLine


def told(story: CallStory) -> list[tuple[str, str, str]]:
    return [(heard.verb, heard.text, heard.language) for heard in story.heard]


def lines(story: CallStory) -> list[str]:
    return [f"{heard.verb}: {heard.text}" for heard in story.heard]


def test_the_menu_leads_to_the_queue_and_a_key_there_leads_out_again(line: SampleLine):
    story = line.call(press=["1", "5"])
    assert lines(story) == [
        "Say: Press 1 to wait.",
        "press: 1",
        "Say: Please hold.",
        "Say: You are first.",
        "press: 5",
        "Say: We call you back.",
        "Say: Goodbye then.",
    ]
    assert (story.ended, story.problems, story.event_status, story.unpressed) == ("hung_up", (), 200, ())
    assert [request.path for request in story.requests] == line.paths()
    assert all(request.status == 200 and request.milliseconds > 0 for request in story.requests)


def test_every_webhook_carries_the_fields_of_a_real_one(line: SampleLine):
    story = line.call(press=["1", "5"], stir_verstat="TN-Validation-Passed-A")
    first, then = line.forms("/voice/incoming")[0], line.forms("/voice/menu")[0]
    assert len(first) == 27
    assert first["StirVerstat"] == "TN-Validation-Passed-A"
    assert (first["CallStatus"], then["CallStatus"]) == ("ringing", "in-progress")
    assert (then["Digits"], then["FinishedOnKey"]) == ("1", "")
    assert all(form["CallSid"] == story.call_sid and form["AccountSid"] == ACCOUNT for _, form in line.asked)
    assert all(
        form["From"] == form["Caller"] == CALLER and form["Called"] == NUMBER for _, form in line.asked
    )


def test_the_call_ends_with_a_status_callback(line: SampleLine):
    line.call()
    path, event = line.asked[-1]
    assert path == "/voice/events"
    assert (event["CallStatus"], event["CallbackSource"]) == ("completed", "call-progress-events")
    assert (event["CallDuration"], event["SequenceNumber"]) == ("1", "0")
    assert event["Timestamp"].endswith("+0000")


def test_a_caller_who_presses_nothing_hears_the_next_verb(line: SampleLine):
    story = line.call()
    assert lines(story) == ["Say: Press 1 to wait.", "Say: Goodbye."]
    assert story.ended == "hung_up"


@pytest.mark.parametrize("nothing", ["#", ""])
def test_a_lone_finishing_key_is_no_input(line: SampleLine, nothing: str):
    story = line.call(press=[nothing])
    assert lines(story) == ["Say: Press 1 to wait.", f"press: {nothing}", "Say: Goodbye."]
    assert "/voice/menu" not in line.paths()


def test_an_empty_result_goes_to_the_action_only_if_the_gather_says_so(line: SampleLine):
    line.pages["/voice/incoming"] = '<Response><Gather actionOnEmptyResult="true" action="menu"/></Response>'
    line.pages["/voice/menu"] = "<Response><Say>Nothing pressed.</Say></Response>"
    assert lines(line.call()) == ["Say: Nothing pressed."]
    assert line.forms("/voice/menu")[0]["Digits"] == ""


def test_more_keys_than_the_line_asked_for_are_left_over(line: SampleLine):
    line.pages["/voice/menu"] = "<Response><Say>Thank you.</Say></Response>"
    assert line.call(press=["1", "2", "3"]).unpressed == ("2", "3")


def test_a_gather_without_an_action_asks_its_own_document_again(line: SampleLine):
    line.pages["/voice/incoming"] = lambda form: (
        f"<Response><Say>You pressed {form['Digits']}.</Say></Response>"
        if "Digits" in form
        else '<Response><Gather finishOnKey="*"/></Response>'
    )
    assert lines(line.call(press=["42*"])) == ["press: 42*", "Say: You pressed 42."]
    assert line.forms("/voice/incoming")[1]["FinishedOnKey"] == "*"


def test_words_answer_the_first_gather_that_takes_speech(line: SampleLine):
    line.pages["/voice/incoming"] = (
        '<Response><Gather/><Gather input="speech" language="es-MX" action="/voice/menu"/></Response>'
    )
    line.pages["/voice/menu"] = "<Response/>"
    story = line.call(say="ayuda")
    assert told(story) == [("speak", "ayuda", "es-MX")]
    assert line.forms("/voice/menu")[0]["SpeechResult"] == "ayuda"
    assert 0 < float(line.forms("/voice/menu")[0]["Confidence"]) <= 1


def test_everything_audible_is_told_in_order_and_as_it_happens(line: SampleLine):
    line.pages["/voice/incoming"] = (
        '<Response><Say language="es-MX">Hola\n  amigo</Say><Play>/a.mp3</Play><Pause/><Hangup/></Response>'
    )
    as_it_happens: list[Heard] = []
    story = line.call(on_heard=as_it_happens.append)
    assert told(story) == [("Say", "Hola amigo", "es-MX"), ("Play", "/a.mp3", ""), ("Pause", "1 s", "")]
    assert story.heard == tuple(as_it_happens)


@pytest.mark.parametrize(
    ("verbs", "ended"),
    [
        ("<Reject/>", "hung_up"),
        ("<Hangup/><Say>never</Say>", "hung_up"),
        ("", "hung_up"),
    ],
)
def test_the_last_verb_says_how_the_call_ended(line: SampleLine, verbs: str, ended: str):
    line.pages["/voice/incoming"] = f"<Response>{verbs}</Response>"
    story = line.call()
    assert (story.ended, story.heard) == (ended, ())


@pytest.mark.parametrize("nouns", ["+14155550177", "<Conference>a room</Conference>"])
@pytest.mark.parametrize("before", ["", '<Gather numDigits="1" action="/voice/menu"/>'], ids=["", "a Gather"])
def test_who_is_to_talk_with_others_hangs_up_after_a_second(line: SampleLine, nouns: str, before: str):
    line.pages["/voice/incoming"] = f"<Response>{before}<Dial>{nouns}</Dial><Say>never</Say></Response>"
    story = line.call(wait_s=60)
    assert (story.ended, story.problems, "never" in str(story.heard)) == ("rings", (), False)
    assert line.forms("/voice/events")[0]["CallDuration"] == "1"


@pytest.mark.parametrize(
    ("say", "silence_s"), [(None, 1), ("Call me, please.", 5)], ids=["whatever comes", "words"]
)
def test_who_is_asked_for_a_message_leaves_one_and_hangs_up(
    line: SampleLine, say: str | None, silence_s: int
):
    line.pages["/voice/incoming"] = (
        f'<Response><Record timeout="{silence_s}" action="/voice/left"/><Say>never</Say></Response>'
    )
    story = line.call(say=say)
    assert (story.ended, story.problems) == ("voicemail", ())
    assert lines(story) == ["beep: beep", f"speak: {say or 'This is a message.'}"]
    left = line.forms("/voice/left")[0]
    assert (left["Digits"], left["RecordingDuration"], left["CallStatus"]) == ("hangup", "1", "completed")


def test_a_get_is_signed_with_its_fields_in_the_address(line: SampleLine):
    line.pages["/voice/incoming"] = (
        '<Response><Redirect method="GET">menu?token=a%20b#rc=2</Redirect></Response>'
    )
    line.pages["/voice/menu"] = "<Response><Say>By GET.</Say></Response>"
    assert lines(line.call()) == ["Say: By GET."]
    assert line.forms("/voice/menu")[0]["token"] == "a b"
    assert line.forms("/voice/menu")[0]["CallStatus"] == "in-progress"


def test_the_public_address_is_signed_while_the_server_is_reached_at_another(line: SampleLine):
    line.public_url = "https://voice.example.com"
    line.pages["/voice/incoming"] = (
        "<Response><Redirect>https://voice.example.com:443/voice/left?token=x</Redirect></Response>"
    )
    story = line.call()
    assert lines(story) == ["Say: Goodbye then."]


def test_a_named_key_signs_instead_of_the_token(line: SampleLine):
    line.secret = "key's secret"
    account = line.account(signing_key=SigningKey("k", "key's secret"))
    assert line.call(account=account).problems == ()


def test_cookies_are_kept_during_a_call_and_not_after_it(line: SampleLine):
    from flask import after_this_request

    def set_cookie(_form: dict[str, str]) -> str:
        @after_this_request
        def add(response):
            response.set_cookie("leg", "7")
            return response

        return "<Response><Redirect>/voice/left</Redirect></Response>"

    line.pages["/voice/incoming"] = set_cookie
    line.call()
    line.call()
    assert ["leg=7" in headers.get("Cookie", "") for headers in line.headers] == [False, True, True] * 2


def test_a_callsid_of_ones_own_choice_is_used(line: SampleLine):
    assert line.call(call_sid="CA" + "f" * 32).call_sid == line.asked[0][1]["CallSid"] == "CA" + "f" * 32


def test_twenty_calls_at_once_do_not_mix(line: SampleLine):
    with ThreadPoolExecutor(20) as pool:
        stories = list(pool.map(lambda _: line.call(press=["1", "5"]), range(20)))
    assert len({story.call_sid for story in stories}) == 20
    assert {len(story.heard) for story in stories} == {7}
