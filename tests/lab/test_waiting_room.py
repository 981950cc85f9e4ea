"""The waiting room: who stays, who leaves, and what the line is told."""

from typing import Any

import pytest

from ivr.lab.caller import place_call
from ivr.lab.story import CallStory
from tests.lab.sample_line import CALLER, NUMBER, SampleLine


class FakeSleep:
    def __init__(self) -> None:
        self.slept: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.fixture
def sleep() -> FakeSleep:
    return FakeSleep()


def call(line: SampleLine, sleep: FakeSleep, **how: Any) -> CallStory:
    return place_call(line.carrier(), from_=CALLER, to=NUMBER, sleep=sleep, **how)


def test_an_impatient_caller_hangs_up_after_the_first_waiting_document(line: SampleLine, sleep: FakeSleep):
    story = call(line, sleep, press=["1"])
    assert story.ended == "waiting"
    assert [heard.text for heard in story.heard][-2:] == ["You are first.", "19 s"]
    assert sleep.slept == []
    left = line.forms("/voice/left")[0]
    assert (left["QueueResult"], left["CallStatus"], left["QueueTime"]) == ("hangup", "completed", "0")
    assert line.paths()[-2:] == ["/voice/left", "/voice/events"]


def test_the_wait_url_is_told_about_the_queue(line: SampleLine, sleep: FakeSleep):
    call(line, sleep, press=["1"])
    waiting = line.forms("/voice/music")[0]
    assert waiting["QueueSid"].startswith("QU")
    assert len(waiting["QueueSid"]) == 34
    assert (waiting["QueuePosition"], waiting["CurrentQueueSize"], waiting["MaxQueueSize"]) == (
        "1",
        "1",
        "1000",
    )
    assert waiting["QueueSid"] == line.forms("/voice/left")[0]["QueueSid"]


def test_a_patient_caller_sits_through_document_after_document(line: SampleLine, sleep: FakeSleep):
    story = call(line, sleep, press=["1"], wait_s=60)
    a_document = len("You are first.") / 15 + 5 + 19
    assert sleep.slept == pytest.approx([a_document, a_document, 60 - 2 * a_document])
    assert [form["QueueTime"] for form in line.forms("/voice/music")] == ["0", "24", "49"]
    assert line.forms("/voice/left")[0]["QueueTime"] == "60"
    assert line.forms("/voice/events")[0]["CallDuration"] == "60"
    assert story.ended == "waiting"


def test_a_long_wait_is_not_a_redirect_loop(line: SampleLine, sleep: FakeSleep):
    line.pages["/voice/music"] = "<Response/>"
    story = call(line, sleep, press=["1"], wait_s=150)
    assert (story.ended, story.problems, len(sleep.slept)) == ("waiting", (), 150)


def test_leaving_asks_the_action_and_its_document_is_the_call(line: SampleLine, sleep: FakeSleep):
    story = call(line, sleep, press=["1", "5"])
    left = line.forms("/voice/left")
    assert [(form["QueueResult"], form["CallStatus"]) for form in left] == [("leave", "in-progress")]
    assert (story.ended, story.heard[-1].text) == ("hung_up", "Goodbye then.")


def test_without_an_action_leaving_goes_on_after_the_enqueue(line: SampleLine, sleep: FakeSleep):
    line.pages["/voice/incoming"] = (
        '<Response><Enqueue waitUrl="/voice/key">general</Enqueue><Say>Back again.</Say></Response>'
    )
    story = call(line, sleep)
    assert [heard.text for heard in story.heard] == ["We call you back.", "Back again."]
    assert story.ended == "hung_up"


def test_after_a_keys_document_the_music_starts_again(line: SampleLine, sleep: FakeSleep):
    line.pages["/voice/key"] = "<Response><Say>There is no such key.</Say></Response>"
    story = call(line, sleep, press=["1", "9"])
    assert [heard.text for heard in story.heard][3:] == [
        "You are first.",
        "9",
        "There is no such key.",
        "You are first.",
        "19 s",
    ]
    assert story.ended == "waiting"
    assert "QueueTime" not in line.forms("/voice/key")[0]


def test_keys_are_pressed_when_a_later_document_asks_for_them(line: SampleLine, sleep: FakeSleep):
    music = line.pages["/voice/music"]
    line.pages["/voice/music"] = lambda _: (
        str(music) if len(line.forms("/voice/music")) > 3 else "<Response><Say>Please wait.</Say></Response>"
    )
    story = call(line, sleep, press=["1", "5"], wait_s=30)
    assert (story.ended, story.unpressed, sleep.slept) == ("hung_up", (), [])


def test_keys_that_nobody_asks_for_do_not_keep_the_caller_for_ever(line: SampleLine, sleep: FakeSleep):
    line.pages["/voice/music"] = "<Response><Say>Please wait.</Say></Response>"
    story = call(line, sleep, press=["1", "5"])
    assert (story.ended, story.unpressed, len(line.forms("/voice/music"))) == ("waiting", ("5",), 11)


def test_a_redirect_in_the_waiting_room_stays_there(line: SampleLine, sleep: FakeSleep):
    line.pages["/voice/music"] = "<Response><Redirect>key</Redirect></Response>"
    story = call(line, sleep, press=["1"])
    assert (story.ended, story.heard[-1].text) == ("hung_up", "Goodbye then.")


def test_a_hangup_in_the_waiting_room_ends_the_call(line: SampleLine, sleep: FakeSleep):
    line.pages["/voice/music"] = "<Response><Say>We are closing.</Say><Hangup/></Response>"
    story = call(line, sleep, press=["1"], wait_s=60)
    assert (story.ended, line.forms("/voice/left")[0]["QueueResult"]) == ("hung_up", "hangup")


def test_without_a_wait_url_twilios_own_music_plays(line: SampleLine, sleep: FakeSleep):
    line.pages["/voice/incoming"] = "<Response><Enqueue>general</Enqueue></Response>"
    story = call(line, sleep, wait_s=15)
    assert [heard.verb for heard in story.heard] == ["Play", "Play"]
    assert (story.ended, sum(sleep.slept)) == ("waiting", 15)


def test_a_document_that_only_calls_may_have_fails_in_the_waiting_room(line: SampleLine, sleep: FakeSleep):
    line.pages["/voice/music"] = "<Response><Record/></Response>"
    story = call(line, sleep, press=["1"])
    assert (story.ended, story.heard[-1].text) == ("hung_up", "Sorry, please call again.")
    assert story.problems == ("12200 Record: not allowed in a waiting room (/voice/music)",)
