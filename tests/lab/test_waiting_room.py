"""The waiting room: who stays, who leaves, and what the line is told."""

import pytest

from ivr.lab.caller import CallStory
from tests.lab.sample_line import SampleLine


def is_one_moment(story: CallStory) -> bool:
    return len({heard.at for heard in story.heard}) == 1


def test_an_impatient_caller_hangs_up_after_the_first_waiting_document(line: SampleLine):
    story = line.call(press=["1"])
    assert story.ended == "waiting"
    assert [heard.text for heard in story.heard][-2:] == ["You are first.", "19 s"]
    assert is_one_moment(story)
    left = line.forms("/voice/left")[0]
    assert (left["QueueResult"], left["CallStatus"], left["QueueTime"]) == ("hangup", "completed", "0")
    # Both are told beside the call, which is over: Twilio promises no order.
    assert sorted(line.paths()[-2:]) == ["/voice/events", "/voice/left"]


def test_the_wait_url_is_told_about_the_queue(line: SampleLine):
    line.call(press=["1"])
    waiting = line.forms("/voice/music")[0]
    assert waiting["QueueSid"].startswith("QU")
    assert len(waiting["QueueSid"]) == 34
    assert (waiting["QueuePosition"], waiting["CurrentQueueSize"], waiting["MaxQueueSize"]) == (
        "1",
        "1",
        "1000",
    )
    assert waiting["QueueSid"] == line.forms("/voice/left")[0]["QueueSid"]


def test_a_patient_caller_sits_through_document_after_document(line: SampleLine):
    story = line.call(press=["1"], wait_s=60)
    a_document = len("You are first.") / 15 + 5 + 19
    began = [heard.at - story.heard[0].at for heard in story.heard if heard.text == "You are first."]
    assert began == pytest.approx([0, a_document, 2 * a_document])
    assert [form["QueueTime"] for form in line.forms("/voice/music")] == ["0", "24", "49"]
    assert line.forms("/voice/left")[0]["QueueTime"] == "60"
    assert line.forms("/voice/events")[0]["CallDuration"] == "60"
    assert story.ended == "waiting"


def test_a_long_wait_is_not_a_redirect_loop(line: SampleLine):
    line.pages["/voice/music"] = "<Response/>"
    story = line.call(press=["1"], wait_s=150)
    assert (story.ended, story.problems) == ("waiting", ())
    assert [form["QueueTime"] for form in line.forms("/voice/music")] == [str(s) for s in range(150)]


def test_leaving_asks_the_action_and_its_document_is_the_call(line: SampleLine):
    story = line.call(press=["1", "5"])
    left = line.forms("/voice/left")
    assert [(form["QueueResult"], form["CallStatus"]) for form in left] == [("leave", "in-progress")]
    assert (story.ended, story.heard[-1].text) == ("hung_up", "Goodbye then.")


def test_without_an_action_leaving_goes_on_after_the_enqueue(line: SampleLine):
    line.pages["/voice/incoming"] = (
        '<Response><Enqueue waitUrl="/voice/key">general</Enqueue><Say>Back again.</Say></Response>'
    )
    story = line.call()
    assert [heard.text for heard in story.heard] == ["We call you back.", "Back again."]
    assert story.ended == "hung_up"


def test_after_a_keys_document_the_music_starts_again(line: SampleLine):
    line.pages["/voice/key"] = "<Response><Say>There is no such key.</Say></Response>"
    story = line.call(press=["1", "9"])
    assert [heard.text for heard in story.heard][3:] == [
        "You are first.",
        "9",
        "There is no such key.",
        "You are first.",
        "19 s",
    ]
    assert story.ended == "waiting"
    assert "QueueTime" not in line.forms("/voice/key")[0]


def test_keys_are_pressed_when_a_later_document_asks_for_them(line: SampleLine):
    music = line.pages["/voice/music"]
    line.pages["/voice/music"] = lambda _: (
        str(music) if len(line.forms("/voice/music")) > 3 else "<Response><Say>Please wait.</Say></Response>"
    )
    story = line.call(press=["1", "5"], wait_s=30)
    assert (story.ended, story.unpressed, is_one_moment(story)) == ("hung_up", (), True)


