"""What is played and heard in a conference: hold, mute, coach, announcements."""

import pytest

from ivr.lab.handset import Handset
from ivr.lab.lab import Lab
from ivr.lab.phone import ANSWERS
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

WARNING = "<Say>This is a warning.</Say>"


def a_third(board: Board, lab: Lab, document: str) -> Handset:
    """Somebody else joins, two seconds after being rung."""
    board["/third"] = document
    third = lab.phone(THIRD, ANSWERS)
    ring(board, THIRD, "/third")
    lab.run(4)
    return third


def test_on_hold_only_the_hold_document_is_heard_again_and_again(board: Board, lab: Lab) -> None:
    board["/hold"] = "<Say>Please hold.</Say><Pause length='9'/>"
    customer, agent = together(board, lab)
    the_room(board).participants("caller-1").update(hold=True, hold_url=board.at("/hold"))
    lab.run(25)
    assert customer.heard() == ["Please hold."] * 3
    assert {one.method for one in board.asked if one.path == "/hold"} == {"GET"}
    agent.says("Are you there?")
    customer.says("Hello?")
    assert customer.heard() == ["Please hold."] * 3
    assert "Hello?" not in agent.heard()
    assert customer.is_talking_with() == set()

    the_room(board).participants("caller-1").update(hold=False)
    agent.says("Here I am.")
    lab.run(30)
    assert customer.heard()[-1] == "Here I am."
    assert customer.is_talking_with() == {AGENT}
    assert board.events()[-2:] == ["participant-hold caller-1", "participant-unhold caller-1"]
    assert [one.until is None for one in lab.story.bridges] == [False, True]


def test_hold_may_name_its_method_and_may_be_silent(board: Board, lab: Lab) -> None:
    board["/hold"] = "<Say>Please hold.</Say>"
    customer, _ = together(board, lab)
    caller = the_room(board).participants("caller-1")
    caller.update(hold=True, hold_url=board.at("/hold"), hold_method="POST")
    lab.run(1)
    assert {one.method for one in board.asked if one.path == "/hold"} == {"POST"}
    caller.update(hold=False)
    caller.update(hold=True)
    lab.run(20)
    assert set(customer.heard()) == {"Please hold."}
    assert len(board.forms("/hold")) <= 2


def test_those_who_are_not_held_go_on_talking(board: Board, lab: Lab) -> None:
    customer, agent = together(board, lab)
    third = a_third(board, lab, conference("agent-2"))
    the_room(board).participants("caller-1").update(hold=True)
    agent.says("What do you think?")
    assert third.heard()[-1] == "What do you think?"
    assert agent.is_talking_with() == {THIRD}
    assert customer.is_talking_with() == set()


def test_who_hangs_up_while_on_hold_has_left(board: Board, lab: Lab) -> None:
    board["/hold"] = "<Pause length='5'/>"
    customer, _ = together(board, lab)
    the_room(board).participants("caller-1").update(hold=True, hold_url=board.at("/hold"))
    lab.run(1)
    customer.hangs_up()
    lab.run(60)
    assert board.forms("/events", "participant-leave")[0]["Hold"] == "true"
    assert len(board.forms("/hold")) == 1


def test_the_muted_hear_and_are_not_heard(board: Board, lab: Lab) -> None:
    customer, agent = together(board, lab)
    caller = the_room(board).participants("caller-1")
    caller.update(muted=True)
    customer.says("Can you hear me?")
    agent.says("I cannot hear you.")
    lab.run(0)
    assert customer.heard() == ["I cannot hear you."]
    assert "Can you hear me?" not in agent.heard()
    assert agent.is_talking_with() == set()
    caller.update(muted=False)
    customer.says("And now?")
    assert agent.heard()[-1] == "And now?"
    lab.run(0)
    assert board.events()[-2:] == ["participant-mute caller-1", "participant-unmute caller-1"]
    assert [form["Muted"] for form in board.forms("/events") if "mute" in form["StatusCallbackEvent"]] == [
        "true",
        "false",
    ]


def test_who_joins_muted_is_not_heard(board: Board, lab: Lab) -> None:
    customer, agent = together(board, lab, caller=conference("caller-1", muted="true"))
    customer.says("Hello?")
    assert "Hello?" not in agent.heard()


def test_a_coach_is_heard_by_the_coached_alone(board: Board, lab: Lab) -> None:
    customer, agent = together(board, lab)
    coach = a_third(board, lab, conference("coach-1", coach=agent.call_sid))
    coach.says("Offer him a refund.")
    customer.says("I want my money back.")
    assert agent.heard()[-2:] == ["Offer him a refund.", "I want my money back."]
    assert coach.heard()[-1] == "I want my money back."
    assert "Offer him a refund." not in customer.heard()
    assert coach.is_talking_with() == {AGENT}
    assert customer.is_talking_with() == {AGENT}
    join = board.forms("/events", "participant-join")[-1]
    assert (join["Coaching"], join["CallSidToCoach"]) == ("true", agent.call_sid)


