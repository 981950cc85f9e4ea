"""A message that the caller leaves: asked for, recorded, kept once, listed; promised only when it is kept."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from config.settings import Settings
from routing.call_history import calls_since, voicemails
from routing.floor import Floor
from routing.rules.call_states import CallState
from tests.ivr.voice.scenes import another_call, at_an_app, at_config, ends, everything, set_clock
from tests.twilio import CALLER, OFFICE, Heard, Twilio

LEAVE = (
    "Nobody can take your call at the moment. Please leave your name, your number and what it is about.",
    "We open again on Monday, January 6, at 9:00 AM.",
)
URGENT, BEEP = "If this is urgent, press 0.", "Please speak after the tone."
GOODBYE = "Thank you for calling. Goodbye."
KEPT = "Thank you. We have your message, and somebody will listen to it."
SORRY = "We are sorry, we cannot take your call at the moment. Please call again in a few minutes."
WRITE_TO = "You can also write to us at support@example.com."
VOICEMAIL = ("after_hours: {message: closed_hours}", "after_hours: {voicemail: leave_message}")
LENGTHS = ("{longest_s: 120, silence_s: 5}", "{longest_s: 90, silence_s: 4}")
RECORDING = {"RecordingSid": "RE" + "a" * 32, "RecordingDuration": "17", "Digits": "hangup"}


@pytest.fixture
def office(settings: Settings, floor: Floor, tmp_path: Path) -> Twilio:
    """A call to an office with a voicemail, on a Saturday."""
    set_clock(floor, datetime(2031, 1, 4, 17, 0, tzinfo=UTC))
    return another_call(at_config(settings, tmp_path, VOICEMAIL, LENGTHS), dialled=OFFICE)


def records(office: Twilio, asked: Heard, **more: str) -> Heard:
    """The caller spoke; Twilio tells of the recording."""
    return office.ask(asked.url("Record"), **(RECORDING | more))


def test_the_caller_is_asked_for_a_message_with_time_for_the_urgent_key_before_the_beep(
    office: Twilio,
) -> None:
    asked = office.calls()
    assert asked.verbs == ["Say", "Say", "Gather", "Record", "Say", "Hangup"]
    assert asked.says == [*LEAVE, URGENT, BEEP, GOODBYE]
    gather, record = asked.root[2], asked.root[3]
    assert gather.get("numDigits") == "1"
    assert gather.get("actionOnEmptyResult") in (None, "false"), "silence goes on to the beep"
    assert record.get("action", "").startswith(f"{office.public_url}/voice/voicemail?")
    attributes = {name: value for name, value in record.attrib.items() if name != "action"}
    assert attributes == {
        "method": "POST",
        "maxLength": "90",
        "timeout": "4",
        "playBeep": "true",
        "recordingStatusCallback": f"{office.public_url}/voice/events",
        "recordingStatusCallbackMethod": "POST",
    }


@pytest.mark.parametrize(("key", "queue"), [("0", "urgent"), ("2", ""), ("5", "")])
def test_before_the_beep_the_urgent_key_leads_on(office: Twilio, floor: Floor, key: str, queue: str) -> None:
    heard = office.presses(office.calls(), key)
    assert heard.queue == queue if queue else heard.says == [GOODBYE]
    assert voicemails(floor) == []


def test_a_recorded_message_is_confirmed_kept_and_listed_once(office: Twilio, floor: Floor) -> None:
    asked = office.calls()
    heard = records(office, asked)
    assert (heard.verbs, heard.says) == (["Say", "Say", "Hangup"], [KEPT, GOODBYE])
    held = everything(floor)
    for _ in range(3):
        assert records(office, asked).body == heard.body
    assert records(office, asked, RecordingSid="RE" + "b" * 32).body == heard.body
    assert everything(floor) == held
    (kept,) = voicemails(floor)
    assert (kept.call_sid, kept.number, kept.line, kept.language) == (office.call_sid, CALLER, "office", "en")
    assert (kept.recording_sid, kept.seconds) == (RECORDING["RecordingSid"], 17)
    assert abs((kept.at - floor.clock.now(floor.store)).total_seconds()) < 5


@pytest.mark.parametrize("first", ["the recording", "the end of the call"])
def test_who_hangs_up_after_the_message_has_left_it_whatever_twilio_tells_first(
    office: Twilio, floor: Floor, first: str
) -> None:
    asked = office.calls()
    if first == "the end of the call":
        ends(office)
    heard = records(office, asked)
    assert heard.says[0] == KEPT
    if first == "the recording":
        ends(office)
    assert records(office, asked).body == heard.body
    assert [one.call_sid for one in voicemails(floor)] == [office.call_sid]
    assert floor.calls.look_at_wait(office.call_sid) is CallState.ENDED
    (told,) = calls_since(floor)
    assert (told.ended, [step.said["step"] for step in told.steps]) == (
        "completed",
        ["incoming:0", "voicemail:1"],
    )


@pytest.mark.parametrize(
    ("said", "seconds"), [("0", 0), ("", 0), ("-1", 0), ("1e3", 0), ("9" * 20, 0), ("600", 600), ("٣", 3)]
)
def test_any_length_that_twilio_gives_is_taken(office: Twilio, floor: Floor, said: str, seconds: int) -> None:
    assert records(office, office.calls(), RecordingDuration=said).says[0] == KEPT
    assert [one.seconds for one in voicemails(floor)] == [seconds]


def test_a_withheld_number_may_leave_a_message_too(office: Twilio, floor: Floor) -> None:
    unknown = another_call(office, caller="anonymous")
    records(unknown, unknown.calls())
    assert [one.number for one in voicemails(floor)] == [""]


def test_a_message_that_could_not_be_written_down_is_not_promised_and_the_log_names_it(
    settings: Settings, office: Twilio, floor: Floor, logged: Callable[[], list[dict[str, Any]]]
) -> None:
    asked = office.calls()
    with_redis, office.client = office.client, at_an_app(settings, redis_url="redis://127.0.0.1:1").client
    heard = records(office, asked)
    assert (heard.verbs, heard.says) == (["Say", "Say", "Hangup"], [SORRY, WRITE_TO])
    (entry,) = [line for line in logged() if line["event"] == "not_written_down"]
    assert entry["call"] == office.call_sid
    assert RECORDING["RecordingSid"] in entry["left"]
    assert voicemails(floor) == []
    office.client = with_redis
    assert records(office, asked).says[0] == KEPT, "Twilio's second try finds Redis again"
    assert len(voicemails(floor)) == 1


def test_what_twilio_tells_of_the_recording_later_is_taken_note_of(office: Twilio) -> None:
    event = {"AccountSid": office.form()["AccountSid"], "RecordingStatus": "completed"} | RECORDING
    assert office.post("/voice/events", event).status_code == 204


def test_a_voicemail_without_a_way_out_records_whatever_is_pressed(
    settings: Settings, tmp_path: Path
) -> None:
    changes = ("otherwise: {queue: general}", "otherwise: {voicemail: leave_message}")
    call = another_call(at_config(settings, tmp_path, changes))
    menu = call.calls()
    for _ in range(3):
        menu = call.presses(menu, "")
    assert (menu.verbs, menu.says) == (["Say", "Say", "Record", "Say", "Hangup"], [LEAVE[0], BEEP, GOODBYE])
