"""Dial to Number, Client and Sip: who rings, what the called hear first, who is joined, and what is told."""

import pytest

from ivr.lab.handset import Handset
from ivr.lab.lab import Lab
from ivr.lab.phone import ANSWERS, BUSY, FAILED, NO_ANSWER, REJECTS, Ringing
from tests.lab.network.board import Board
from tests.lab.network.telling import AGENT, CUSTOMER, DIALLED, THIRD, told_in_order, when
from tests.lab.network.twilio_client import OUR_NUMBER, SECOND_NUMBER

AFTER = 'action="/after"'


def number(to: str = DIALLED, **attributes: str) -> str:
    given = {"statusCallback": "/child", "statusCallbackEvent": "initiated ringing answered completed"}
    written = " ".join(f'{key}="{value}"' for key, value in (given | attributes).items())
    return f"<Number {written}>{to}</Number>"


def dialling(board: Board, lab: Lab, nouns: str, dial: str = AFTER) -> Handset:
    """A customer calls, and the line dials."""
    board["/voice/incoming"] = f"<Dial {dial}>{nouns}</Dial><Say>Next verb.</Say>"
    board["/after"] = "<Say>It is over.</Say>"
    customer = lab.phone(CUSTOMER)
    customer.calls(OUR_NUMBER)
    return customer


def test_two_are_joined_until_one_hangs_up(board: Board, lab: Lab) -> None:
    called = lab.phone(DIALLED, ANSWERS)
    customer = dialling(board, lab, number())
    lab.run(10)
    assert customer.is_talking_with() == {DIALLED}
    customer.says("Hello?")
    called.says("Good morning.")
    assert (called.heard(), customer.heard()) == (["Hello?"], ["Good morning."])
    called.hangs_up()
    lab.run(5)

    (after,) = board.forms("/after")
    (bridge,) = lab.story.bridges
    assert bridge.until is not None
    assert after["DialCallStatus"] == "completed"
    assert after["DialCallSid"] == called.call_sid != customer.call_sid
    assert after["DialBridged"] == "true"
    assert int(after["DialCallDuration"]) == round(bridge.until - bridge.since)
    assert customer.heard()[-1] == "It is over."
    child = board.forms("/child")
    assert board.statuses("/child") == ["initiated", "ringing", "in-progress", "completed"]
    assert {one["ParentCallSid"] for one in child} == {customer.call_sid}
    assert {(one["From"], one["To"], one["Direction"]) for one in child} == {
        (CUSTOMER, DIALLED, "outbound-dial")
    }


def test_without_an_action_the_next_verb_follows(board: Board, lab: Lab) -> None:
    called = lab.phone(DIALLED, ANSWERS)
    customer = dialling(board, lab, number(), dial="")
    lab.run(10)
    called.hangs_up()
    lab.run(5)
    assert customer.heard() == ["Next verb."]


def test_the_caller_who_hangs_up_ends_both_legs_and_no_action_follows(board: Board, lab: Lab) -> None:
    called = lab.phone(DIALLED, ANSWERS)
    customer = dialling(board, lab, number())
    lab.run(10)
    customer.hangs_up()
    lab.run(5)
    assert (customer.status, called.status) == ("completed", "completed")
    assert board.forms("/after") == []
    assert not lab.bridges()


@pytest.mark.parametrize(
    ("ringing", "status"),
    [(BUSY, "busy"), (REJECTS, "busy"), (NO_ANSWER, "no-answer"), (FAILED, "failed")],
    ids=["busy", "rejects", "no answer", "no such number"],
)
def test_nobody_was_reached(board: Board, lab: Lab, ringing: Ringing, status: str) -> None:
    lab.phone(DIALLED, ringing)
    customer = dialling(board, lab, number())
    lab.run(60)
    (after,) = board.forms("/after")
    assert (after["DialCallStatus"], after["DialBridged"]) == (status, "false")
    assert "DialCallDuration" not in after
    assert customer.heard() == ["It is over."]
    assert board.statuses("/child")[-1] == status


def test_it_rings_as_long_as_the_timeout_says(board: Board, lab: Lab) -> None:
    lab.phone(DIALLED, NO_ANSWER)
    dialling(board, lab, number(), dial=f'{AFTER} timeout="12"')
    lab.run(60)
    rang = when(lab, f"{DIALLED} call ringing")
    assert when(lab, f"{DIALLED} call no-answer") - rang == pytest.approx(12)