def test_who_coaches_somebody_absent_goes_on_with_the_action(board: Board, lab: Lab) -> None:
    board["/after"] = "<Say>There is nobody to coach.</Say>"
    together(board, lab)
    coach = a_third(
        board, lab, conference(coach="CA" + "0" * 32, dial='action="/after"') + "<Say>Next.</Say>"
    )
    assert coach.heard() == ["There is nobody to coach."]
    assert [alert.code for alert in lab.story.alerts] == [13240]


def test_an_announcement_is_heard_by_both_and_its_end_is_told(board: Board, lab: Lab) -> None:
    board["/warning"] = "<Say>This is a warning.</Say><Pause length='3'/>"
    customer, agent = together(board, lab)
    the_room(board).update(announce_url=board.at("/warning"))
    lab.run(1)
    assert board.forms("/events", "announcement-end") == []
    lab.run(10)
    assert customer.heard()[-1] == agent.heard()[-1] == "This is a warning."
    (end,) = board.forms("/events", "announcement-end")
    assert end["AnnounceUrl"] == board.at("/warning")
    assert "CallSid" not in end
    spoken_s = len("This is a warning.") / 15 + 3
    began = when(lab, f"{CUSTOMER} hears [en-US] This is a warning.")
    assert when(lab, "announcement-end") - began == pytest.approx(spoken_s, abs=0.01)


def test_an_announcement_to_one_is_heard_by_one(board: Board, lab: Lab) -> None:
    board["/warning"] = WARNING
    customer, agent = together(board, lab)
    participant = the_room(board).participants("agent-1")
    participant.update(announce_url=board.at("/warning"), announce_method="GET")
    lab.run(5)
    assert agent.heard()[-1] == "This is a warning."
    assert customer.heard() == []
    assert board.forms("/events", "announcement-end")[0]["CallSid"] == agent.call_sid
    assert [one.method for one in board.asked if one.path == "/warning"] == ["GET"]


def test_announcements_follow_one_another(board: Board, lab: Lab) -> None:
    board["/warning"], board["/second"] = WARNING + "<Pause length='5'/>", "<Say>And another.</Say>"
    customer, _ = together(board, lab)
    room = the_room(board)
    room.update(announce_url=board.at("/warning"))
    room.update(announce_url=board.at("/second"))
    lab.run(20)
    assert customer.heard() == ["This is a warning.", "And another."]
    assert told_in_order(
        lab, "hears [en-US] This is a warning.", "announcement-end", "hears [en-US] And another."
    )
    ends = board.forms("/events", "announcement-end")
    assert [end["AnnounceUrl"] for end in ends] == [board.at("/warning"), board.at("/second")]


def test_an_announcement_follows_its_redirect_and_repeats_its_loops(board: Board, lab: Lab) -> None:
    board["/warning"] = "<Say loop='2'>Again.</Say><Redirect>/second</Redirect><Say>Never.</Say>"
    board["/second"] = "<Say>The end.</Say>"
    customer, _ = together(board, lab)
    the_room(board).update(announce_url=board.at("/warning"))
    lab.run(20)
    assert customer.heard() == ["Again.", "Again.", "The end."]
    assert len(board.forms("/events", "announcement-end")) == 1


@pytest.mark.parametrize(
    ("document", "code"), [(500, 11200), ("<Gather/>", 13238), ("<Say>", 12100)], ids=str
)
def test_a_failing_announcement_sends_no_event_and_a_line_to_the_debugger(
    board: Board, lab: Lab, document: int | str, code: int
) -> None:
    board["/warning"] = document
    customer, _ = together(board, lab)
    the_room(board).update(announce_url=board.at("/warning"))
    lab.run(20)
    assert customer.heard() == []
    assert board.events()[-1] == "conference-start"
    assert [alert.code for alert in lab.story.alerts] == [code]


def test_who_leaves_hears_no_more_of_an_announcement(board: Board, lab: Lab) -> None:
    board["/warning"] = WARNING + "<Pause length='5'/><Say>Second part.</Say>"
    board["/closing"] = "<Pause length='30'/>"
    customer, agent = together(board, lab)
    the_room(board).update(announce_url=board.at("/warning"))
    lab.run(2)
    board.client.calls(customer.call_sid).update(url=board.at("/closing"))
    lab.run(10)
    assert customer.heard() == ["This is a warning."]
    assert agent.heard()[-1] == "Second part."


def test_an_announcement_ends_silently_with_its_conference(board: Board, lab: Lab) -> None:
    board["/warning"] = WARNING + "<Pause length='5'/>"
    together(board, lab)
    the_room(board).update(announce_url=board.at("/warning"))
    lab.run(1)
    the_room(board).update(status="completed")
    lab.run(20)
    assert board.events()[-1] == "conference-end"


def test_who_is_on_hold_does_not_hear_an_announcement_to_all(board: Board, lab: Lab) -> None:
    board["/warning"] = WARNING
    customer, agent = together(board, lab)
    the_room(board).participants("caller-1").update(hold=True)
    the_room(board).update(announce_url=board.at("/warning"))
    lab.run(5)
    assert customer.heard() == []
    assert agent.heard()[-1] == "This is a warning."
