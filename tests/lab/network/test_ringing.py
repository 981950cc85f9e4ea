"""Calls that the account makes: what the telephone does, what the events say, and Twilio's own queue."""

import pytest
from twilio.base.exceptions import TwilioRestException

from ivr.lab.lab import Lab
from ivr.lab.phone import ANSWERS, BUSY, BY_HAND, FAILED, NO_ANSWER, REJECTS, Ringing
from tests.lab.network.board import Board
from tests.lab.network.conftest import AnyLab
from tests.lab.network.telling import AGENT, ring, told_in_order, when

HELLO = "<Say>Hello.</Say>"


@pytest.mark.parametrize(
    ("ringing", "statuses", "sip_code"),
    [
        (ANSWERS, ["initiated", "ringing", "in-progress", "completed"], "200"),
        (BUSY, ["initiated", "ringing", "busy"], "486"),
        (REJECTS, ["initiated", "ringing", "busy"], "603"),
        (NO_ANSWER, ["initiated", "ringing", "no-answer"], "480"),
        (FAILED, ["initiated", "failed"], "404"),
    ],
    ids=["answers", "busy", "rejects", "no answer", "no such number"],
)
def test_a_telephone_is_rung(
    board: Board, lab: Lab, ringing: Ringing, statuses: list[str], sip_code: str
) -> None:
    board["/agent"] = HELLO
    phone = lab.phone(AGENT, ringing)
    sid = ring(board, timeout=20)
    lab.run(40)
    assert board.statuses("/progress") == statuses
    last = board.forms("/progress")[-1]
    assert (last["SipResponseCode"], last["CallSid"]) == (sip_code, sid)
    assert int(last["CallDuration"]) == (1 if ringing is ANSWERS else 0)
    assert phone.heard() == (["Hello."] if ringing is ANSWERS else [])
    assert board.client.calls(sid).fetch().status == statuses[-1]


def test_it_rings_as_long_as_the_timeout_says(board: Board, lab: Lab) -> None:
    lab.phone(AGENT, NO_ANSWER)
    ring(board, timeout=25)
    lab.run(40)
    rang = when(lab, f"{AGENT} call ringing")
    assert when(lab, f"{AGENT} call no-answer") - rang == pytest.approx(25)


def test_somebody_answers_by_hand(board: Board, lab: Lab) -> None:
    board["/agent"] = HELLO
    phone = lab.phone(AGENT, BY_HAND)
    ring(board)
    lab.run(10)
    assert phone.status == "ringing"
    phone.answers()
    lab.run(0)
    assert (phone.status, phone.heard()) == ("in-progress", ["Hello."])


def test_who_puts_down_a_ringing_telephone_refuses_the_call(board: Board, lab: Lab) -> None:
    phone = lab.phone(AGENT, BY_HAND)
    ring(board)
    lab.run(3)
    phone.hangs_up()
    lab.run(1)
    assert board.statuses("/progress")[-1] == "busy"


@pytest.mark.parametrize("status", ["completed", "canceled"])
def test_a_call_is_cancelled_while_it_rings(board: Board, lab: Lab, status: str) -> None:
    lab.phone(AGENT, NO_ANSWER)
    sid = ring(board)
    lab.run(3)
    board.client.calls(sid).update(status=status)
    lab.run(60)
    assert board.statuses("/progress") == ["initiated", "ringing", "canceled"]
    assert board.forms("/agent") == []


def test_a_call_that_was_answered_is_ended_but_not_cancelled(board: Board, lab: Lab) -> None:
    board["/agent"] = "<Pause length='50'/>"
    lab.phone(AGENT, ANSWERS)
    sid = ring(board)
    lab.run(5)
    with pytest.raises(TwilioRestException) as refused:
        board.client.calls(sid).update(status="canceled")
    assert refused.value.code == 21220
    board.client.calls(sid).update(status="completed")
    lab.run(0)
    assert board.statuses("/progress")[-1] == "completed"
    with pytest.raises(TwilioRestException) as over:
        board.client.calls(sid).update(url=board.at("/agent"))
    assert over.value.code == 21220


def test_a_ringing_call_cannot_be_sent_to_another_document(board: Board, lab: Lab) -> None:
    lab.phone(AGENT, NO_ANSWER)
    sid = ring(board)
    lab.run(3)
    with pytest.raises(TwilioRestException) as refused:
        board.client.calls(sid).update(url=board.at("/agent"))
    assert refused.value.code == 21220


def test_five_calls_at_once_leave_twilios_queue_one_a_second(board: Board, new_lab: AnyLab) -> None:
    lab = new_lab(calls_per_second=1)
    numbers = [f"+1212555019{last}" for last in range(5)]
    sids = [ring(board, to=number) for number in numbers]
    waits = [int(board.client.calls(sid).fetch().queue_time) for sid in sids]
    assert waits == [0, 1000, 2000, 3000, 4000]
    lab.run(10)
    assert [when(lab, f"{number} call ringing") for number in numbers] == pytest.approx(
        [0.4, 1.4, 2.4, 3.4, 4.4]
    )


def test_a_call_cancelled_in_twilios_queue_tells_nobody(board: Board, new_lab: AnyLab) -> None:
    lab = new_lab(calls_per_second=0.1)
    ring(board, to="+12125550190")
    queued = ring(board)
    lab.run(2)
    assert board.client.calls(queued).fetch().status == "queued"
    board.client.calls(queued).update(status="canceled")
    lab.run(60)
    assert board.client.calls(queued).fetch().status == "canceled"
    assert [form["CallSid"] for form in board.forms("/progress") if form["CallSid"] == queued] == []
    assert lab.phone(AGENT).everything() == []


def test_a_time_limit_ends_the_call(board: Board, lab: Lab) -> None:
    board["/agent"] = "<Pause length='60'/>"
    lab.phone(AGENT, ANSWERS)
    ring(board, time_limit=15)
    lab.run(60)
    answered = when(lab, f"{AGENT} call in-progress")
    assert when(lab, f"{AGENT} call completed") - answered == pytest.approx(15)


def test_digits_are_sent_when_it_is_answered(board: Board, lab: Lab) -> None:
    lab.phone(AGENT, ANSWERS)
    ring(board, send_digits="ww42#")
    lab.run(5)
    assert told_in_order(lab, f"{AGENT} call in-progress", f"{AGENT} hears (Play ww42#)")


def test_a_bad_document_leads_to_the_fallback_url_of_the_call(board: Board, lab: Lab) -> None:
    board["/agent"], board["/fallback"] = 500, "<Say>One moment.</Say>"
    phone = lab.phone(AGENT, ANSWERS)
    ring(board, fallback_url=board.at("/fallback"))
    lab.run(10)
    assert phone.heard() == ["One moment."]
    assert board.forms("/fallback")[0]["ErrorCode"] == "11200"
    assert [alert.code for alert in lab.story.alerts] == [11200]


def test_a_move_may_bring_its_own_fallback_url(board: Board, lab: Lab) -> None:
    board["/agent"], board["/moved"], board["/fallback"] = "<Pause length='50'/>", 500, HELLO
    phone = lab.phone(AGENT, ANSWERS)
    sid = ring(board)
    lab.run(5)
    board.client.calls(sid).update(url=board.at("/moved"), fallback_url=board.at("/fallback"))
    lab.run(5)
    assert phone.heard() == ["Hello."]
