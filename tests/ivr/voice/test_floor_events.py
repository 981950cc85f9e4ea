"""Events of conferences and recordings: an agent's leg that left is asked after; recordings are noted."""

import pytest

from routing import offers
from routing.floor import Floor
from routing.store.legs import DEADLINE
from tests.ivr.voice.scenes import another_call, everything, in_queue, later
from tests.routing.on_duty import comes_in, offer_of, talks
from tests.twilio import ACCOUNT, Twilio


def happens(twilio: Twilio, conference: str, what: str = "participant-leave", label: str = "agent-1") -> None:
    form = {
        "AccountSid": ACCOUNT,
        "ConferenceSid": f"CF{'0' * 32}",
        "FriendlyName": conference,
        "StatusCallbackEvent": what,
        "ParticipantLabel": label,
    }
    assert twilio.post("/voice/events", form).status_code == 204


def due_legs(floor: Floor) -> list[str]:
    return [one.id for one in floor.deadlines.claim_due(20, 30_000) if one.kind == DEADLINE]


def leg_of(floor: Floor, call: Twilio) -> str:
    return floor.conversations.of(call.call_sid)["agent_leg"]


def test_an_agent_who_left_the_conference_is_asked_after_at_once(twilio: Twilio, floor: Floor) -> None:
    comes_in(floor)
    in_queue(twilio)
    conference = talks(floor, twilio)
    happens(twilio, conference)
    assert due_legs(floor) == []
    later(floor, seconds=2)
    assert due_legs(floor) == [leg_of(floor, twilio)]


@pytest.mark.parametrize(
    ("what", "label"),
    [
        ("participant-join", "agent-1"),
        ("participant-leave", "caller-1"),
        ("participant-hold", "agent-1"),
        ("conference-end", ""),
        ("a-new-word", "agent-1"),
    ],
)
def test_all_else_is_only_logged(twilio: Twilio, floor: Floor, what: str, label: str) -> None:
    comes_in(floor)
    in_queue(twilio)
    conference = talks(floor, twilio)
    before = everything(floor)
    happens(twilio, conference, what, label)
    assert everything(floor) == before


def test_a_conference_that_is_not_the_call_s_own_any_more_changes_nothing(
    twilio: Twilio, floor: Floor
) -> None:
    comes_in(floor)
    in_queue(twilio)
    offers.accept(floor, offer_of(floor, twilio), "ana")
    old = floor.conversations.of(twilio.call_sid)["conference"]
    assert floor.conversations.not_connected(twilio.call_sid)
    new = talks(floor, twilio)
    assert new != old
    before = everything(floor)
    happens(twilio, old)
    happens(twilio, "a conference of somebody else")
    assert everything(floor) == before


@pytest.mark.parametrize(
    ("words", "states"),
    [
        (["in-progress", "completed"], ["running", "kept"]),
        (["completed", "completed"], ["kept"]),
        (["absent"], ["empty"]),
        (["a new word"], []),
        (["processing"], []),
    ],
)
def test_recordings_are_on_the_call_s_time_line(
    twilio: Twilio, floor: Floor, words: list[str], states: list[str]
) -> None:
    in_queue(twilio)
    for word in words:
        form = {
            "AccountSid": ACCOUNT,
            "CallSid": twilio.call_sid,
            "RecordingSid": f"RE{'0' * 31}1",
            "RecordingStatus": word,
        }
        assert twilio.post("/voice/events", form).status_code == 204
    noted = [one for one in floor.conversations.timeline(twilio.call_sid) if one["what"] == "recording"]
    assert [one["state"] for one in noted] == states


def test_a_recording_of_a_call_that_nobody_knows_is_no_call(twilio: Twilio, floor: Floor) -> None:
    unknown = another_call(twilio).call_sid
    form = {
        "AccountSid": ACCOUNT,
        "CallSid": unknown,
        "RecordingSid": f"RE{'0' * 31}1",
        "RecordingStatus": "completed",
    }
    assert twilio.post("/voice/events", form).status_code == 204
    assert not floor.store.client.exists(floor.keys.call(unknown))
