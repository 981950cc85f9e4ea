"""A message after the beep: what ends it, what is told of it, and how long its sound is."""

import io
import wave

import pytest

from ivr.lab.handset import Handset
from ivr.lab.lab import Lab
from ivr.lab.records import Move
from tests.lab.sample_line import CALLER, NUMBER, SampleLine

Acts = list[tuple[float, str]]
EVENTS = 'recordingStatusCallback="/voice/recorded" recordingStatusCallbackEvent="{}"'


def recording(line: SampleLine, attributes: str) -> None:
    record = f'<Record {attributes} action="/voice/done"/>'
    line.pages["/voice/incoming"] = f"<Response>{record}<Say>Nobody spoke.</Say></Response>"
    line.pages["/voice/done"] = "<Response><Say>Thanks.</Say></Response>"
    line.pages["/voice/recorded"] = 204


def called(lab: Lab, acts: Acts) -> Handset:
    """A call that is over: keys, `say …` or `hang up`, each at its second."""
    phone = lab.phone(CALLER)
    began = phone.calls(NUMBER).call.created
    for at, what in acts:
        lab.run(began + at - lab.clock.now())
        match what.partition(" "):
            case ("say", _, words):
                phone.says(words)
            case ("hang", _, _):
                phone.hangs_up()
            case _:
                phone.presses(what)
    lab.run_until(lambda: phone.status == "completed", 60)
    return phone


@pytest.mark.parametrize(
    ("attributes", "acts", "digits", "seconds"),
    [
        ("", [(1, "say Hello.")], "", 6),
        ('timeout="2"', [(1, "say Hello."), (2.5, "say It is me.")], "", 4.5),
        ("", [(1, "say Hello."), (3, "#")], "#", 3),
        ("", [(1, "say Hello."), (3, "77")], "7", 3),
        ('finishOnKey="*"', [(1, "say Hello."), (2, "5"), (3, "*")], "*", 3),
        ('finishOnKey="*"', [(1, "say Hello."), (2, "5")], "", 7),
        ('maxLength="4"', [(1, "say Hello.")], "", 4),
        ('timeout="0" maxLength="20"', [(1, "say Hello.")], "", 20),
    ],
    ids=["silence", "silence anew", "any key", "keys", "its key", "another key", "limit", "no silence ends"],
)
def test_a_message_ends_with_silence_a_key_or_its_limit(
    line: SampleLine, attributes: str, acts: Acts, digits: str, seconds: float
) -> None:
    recording(line, attributes)
    with line.lab() as lab:
        phone = called(lab, acts)
        beep, *_, thanks = phone.everything()
    assert (beep.verb, thanks.text) == ("beep", "Thanks.")
    assert thanks.at - beep.at == pytest.approx(seconds)
    (done,) = line.forms("/voice/done")
    assert (done["Digits"], done["RecordingDuration"]) == (digits, str(round(seconds)))
    assert done["RecordingUrl"].endswith(f"/Recordings/{done['RecordingSid']}")


@pytest.mark.parametrize(
    ("attributes", "acts", "seconds"),
    [("", [], 5), ('timeout="2"', [], 2), ('timeout="9" maxLength="3"', [], 3), ("", [(1, "#")], 1)],
)
def test_silence_leads_to_the_next_verb(
    line: SampleLine, attributes: str, acts: Acts, seconds: float
) -> None:
    recording(line, attributes)
    with line.lab() as lab:
        beep, *_, after = called(lab, acts).everything()
    assert (after.text, line.forms("/voice/done")) == ("Nobody spoke.", [])
    assert after.at - beep.at == pytest.approx(seconds)


def test_a_hang_up_is_told_to_the_action_whose_document_nobody_hears(line: SampleLine) -> None:
    recording(line, "")
    with line.lab() as lab:
        phone = called(lab, [(1, "say Hello."), (4, "hang up")])
        assert phone.heard() == []
    (done,) = line.forms("/voice/done")
    assert (done["Digits"], done["RecordingDuration"], done["CallStatus"]) == ("hangup", "4", "completed")


def test_a_hang_up_in_silence_is_told_to_nobody(line: SampleLine) -> None:
    recording(line, "")
    with line.lab() as lab:
        called(lab, [(3, "hang up")])
    assert line.forms("/voice/done") == []


def test_without_a_beep_nothing_is_heard(line: SampleLine) -> None:
    recording(line, 'playBeep="false"')
    with line.lab() as lab:
        assert [heard.text for heard in called(lab, []).everything()] == ["Nobody spoke."]


@pytest.mark.parametrize(
    ("asked", "acts", "told"),
    [
        ("completed", [(1, "say Hello."), (3, "#")], [("completed", "3")]),
        ("in-progress completed", [(1, "say Hello."), (3, "#")], [("in-progress", "0"), ("completed", "3")]),
        ("absent", [(1, "say Hello."), (3, "#")], []),
        ("completed absent", [(0.2, "#")], [("absent", "0")]),
        ("completed", [(1, "say Hello."), (4, "hang up")], [("completed", "4")]),
    ],
)
def test_the_status_callback_tells_what_was_asked_for(
    line: SampleLine, asked: str, acts: Acts, told: list[tuple[str, str]]
) -> None:
    recording(line, EVENTS.format(asked))
    with line.lab() as lab:
        called(lab, acts)
        assert lab.story.alerts == []
    events = line.forms("/voice/recorded")
    assert [(event["RecordingStatus"], event["RecordingDuration"]) for event in events] == told
    assert len({event["RecordingSid"] for event in events}) <= 1
    assert not {"From", "To", "CallStatus"} & {field for event in events for field in event}


def test_its_sound_is_a_wav_of_its_length(line: SampleLine) -> None:
    recording(line, "")
    with line.lab() as lab:
        called(lab, [(3, "say Hello."), (7, "#")])
        with lab.exchange as network:
            (found,) = network.recordings.values()
            media = network.recording_media(found)
    with wave.open(io.BytesIO(media)) as sound:
        assert (sound.getnframes() / sound.getframerate(), sound.getnchannels()) == (7.0, 1)


def test_who_is_moved_in_the_middle_of_a_message_is_not_told_of_to_the_action(line: SampleLine) -> None:
    recording(line, "")
    with line.lab() as lab:
        phone = lab.phone(CALLER)
        leg = phone.calls(NUMBER)
        lab.run(1)
        phone.says("Hello.")
        lab.run(1)
        with lab.exchange as network:
            network.move_call(leg.call, Move(line.web + "/voice/left"))
        lab.run_until(lambda: phone.status == "completed", 9)
        assert (phone.heard(), line.forms("/voice/done")) == (["Goodbye then."], [])
        assert leg.ended_in == ""
