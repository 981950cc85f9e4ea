"""Conferences: who comes in, what starts and ends them, how a leg comes out, and the events of all that."""

import pytest
from twilio.base.exceptions import TwilioRestException

from ivr.lab.lab import Lab
from ivr.lab.phone import ANSWERS, NO_ANSWER
from tests.lab.network.board import Board
from tests.lab.network.telling import (
    AGENT,
    CUSTOMER,
    THIRD,
    conference,
    ring,
    the_room,
    together,
    told_in_order,
    when,
)
from tests.lab.network.twilio_client import OUR_NUMBER


def test_the_agent_joins_first_then_the_caller_and_it_starts(board: Board, lab: Lab) -> None:
    customer, agent = together(board, lab)
    assert board.events() == ["participant-join agent-1", "participant-join caller-1", "conference-start"]
    assert customer.is_talking_with() == {AGENT}
    customer.says("Hello?")
    agent.says("Good morning.")
    assert agent.heard()[-1] == "Hello?"
    assert customer.heard() == ["Good morning."]


def test_a_bridge_lasts_from_the_second_join_to_the_first_leave(board: Board, lab: Lab) -> None:
    customer, _ = together(board, lab)
    lab.run(29)
    customer.hangs_up()
    lab.run(1)
    (bridge,) = lab.story.bridges
    assert bridge.people == {CUSTOMER, AGENT}
    assert bridge.until is not None
    assert bridge.until - bridge.since == 30
    assert bridge.since - lab.story.moments[0].at == when(lab, "conference talk: conference-start")


def test_one_who_hangs_up_leaves_and_the_other_waits_alone(board: Board, lab: Lab) -> None:
    customer, agent = together(board, lab)
    customer.hangs_up()
    lab.run(1)
    leave = board.forms("/events", "participant-leave")[0]
    assert leave["ReasonParticipantLeft"] == "participant_hung_up"
    assert (agent.status, agent.is_talking_with()) == ("in-progress", set())
    agent.hangs_up()
    lab.run(1)
    end = board.forms("/events", "conference-end")[0]
    assert end["ReasonConferenceEnded"] == "last-participant-left"
    assert (end["CallSidEndingConference"], end["ParticipantLabelEndingConference"]) == (
        agent.call_sid,
        "agent-1",
    )
    assert board.events()[-1] == "conference-end"


def test_end_conference_on_exit_sends_the_others_to_their_next_verb(board: Board, lab: Lab) -> None:
    ends = conference("caller-1", endConferenceOnExit="true")
    customer, agent = together(
        board, lab, caller=ends, agent=conference("agent-1") + "<Say>He is gone.</Say>"
    )
    customer.hangs_up()
    lab.run(3)
    assert agent.heard()[-1] == "He is gone."
    leave = board.forms("/events", "participant-leave")
    assert [one["ReasonParticipantLeft"] for one in leave] == [
        "participant_hung_up",
        "moderator_ended_conference",
    ]
    end = board.forms("/events", "conference-end")[0]
    assert end["ReasonConferenceEnded"] == "participant-with-end-conference-on-exit-left"
    assert board.events()[-3:] == [
        "participant-leave caller-1",
        "participant-leave agent-1",
        "conference-end",
    ]


def test_one_whose_leaving_does_not_end_it_leaves_the_others_talking(board: Board, lab: Lab) -> None:
    ends = conference("caller-1", endConferenceOnExit="true")
    customer, agent = together(board, lab, caller=ends)
    lab.phone(THIRD, ANSWERS)
    board["/third"] = conference("agent-2")
    ring(board, THIRD, "/third")
    lab.run(5)
    agent.hangs_up()
    lab.run(1)
    assert customer.is_talking_with() == {THIRD}
    assert "conference-end" not in board.events()


