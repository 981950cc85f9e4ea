"""Conferences and their participants, as the real client reads and changes them."""

import pytest
from twilio.base.exceptions import TwilioRestException

from ivr.lab.records import Callback, Participant
from tests.lab.rest.conftest import Rest
from tests.lab.rest.watched import AGENT
from tests.twilio import LINE, OFFICE

URL = "https://line.example/voice/announcement"


def labels(participants: list[Participant]) -> list[str]:
    return [one.label for one in participants]


def test_conferences_are_found_by_name_and_status(rest: Rest) -> None:
    first, second = rest.bench.a_room("talk-1"), rest.bench.a_room("talk-2")
    with rest.bench.desk as network:
        network.end_conference(second)
    conferences = rest.client.conferences
    assert [one.sid for one in conferences.list()] == [second.sid, first.sid]
    assert [one.sid for one in conferences.list(friendly_name="talk-1")] == [first.sid]
    assert [one.friendly_name for one in conferences.list(status="completed")] == ["talk-2"]
    assert conferences.list(friendly_name="talk-1", status="completed") == []
    assert len(rest.get("/Conferences.json?DateCreated>=2020-01-01").json()["conferences"]) == 2


def test_a_conference_is_fetched_and_ended(rest: Rest) -> None:
    room = rest.bench.a_room()
    assert rest.client.conferences(room.sid).fetch().reason_conference_ended is None
    ended = rest.client.conferences(room.sid).update(status="completed")
    assert (ended.status, ended.reason_conference_ended) == ("completed", "conference-ended-via-api")


def test_an_announcement_goes_to_all_or_to_one(rest: Rest) -> None:
    room = rest.bench.a_room()
    rest.client.conferences(room.sid).update(announce_url=URL, announce_method="GET")
    rest.client.conferences(room.sid).participants("caller-1").update(announce_url=URL)
    assert rest.network.done[-2:] == [
        ("announce", URL, "GET", "all"),
        ("announce", URL, "POST", "caller-1"),
    ]


def test_participants_are_found_by_label_and_by_call(rest: Rest) -> None:
    room = rest.bench.a_room()
    participants = rest.client.conferences(room.sid).participants
    agent = participants("agent-1").fetch()
    assert participants(agent.call_sid).fetch().label == "agent-1"
    assert (agent.status, agent.muted, agent.hold, agent.conference_sid) == (
        "connected",
        False,
        False,
        room.sid,
    )
    assert labels(participants.list()) == ["agent-1", "caller-1"]


def test_participants_are_found_by_state(rest: Rest) -> None:
    room = rest.bench.a_room()
    room.participants[0].hold = room.participants[1].muted = True
    participants = rest.client.conferences(room.sid).participants
    assert labels(participants.list(hold=True)) == ["caller-1"]
    assert labels(participants.list(muted=True, hold=False)) == ["agent-1"]
    assert participants.list(coaching=True) == []


def test_a_participant_is_put_on_hold_and_back_and_muted(rest: Rest) -> None:
    room = rest.bench.a_room()
    caller = rest.client.conferences(room.sid).participants("caller-1")
    assert caller.update(hold=True, hold_url=URL).hold
    assert not caller.update(hold=False).hold
    assert rest.network.done[-2:] == [("hold", True, URL, "GET"), ("hold", False, "", "GET")]
    assert caller.update(muted=True, end_conference_on_exit=True).muted
    assert room.participants[0].end_on_exit


def test_a_participant_is_put_out(rest: Rest) -> None:
    room = rest.bench.a_room()
    assert rest.client.conferences(room.sid).participants("agent-1").delete()
    rest.bench.pass_time()
    assert labels(rest.client.conferences(room.sid).participants.list()) == ["caller-1"]


def test_somebody_is_called_into_a_conference(rest: Rest) -> None:
    rest.client.conferences("talk-9").participants.create(
        from_=LINE,
        to=AGENT,
        label="agent-1",
        timeout=20,
        beep="false",
        muted=True,
        start_conference_on_enter=False,
        end_conference_on_exit=True,
        conference_status_callback=URL,
        conference_status_callback_event=["join", "leave"],
        status_callback=URL,
        status_callback_event=["ringing", "answered"],
        early_media=False,
        wait_url="",
    )
    [(_, name, new, options)] = rest.network.done
    assert (name, new.timeout_s, new.status_callback.events) == ("talk-9", 20, {"ringing", "answered"})
    assert (options.label, options.muted, options.wait_url) == ("agent-1", True, "")
    assert (options.start_on_enter, options.end_on_exit) == (False, True)
    events = frozenset({"participant-join", "participant-leave"})
    assert options.conference_callback == Callback(URL, "POST", events)
    [room] = rest.network.conferences.values()
    again = rest.client.conferences(room.sid).participants.create(from_=LINE, to=OFFICE)
    assert (again.status, again.label, again.conference_sid) == ("queued", None, room.sid)
    rest.bench.pass_time()
    assert [one.muted for one in rest.client.conferences(room.sid).participants.list()] == [False, True]


@pytest.mark.parametrize(
    ("status", "shown"),
    [("queued", "queued"), ("initiated", "connecting"), ("ringing", "ringing"), ("in-progress", "connected")],
)
def test_a_participant_shows_the_state_of_the_call(rest: Rest, status: str, shown: str) -> None:
    room = rest.bench.a_room()
    setattr(room.participants[0].call, "status", status)  # noqa: B010
    assert rest.client.conferences(room.sid).participants("caller-1").fetch().status == shown


def test_who_has_left_is_not_there_any_more(rest: Rest) -> None:
    room = rest.bench.a_room()
    caller = room.participants[0].call
    rest.client.calls(caller.sid).update(status="completed")
    rest.bench.pass_time()
    participants = rest.client.conferences(room.sid).participants
    assert participants.list(muted=True) == []
    assert labels(participants.list()) == ["agent-1"]
    with pytest.raises(TwilioRestException, match="was not found") as no:
        participants(caller.sid).update(muted=True)
    assert (no.value.status, no.value.code) == (404, 20404)
    with rest.bench.desk as network:
        network.end_conference(room)
    assert participants.list() == []
    rest.bench.pass_time()
    assert participants.list() == []
