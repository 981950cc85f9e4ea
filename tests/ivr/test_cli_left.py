"""`calmline voicemails` and `calmline callbacks list`: what callers left for somebody to see to."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.settings import Settings
from routing.floor import Floor
from tests.ivr.command_line import Run, calmline_at, said
from tests.ivr.voice.scenes import another_call, at_config, later, set_clock
from tests.twilio import CALLER, OFFICE, Twilio

VOICEMAIL = ("after_hours: {message: closed_hours}", "after_hours: {voicemail: leave_message}")
RECORDING = "RE" + "a" * 32


@pytest.fixture
def run(settings: Settings) -> Run:
    return calmline_at(settings)


@pytest.fixture
def office(settings: Settings, floor: Floor, tmp_path: Path) -> Twilio:
    """The office on a Saturday."""
    set_clock(floor, datetime(2031, 1, 4, 17, 0, tzinfo=UTC))
    return another_call(at_config(settings, tmp_path, VOICEMAIL), dialled=OFFICE)


def leaves_message(call: Twilio) -> None:
    call.ask(call.calls().url("Record"), RecordingSid=RECORDING, RecordingDuration="17")


def test_messages_are_listed_newest_first_with_caller_length_and_recording(
    run: Run, floor: Floor, office: Twilio
) -> None:
    leaves_message(office)
    later(floor, minutes=2)
    unknown = another_call(office, caller="anonymous")
    leaves_message(unknown)
    lines = run("voicemails").stdout.splitlines()
    assert lines == [
        f"2031-01-04 17:02 UTC  number withheld  line office  17 s  {RECORDING}",
        f"2031-01-04 17:00 UTC  {CALLER}  line office  17 s  {RECORDING}",
    ]
    listed = said(run("voicemails", "--json"))
    assert [item["call"] for item in listed["items"]] == [unknown.call_sid, office.call_sid]
    assert listed["items"][1] | {"at": "", "call": ""} == {
        "call": "",
        "number": CALLER,
        "line": "office",
        "language": "en",
        "recording": RECORDING,
        "seconds": 17,
        "at": "",
    }
    assert datetime.fromisoformat(listed["items"][1]["at"]).date() == datetime(2031, 1, 4, tzinfo=UTC).date()


def test_wishes_to_be_called_back_are_listed_newest_first(run: Run, twilio: Twilio, floor: Floor) -> None:
    for number in (CALLER, "+14155550143"):
        call = another_call(twilio, caller=number)
        call.presses(call.calls(), "3")
        later(floor, minutes=1)
    lines = run("callbacks", "list").stdout.splitlines()
    assert [line.split("UTC  ")[1] for line in lines] == [
        "+14155550143  line support  asked to be called back",
        f"{CALLER}  line support  asked to be called back",
    ]
    listed = said(run("callbacks", "list", "--json"))
    assert (set(listed), listed["next"]) == ({"items", "next"}, None)
    assert [item["number"] for item in listed["items"]] == ["+14155550143", CALLER]
    assert all({"call", "number", "line", "at"} <= set(item) for item in listed["items"])