def test_the_first_who_joins_says_where_events_go_and_which(board: Board, lab: Lab) -> None:
    first = conference("agent-1", statusCallback="/first", statusCallbackEvent="join")
    second = conference("caller-1", statusCallback="/second", statusCallbackEvent="start join leave")
    customer, _ = together(board, lab, agent=first, caller=second)
    customer.hangs_up()
    lab.run(1)
    assert board.events("/first") == ["participant-join agent-1", "participant-join caller-1"]
    assert board.forms("/second") == []


def test_a_name_is_a_new_conference_when_the_old_one_is_over(board: Board, lab: Lab) -> None:
    customer, agent = together(board, lab)
    agent.hangs_up()
    customer.hangs_up()
    lab.run(1)
    together(board, lab)
    rooms = board.client.conferences.list()
    assert {room.friendly_name for room in rooms} == {"talk"}
    assert len({room.sid for room in rooms}) == 2


def test_a_label_that_is_in_use_sends_the_leg_to_its_next_verb(board: Board, lab: Lab) -> None:
    twice = conference("agent-1") + "<Say>That name is taken.</Say>"
    customer, _ = together(board, lab, caller=twice)
    assert customer.heard() == ["That name is taken."]
    assert [alert.code for alert in lab.story.alerts] == [16025]
    assert customer.is_talking_with() == set()


def test_a_label_is_free_again_when_its_owner_has_left(board: Board, lab: Lab) -> None:
    customer, agent = together(board, lab)
    agent.hangs_up()
    ring(board)
    lab.run(4)
    assert customer.is_talking_with() == {AGENT}
    assert lab.story.alerts == []


def test_a_full_conference_lets_nobody_in(board: Board, lab: Lab) -> None:
    full = conference(maxParticipants="2") + "<Say>It is full.</Say>"
    together(board, lab, caller=full)
    third = lab.phone(THIRD)
    third.calls(OUR_NUMBER)
    lab.run(1)
    assert third.heard() == ["It is full."]
    assert "full" in str(lab.story.alerts[0])


WAITING = "<Say>You are alone.</Say>"


def test_the_wait_document_is_heard_once_and_then_silence_until_the_start(board: Board, lab: Lab) -> None:
    board["/wait"], board["/agent"] = WAITING, conference("agent-1", waitUrl="/wait")
    agent = lab.phone(AGENT, ANSWERS)
    ring(board)
    lab.run(60)
    assert agent.heard() == ["You are alone."]
    assert len(board.forms("/wait")) == 1


def test_a_redirect_repeats_the_wait_document_and_the_start_stops_it(board: Board, lab: Lab) -> None:
    board["/wait"] = WAITING + "<Pause length='9'/><Redirect/>"
    board["/voice/incoming"] = conference("caller-1", waitUrl="/wait", waitMethod="GET")
    customer = lab.phone(CUSTOMER)
    customer.calls(OUR_NUMBER)
    lab.run(29)
    assert customer.heard() == ["You are alone."] * 3
    board["/agent"] = conference("agent-1", waitUrl="/wait")
    lab.phone(AGENT, ANSWERS)
    ring(board)
    lab.run(60)
    asked = [one.method for one in board.asked if one.path == "/wait"]
    assert customer.is_talking_with() == {AGENT}
    assert customer.heard() == ["You are alone."] * 4
    assert asked[0] == "GET"
    assert len(asked) == 4


def test_who_is_left_alone_after_the_start_hears_no_wait_document(board: Board, lab: Lab) -> None:
    board["/wait"] = WAITING
    customer, agent = together(board, lab, agent=conference("agent-1", waitUrl="/wait"))
    customer.hangs_up()
    lab.run(30)
    assert agent.heard() == ["You are alone."]


def test_redirects_without_sound_do_not_stop_the_clock(board: Board, lab: Lab) -> None:
    board["/wait"], board["/agent"] = "<Redirect/>", conference("agent-1", waitUrl="/wait")
    lab.phone(AGENT, ANSWERS)
    ring(board)
    lab.run(20)
    assert 15 <= len(board.forms("/wait")) <= 20