def test_a_caller_who_gives_up_while_it_rings_ends_the_ringing(board: Board, lab: Lab) -> None:
    called = lab.phone(DIALLED, NO_ANSWER)
    customer = dialling(board, lab, number())
    lab.run(5)
    customer.hangs_up()
    lab.run(30)
    assert called.status == "canceled"
    assert board.statuses("/child") == ["initiated", "ringing", "canceled"]
    assert board.forms("/after") == []


def test_a_caller_who_is_sent_elsewhere_while_it_rings_ends_the_ringing(board: Board, lab: Lab) -> None:
    board["/elsewhere"] = "<Say>Elsewhere.</Say>"
    called = lab.phone(DIALLED, NO_ANSWER)
    customer = dialling(board, lab, number())
    lab.run(5)
    board.client.calls(customer.call_sid).update(url=board.at("/elsewhere"))
    lab.run(5)
    assert (called.status, customer.heard()) == ("canceled", ["Elsewhere."])


def test_the_first_who_answers_wins_and_the_others_stop_ringing(board: Board, lab: Lab) -> None:
    slow, quick = lab.phone(AGENT, Ringing(after_s=8)), lab.phone(THIRD, Ringing(after_s=3))
    busy = lab.phone(DIALLED, BUSY)
    customer = dialling(board, lab, number(AGENT) + number(THIRD) + number(DIALLED))
    lab.run(20)
    assert customer.is_talking_with() == {THIRD}
    assert (slow.status, quick.status, busy.status) == ("canceled", "in-progress", "busy")
    quick.hangs_up()
    lab.run(2)
    (after,) = board.forms("/after")
    assert (after["DialCallStatus"], after["DialCallSid"]) == ("completed", quick.call_sid)


def test_in_sequence_the_next_rings_when_the_one_before_did_not_answer(board: Board, lab: Lab) -> None:
    lab.phone(AGENT, BUSY)
    lab.phone(THIRD, ANSWERS)
    never = lab.phone(DIALLED, ANSWERS)
    nouns = number(AGENT) + number(THIRD) + number(DIALLED)
    customer = dialling(board, lab, nouns, dial=f'{AFTER} sequential="true"')
    lab.run(20)
    assert told_in_order(lab, f"{AGENT} call busy", f"{THIRD} is dialled", f"{THIRD} call in-progress")
    assert customer.is_talking_with() == {THIRD}
    assert never.call_sid == ""


@pytest.mark.parametrize(
    ("noun", "rung"),
    [
        ("<Client>joey</Client>", "client:joey"),
        ("<Sip>sip:joey@example.com</Sip>", "sip:joey@example.com"),
        (DIALLED, DIALLED),
    ],
    ids=["client", "sip", "plain number"],
)
def test_clients_and_sip_addresses_are_telephones_too(board: Board, lab: Lab, noun: str, rung: str) -> None:
    lab.phone(rung, ANSWERS)
    customer = dialling(board, lab, noun)
    lab.run(10)
    assert customer.is_talking_with() == {rung}


WHISPER = "<Say>A call from the line.</Say>"


def test_the_called_hear_the_whisper_alone_and_then_both_are_joined(board: Board, lab: Lab) -> None:
    board["/whisper"] = WHISPER
    called = lab.phone(DIALLED, ANSWERS)
    customer = dialling(board, lab, number(url="/whisper"))
    lab.run(3)
    assert called.heard() == ["A call from the line."]
    assert customer.is_talking_with() == set()
    customer.says("Hello?")
    lab.run(3)
    assert customer.is_talking_with() == {DIALLED}
    assert called.heard() == ["A call from the line."]
    assert board.forms("/whisper")[0]["CallSid"] == called.call_sid


def test_a_whisper_that_hangs_up_refuses_the_call(board: Board, lab: Lab) -> None:
    board["/whisper"] = WHISPER + "<Hangup/>"
    called = lab.phone(DIALLED, ANSWERS)
    customer = dialling(board, lab, number(url="/whisper"))
    lab.run(20)
    (after,) = board.forms("/after")
    assert (after["DialCallStatus"], after["DialBridged"]) == ("no-answer", "false")
    assert (called.status, customer.heard()) == ("completed", ["It is over."])
    assert lab.story.bridges == []


