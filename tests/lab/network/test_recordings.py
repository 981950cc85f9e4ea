"""Recordings of a leg over REST, and text messages."""

import io
import wave

import pytest
import requests
from twilio.base.exceptions import TwilioRestException

from ivr.lab.lab import Lab
from tests.lab.network.board import Board
from tests.lab.network.telling import CUSTOMER, together, told_in_order
from tests.lab.network.twilio_client import ACCOUNT_SID, OUR_NUMBER, TOKEN


def test_a_leg_is_recorded_in_two_channels_with_a_pause_and_told(board: Board, lab: Lab) -> None:
    customer, _ = together(board, lab)
    call = board.client.calls(customer.call_sid)
    started = call.recordings.create(
        recording_channels="dual",
        recording_track="both",
        trim="do-not-trim",
        recording_status_callback=board.at("/recorded"),
        recording_status_callback_event=["in-progress", "completed"],
    )
    lab.run(10)
    paused = call.recordings("Twilio.CURRENT").update(status="paused", pause_behavior="silence")
    lab.run(5)
    resumed = call.recordings("Twilio.CURRENT").update(status="in-progress")
    lab.run(15)
    customer.hangs_up()
    lab.run(1)

    assert (started.channels, paused.status, resumed.status) == (2, "paused", "in-progress")
    began, ended = board.forms("/recorded")
    assert (began["RecordingStatus"], ended["RecordingStatus"]) == ("in-progress", "completed")
    assert (ended["RecordingDuration"], ended["RecordingChannels"]) == ("30", "2")
    assert (ended["RecordingSource"], ended["RecordingSid"]) == ("StartCallRecordingAPI", started.sid)
    assert ended["CallSid"] == customer.call_sid
    assert not {"From", "To", "CallStatus"} & ended.keys()


def test_the_sound_is_for_those_with_credentials(board: Board, lab: Lab) -> None:
    customer, _ = together(board, lab)
    call = board.client.calls(customer.call_sid)
    sid = call.recordings.create(recording_channels="dual").sid
    lab.run(7)
    call.recordings(sid).update(status="stopped")
    url = f"{lab.rest_url}/2010-04-01/Accounts/{ACCOUNT_SID}/Recordings/{sid}.wav"
    assert requests.get(url, timeout=5).status_code == 401
    with wave.open(io.BytesIO(requests.get(url, auth=(ACCOUNT_SID, TOKEN), timeout=5).content)) as sound:
        assert sound.getnchannels() == 2
        assert sound.getnframes() / sound.getframerate() == 7


def test_a_recording_that_is_over_is_not_stopped_again(board: Board, lab: Lab) -> None:
    customer, _ = together(board, lab)
    call = board.client.calls(customer.call_sid)
    sid = call.recordings.create(recording_status_callback=board.at("/recorded")).sid
    lab.run(7)
    call.recordings(sid).update(status="stopped")
    for status in ("stopped", "paused", "in-progress"):
        with pytest.raises(TwilioRestException):
            call.recordings(sid).update(status=status)
    lab.run(1)
    assert len(board.forms("/recorded")) == 1


def test_a_call_that_is_over_cannot_be_recorded(board: Board, lab: Lab) -> None:
    customer, _ = together(board, lab)
    customer.hangs_up()
    lab.run(1)
    with pytest.raises(TwilioRestException) as refused:
        board.client.calls(customer.call_sid).recordings.create()
    assert refused.value.code == 21220


def test_a_message_is_sent_delivered_and_told(board: Board, lab: Lab) -> None:
    sent = board.client.messages.create(
        to=CUSTOMER, from_=OUR_NUMBER, body="We tried to call you.", status_callback=board.at("/message")
    )
    assert sent.status == "queued"
    lab.run(5)
    assert [form["MessageStatus"] for form in board.forms("/message")] == ["sent", "delivered"]
    assert {form["MessageSid"] for form in board.forms("/message")} == {sent.sid}
    assert board.client.messages(sent.sid).fetch().status == "delivered"
    assert told_in_order(lab, f"{CUSTOMER} gets the message: We tried to call you.")


def test_a_message_without_a_callback_tells_nobody(board: Board, lab: Lab) -> None:
    board.client.messages.create(to=CUSTOMER, from_=OUR_NUMBER, body="We tried to call you.")
    lab.run(5)
    assert board.asked == []