def test_a_failing_wait_document_puts_the_leg_out_to_its_action(board: Board, lab: Lab) -> None:
    board["/wait"], board["/after"] = 500, "<Say>That did not work.</Say>"
    board["/agent"] = conference("agent-1", waitUrl="/wait", dial='action="/after"')
    agent = lab.phone(AGENT, ANSWERS)
    ring(board)
    lab.run(5)
    assert agent.heard() == ["That did not work."]
    assert [alert.code for alert in lab.story.alerts] == [11200]


def test_nothing_plays_with_an_empty_wait_url(board: Board, lab: Lab) -> None:
    board["/agent"] = conference("agent-1", waitUrl="")
    agent = lab.phone(AGENT, ANSWERS)
    ring(board)
    lab.run(20)
    assert agent.heard() == []


def test_two_who_may_not_start_it_wait_for_one_who_may(board: Board, lab: Lab) -> None:
    listener = conference(startConferenceOnEnter="false")
    customer, agent = together(board, lab, caller=listener, agent=listener)
    assert customer.is_talking_with() == set()
    board["/third"] = conference("agent-2")
    lab.phone(THIRD, ANSWERS)
    ring(board, THIRD, "/third")
    lab.run(5)
    assert customer.is_talking_with() == {AGENT, THIRD}
    assert agent.is_talking_with() == {CUSTOMER, THIRD}


def test_a_kicked_leg_goes_on_with_its_action(board: Board, lab: Lab) -> None:
    board["/after"] = "<Say>You are out.</Say>"
    customer, agent = together(board, lab, caller=conference("caller-1", dial='action="/after"'))
    the_room(board).participants("caller-1").delete()
    lab.run(1)
    assert customer.heard() == ["You are out."]
    assert agent.status == "in-progress"
    leave = board.forms("/events", "participant-leave")[0]
    assert leave["ReasonParticipantLeft"] == "participant_updated_via_api"
    assert leave["ParticipantCallStatus"] == "in-progress"


def test_the_last_one_kicked_ends_the_conference(board: Board, lab: Lab) -> None:
    customer, agent = together(board, lab)
    customer.hangs_up()
    lab.run(1)
    the_room(board).participants(agent.call_sid).delete()
    lab.run(1)
    assert board.forms("/events", "conference-end")[0]["ReasonConferenceEnded"] == "last-participant-kicked"


def test_a_leg_that_is_sent_to_another_document_leaves(board: Board, lab: Lab) -> None:
    board["/closing"] = "<Say>We end this call.</Say>"
    customer, agent = together(board, lab)
    board.client.calls(customer.call_sid).update(url=board.at("/closing"))
    lab.run(5)
    assert customer.heard() == ["We end this call."]
    leave = board.forms("/events", "participant-leave")[0]
    assert leave["ReasonParticipantLeft"] == "participant_updated_via_api"
    assert agent.status == "in-progress"
    assert the_room(board).participants.list()[0].call_sid == agent.call_sid


def test_a_conference_is_ended_by_rest_and_every_leg_goes_on(board: Board, lab: Lab) -> None:
    board["/after"] = "<Say>That was it.</Say>"
    action = 'action="/after"'
    customer, agent = together(
        board, lab, caller=conference("caller-1", dial=action), agent=conference("agent-1", dial=action)
    )
    the_room(board).update(status="completed")
    lab.run(1)
    assert customer.heard()[-1] == agent.heard()[-1] == "That was it."
    assert {one["ReasonParticipantLeft"] for one in board.forms("/events", "participant-leave")} == {
        "conference_ended_via_api"
    }
    end = board.forms("/events", "conference-end")[0]
    assert end["ReasonConferenceEnded"] == "conference-ended-via-api"
    assert "CallSidEndingConference" not in end
    assert the_room(board).fetch().status == "completed"
    assert {form["DialCallStatus"] for form in board.forms("/after")} == {"completed"}


