"""Recordings, as the real client starts, pauses, fetches and deletes them."""

import pytest
import requests
from twilio.base.exceptions import TwilioRestException

from ivr.lab.records import Callback, Recording
from tests.lab.rest.conftest import Rest

URL = "https://line.example/voice/events"


def stop(rest: Rest, recording: Recording) -> None:
    """It ends after a second."""
    rest.bench.pass_time(1)
    with rest.bench.desk as network:
        network.stop_recording(recording)


def test_a_recording_is_started_as_we_want_it(rest: Rest) -> None:
    made = rest.client.calls(rest.bench.talking().sid).recordings.create(
        recording_channels="dual",
        recording_track="both",
        trim="do-not-trim",
        recording_status_callback=URL,
        recording_status_callback_method="POST",
        recording_status_callback_event=["in-progress", "completed", "absent"],
    )
    assert (made.status, made.channels, made.track, made.duration) == ("in-progress", 2, "both", None)
    events = frozenset({"in-progress", "completed", "absent"})
    assert rest.network.done[-1] == ("record", 2, "both", Callback(URL, "POST", events), "do-not-trim")


def test_events_may_come_with_spaces_between_them(rest: Rest) -> None:
    form = {"RecordingStatusCallback": URL, "RecordingStatusCallbackEvent": "completed absent"}
    assert rest.post(f"/Calls/{rest.bench.talking().sid}/Recordings.json", form).status_code == 201
    assert rest.network.done[-1][3].events == {"completed", "absent"}


@pytest.mark.parametrize("status", ["paused", "in-progress", "stopped"])
def test_a_finished_recording_does_not_change_any_more(rest: Rest, status: str) -> None:
    recording = rest.bench.a_recording()
    stop(rest, recording)
    with pytest.raises(TwilioRestException, match="Recording is not in-progress") as no:
        rest.client.calls(recording.call_sid).recordings(recording.sid).update(status=status)
    assert (no.value.status, no.value.code) == (400, 21220)


@pytest.mark.parametrize("by", ["its SID", "Twilio.CURRENT"])
def test_a_recording_is_paused_resumed_and_stopped(rest: Rest, by: str) -> None:
    recording = rest.bench.a_recording()
    sid = recording.sid if by == "its SID" else by
    its = rest.client.calls(recording.call_sid).recordings(sid)
    assert its.update(status="paused", pause_behavior="silence").status == "paused"
    assert recording.pause_behavior == "silence"
    assert its.update(status="in-progress").status == "in-progress"
    rest.bench.pass_time(61)
    stopped = its.update(status="stopped")
    assert (stopped.status, stopped.duration) == ("completed", "61")


def test_nothing_is_current_when_nothing_is_recorded(rest: Rest) -> None:
    recording = rest.bench.a_recording()
    stop(rest, recording)
    with pytest.raises(TwilioRestException) as no:
        rest.client.calls(recording.call_sid).recordings("Twilio.CURRENT").update(status="paused")
    assert (no.value.status, no.value.code) == (404, 20404)


def test_a_call_that_does_not_talk_is_not_recorded(rest: Rest) -> None:
    call = rest.bench.a_call()
    with pytest.raises(TwilioRestException, match="not eligible for recording") as no:
        rest.client.calls(call.sid).recordings.create()
    assert (no.value.status, no.value.code) == (400, 21220)


def test_recordings_are_listed_for_the_account_and_for_a_call(rest: Rest) -> None:
    first, second = rest.bench.a_recording(), rest.bench.a_recording()
    assert [one.sid for one in rest.client.recordings.list()] == [second.sid, first.sid]
    assert [one.sid for one in rest.client.recordings.list(call_sid=first.call_sid)] == [first.sid]
    assert [one.sid for one in rest.client.calls(second.call_sid).recordings.list()] == [second.sid]
    found = rest.client.recordings(first.sid).fetch()
    assert found.media_url == f"{rest.account}/Recordings/{first.sid}"
    assert rest.client.calls(first.call_sid).recordings(first.sid).fetch().call_sid == first.call_sid


@pytest.mark.parametrize("ending", [".wav", ""])
def test_the_sound_is_fetched_when_it_is_complete(rest: Rest, ending: str) -> None:
    recording = rest.bench.a_recording()
    assert rest.get(f"/Recordings/{recording.sid}{ending}").status_code == 404
    stop(rest, recording)
    sound = rest.get(f"/Recordings/{recording.sid}{ending}")
    assert (sound.status_code, sound.content[:4], len(sound.content)) == (200, b"RIFF", 16044)
    assert sound.headers["Content-Type"] == "audio/x-wav"


def test_the_sound_is_for_the_account_only_and_never_an_mp3(rest: Rest) -> None:
    recording = rest.bench.a_recording()
    stop(rest, recording)
    assert rest.get(f"/Recordings/{recording.sid}.mp3").status_code == 404
    stranger = requests.get(f"{rest.account}/Recordings/{recording.sid}.wav", timeout=5)
    assert stranger.status_code == 401


def test_a_deleted_recording_is_gone_with_its_sound(rest: Rest) -> None:
    first, second = rest.bench.a_recording(), rest.bench.a_recording()
    for recording in (first, second):
        stop(rest, recording)
    assert rest.client.recordings(first.sid).delete()
    assert rest.client.calls(second.call_sid).recordings(second.sid).delete()
    assert rest.client.recordings.list() == []
    assert rest.get(f"/Recordings/{first.sid}.wav").status_code == 404
    with pytest.raises(TwilioRestException):
        rest.client.recordings(second.sid).fetch()


def test_recordings_are_found_by_date(rest: Rest) -> None:
    rest.bench.a_recording()
    assert len(rest.get("/Recordings.json?DateCreated>=2026-01-01").json()["recordings"]) == 1
    assert len(rest.get("/Recordings.json?DateCreated<=2026-01-01").json()["recordings"]) == 0