def test_a_key_in_the_whisper_accepts_and_silence_refuses(board: Board, lab: Lab) -> None:
    board["/whisper"] = f"<Gather numDigits='1' action='/accept'>{WHISPER}</Gather><Hangup/>"
    willing, silent = lab.phone(DIALLED, Ringing(after_s=4)), lab.phone(THIRD, ANSWERS)
    willing.on_hearing("A call from the line", press="1")
    customer = dialling(board, lab, number(url="/whisper") + number(THIRD, url="/whisper"))
    lab.run(20)
    assert customer.is_talking_with() == {DIALLED}
    assert board.forms("/accept")[0]["Digits"] == "1"
    assert silent.status == "completed"


def test_a_failing_whisper_joins_nobody(board: Board, lab: Lab) -> None:
    board["/whisper"], board["/voice/fallback"] = 500, 500
    lab.phone(DIALLED, ANSWERS)
    dialling(board, lab, number(url="/whisper"))
    lab.run(20)
    assert board.forms("/after")[0]["DialCallStatus"] == "no-answer"
    assert lab.story.bridges == []


def test_the_star_key_hangs_up_the_called_and_leads_to_the_action(board: Board, lab: Lab) -> None:
    called = lab.phone(DIALLED, ANSWERS)
    customer = dialling(board, lab, number(), dial=f'{AFTER} hangupOnStar="true"')
    lab.run(10)
    customer.presses("12")
    lab.run(1)
    assert customer.is_talking_with() == {DIALLED}
    customer.presses("*")
    lab.run(1)
    assert (called.status, customer.heard()) == ("completed", ["It is over."])


def test_a_time_limit_ends_the_conversation(board: Board, lab: Lab) -> None:
    lab.phone(DIALLED, ANSWERS)
    customer = dialling(board, lab, number(), dial=f'{AFTER} timeLimit="30"')
    lab.run(60)
    assert board.forms("/after")[0]["DialCallDuration"] == "30"
    assert customer.heard() == ["It is over."]


def test_the_called_see_the_caller_id_that_the_dial_names(board: Board, lab: Lab) -> None:
    lab.phone(DIALLED, ANSWERS)
    dialling(board, lab, number(sendDigits="1w2"), dial=f'{AFTER} callerId="{SECOND_NUMBER}"')
    lab.run(5)
    assert {one["From"] for one in board.forms("/child")} == {SECOND_NUMBER}
    assert told_in_order(lab, f"{DIALLED} call in-progress", f"{DIALLED} hears (Play 1w2)")


def test_answer_on_bridge_lets_the_caller_ring_until_somebody_is_there(board: Board, lab: Lab) -> None:
    lab.phone(DIALLED, Ringing(after_s=6))
    customer = dialling(board, lab, number(), dial=f'{AFTER} answerOnBridge="true"')
    lab.run(5)
    assert customer.status == "ringing"
    lab.run(5)
    assert customer.status == "in-progress"
    assert when(lab, f"{CUSTOMER} call in-progress") == when(lab, f"{DIALLED} call in-progress")


@pytest.mark.parametrize(("dial", "heard"), [(AFTER, "It is over."), ("", "Next verb.")])
def test_answer_on_bridge_answers_when_nobody_was_there(
    board: Board, lab: Lab, dial: str, heard: str
) -> None:
    lab.phone(DIALLED, BUSY)
    customer = dialling(board, lab, number(), dial=f'{dial} answerOnBridge="true"')
    lab.run(5)
    assert customer.heard() == [heard]
    assert told_in_order(lab, f"{DIALLED} call busy", f"{CUSTOMER} call in-progress", heard)


def test_a_caller_who_gives_up_before_the_answer_was_never_on_the_line(board: Board, lab: Lab) -> None:
    lab.phone(DIALLED, NO_ANSWER)
    customer = dialling(board, lab, number(), dial='answerOnBridge="true"')
    lab.run(5)
    customer.hangs_up()
    lab.run(5)
    assert customer.status == "canceled"
    assert board.forms("/voice/events")[0]["CallDuration"] == "0"


def test_the_called_leg_may_be_sent_to_a_document_of_its_own(board: Board, lab: Lab) -> None:
    board["/elsewhere"] = "<Say>Elsewhere.</Say><Pause length='20'/>"
    called = lab.phone(DIALLED, ANSWERS)
    customer = dialling(board, lab, number())
    lab.run(10)
    board.client.calls(called.call_sid).update(url=board.at("/elsewhere"))
    lab.run(5)
    assert (called.heard(), called.status) == (["Elsewhere."], "in-progress")
    assert customer.heard() == ["It is over."]