def test_keys_that_nobody_asks_for_do_not_keep_the_caller_for_ever(line: SampleLine):
    line.pages["/voice/music"] = "<Response><Say>Please wait.</Say></Response>"
    story = line.call(press=["1", "5"])
    assert (story.ended, story.unpressed, len(line.forms("/voice/music"))) == ("waiting", ("5",), 11)


def test_a_redirect_in_the_waiting_room_stays_there(line: SampleLine):
    line.pages["/voice/music"] = "<Response><Redirect>key</Redirect></Response>"
    story = line.call(press=["1"])
    assert (story.ended, story.heard[-1].text) == ("hung_up", "Goodbye then.")


def test_a_hangup_in_the_waiting_room_ends_the_call(line: SampleLine):
    line.pages["/voice/music"] = "<Response><Say>We are closing.</Say><Hangup/></Response>"
    story = line.call(press=["1"], wait_s=60)
    assert (story.ended, line.forms("/voice/left")[0]["QueueResult"]) == ("hung_up", "hangup")


def test_without_a_wait_url_twilios_own_music_plays(line: SampleLine):
    line.pages["/voice/incoming"] = "<Response><Enqueue>general</Enqueue></Response>"
    story = line.call(wait_s=15)
    assert [heard.verb for heard in story.heard] == ["Play", "Play"]
    assert (story.ended, line.forms("/voice/events")[0]["CallDuration"]) == ("waiting", "15")


def test_a_document_that_only_calls_may_have_fails_in_the_waiting_room(line: SampleLine):
    line.pages["/voice/music"] = "<Response><Record/></Response>"
    story = line.call(press=["1"])
    assert (story.ended, story.heard[-1].text) == ("hung_up", "Sorry, please call again.")
    assert story.problems == ("12200 Record: not allowed in a waiting room (/voice/music)",)


def test_an_impatient_caller_does_not_stay_for_a_document_without_sound(line: SampleLine):
    line.pages["/voice/music"] = "<Response/>"
    story = line.call(press=["1"])
    assert (story.ended, story.problems, len(line.forms("/voice/music"))) == ("waiting", (), 1)


def test_who_has_pressed_the_last_key_waits_on_in_time(line: SampleLine):
    line.pages["/voice/key"] = "<Response/>"
    line.call(press=["1", "9"], wait_s=30)
    assert [form["QueueTime"] for form in line.forms("/voice/music")] == ["0", "1", "25"]


def test_only_the_queue_takes_the_callers_patience(line: SampleLine):
    """Out of it nothing takes time, and nobody is cut off by a wait that was over before."""
    queue = '<Enqueue waitUrl="/voice/music">{}</Enqueue>'
    menu = '<Gather action="/voice/end"><Say>Which one?</Say></Gather>'
    line.pages["/voice/incoming"] = (
        f"<Response>{queue.format('a')}<Say>{'Well. ' * 100}</Say>{menu}{queue.format('b')}</Response>"
    )
    line.pages["/voice/music"] = lambda form: (
        '<Response><Pause length="20"/></Response>'
        if form["QueueTime"] == "0"
        else "<Response><Leave/></Response>"
    )
    story = line.call(wait_s=30)
    at = [heard.at - story.heard[0].at for heard in story.heard]
    assert [(heard.verb, at) for heard, at in zip(story.heard, at, strict=True)] == [
        *[("Pause", 0), ("Say", 20), ("Say", 20), ("Pause", 20)]
    ]
    assert (story.ended, line.forms("/voice/events")[0]["CallDuration"]) == ("waiting", "30")


def test_when_waiting_fails_and_the_fallback_too_the_patience_is_over(line: SampleLine):
    line.pages |= {"/voice/music": 500, "/voice/fallback": 500}
    story = line.call(press=["1"], wait_s=2)
    assert (story.ended, story.heard[-1].text[:28]) == ("error", "An application error has occ")
    assert line.forms("/voice/events")[0]["CallDuration"] == "1"