def test_the_star_key_and_the_time_limit_lead_out_of_a_conference(board: Board, lab: Lab) -> None:
    board["/after"] = "<Say>You are out.</Say>"
    starred = conference("caller-1", dial='action="/after" hangupOnStar="true"')
    limited = conference("agent-1", dial='action="/after" timeLimit="40"')
    customer, agent = together(board, lab, caller=starred, agent=limited)
    customer.presses("1")
    lab.run(1)
    assert customer.heard() == []
    customer.presses("*")
    lab.run(1)
    assert customer.heard() == ["You are out."]
    lab.run(60)
    assert agent.heard()[-1] == "You are out."
    joined = when(lab, f"{AGENT} joins conference")
    assert when(lab, f"{AGENT} leaves conference") - joined == pytest.approx(40)


def test_somebody_whom_rest_calls_joins_on_answer(board: Board, lab: Lab) -> None:
    customer, _ = together(board, lab)
    room = the_room(board)
    lab.phone(THIRD, ANSWERS)
    added = room.participants.create(from_=OUR_NUMBER, to=THIRD, label="third-1", end_conference_on_exit=True)
    assert room.participants("third-1").fetch().status in {"queued", "connecting"}
    for refused in (
        room.participants("third-1").delete,
        lambda: room.participants("third-1").update(hold=True),
    ):
        with pytest.raises(TwilioRestException, match="not in this conference"):
            refused()
    lab.run(5)
    assert room.participants(added.call_sid).fetch().status == "connected"
    assert customer.is_talking_with() == {AGENT, THIRD}
    lab.phone(THIRD).hangs_up()
    lab.run(1)
    assert board.events()[-1] == "conference-end"


def test_somebody_whom_rest_calls_and_who_does_not_answer_has_left(board: Board, lab: Lab) -> None:
    together(board, lab)
    lab.phone(THIRD, NO_ANSWER)
    room = the_room(board)
    room.participants.create(from_=OUR_NUMBER, to=THIRD, label="third-1", timeout=10)
    lab.run(20)
    leave = board.forms("/events", "participant-leave")[0]
    assert leave["ReasonParticipantLeft"] == "participant_add_failed"
    assert leave["ParticipantCallStatus"] == "no-answer"
    assert len(room.participants.list()) == 2


def test_a_conference_that_rest_begins_takes_its_callback(board: Board, lab: Lab) -> None:
    lab.phone(THIRD, ANSWERS)
    board.client.conferences("begun").participants.create(
        from_=OUR_NUMBER,
        to=THIRD,
        conference_status_callback=board.at("/begun"),
        conference_status_callback_event=["join"],
    )
    lab.run(5)
    board["/voice/incoming"] = conference("caller-1", "begun")
    customer = lab.phone(CUSTOMER)
    customer.calls(OUR_NUMBER)
    lab.run(1)
    assert board.events("/begun") == ["participant-join", "participant-join caller-1"]
    assert customer.is_talking_with() == {THIRD}
    assert board.forms("/events") == []


def test_a_call_into_a_conference_that_ended_meanwhile_is_over(board: Board, lab: Lab) -> None:
    together(board, lab)
    third = lab.phone(THIRD, ANSWERS)
    room = the_room(board)
    room.participants.create(from_=OUR_NUMBER, to=THIRD)
    room.update(status="completed")
    lab.run(5)
    assert third.status == "completed"
    assert told_in_order(lab, "conference talk: conference-end", f"{THIRD} call completed")
    with pytest.raises(TwilioRestException) as gone:
        room.participants("caller-1").update(muted=True)
    assert gone.value.code == 20404


def test_without_status_callback_event_nothing_is_told(board: Board, lab: Lab) -> None:
    silent = '<Dial><Conference statusCallback="/events">talk</Conference></Dial>'
    customer, _ = together(board, lab, agent=silent, caller=silent)
    assert customer.is_talking_with() == {AGENT}
    assert board.forms("/events") == []
