"""Each fault on demand: exactly once by `faults.next`, and by rate and seed the same again."""

import time
from collections.abc import Callable, Sequence
from threading import Thread

import pytest
from requests.exceptions import RequestException
from twilio.base.exceptions import TwilioRestException

from ivr.lab.faults import Fault, Faults
from ivr.lab.lab import Lab
from ivr.lab.phone import ANSWERS
from tests.lab.network.board import Board
from tests.lab.network.conftest import AnyLab
from tests.lab.network.telling import AGENT, CUSTOMER, ring, together, told_in_order
from tests.lab.network.twilio_client import OUR_NUMBER

CALL = ["initiated", "ringing", "in-progress", "completed"]
NUMBERS = [f"+121255502{last:02}" for last in range(20)]
Outcome = list[str]


def arrivals(board: Board, sid: str) -> list[str]:
    """A call's events in the order in which they came."""
    return [form["CallStatus"] for form in board.forms("/progress") if form["CallSid"] == sid]


def a_call(board: Board, lab: Lab) -> list[str]:
    board["/agent"] = "<Say>Hello.</Say>"
    lab.phone(AGENT, ANSWERS)
    sid = ring(board)
    lab.run(60)
    return arrivals(board, sid)


def test_an_event_comes_twice(board: Board, lab: Lab) -> None:
    lab.faults.next("duplicate")
    assert a_call(board, lab) == ["initiated", "initiated", "ringing", "in-progress", "completed"]
    first, second = board.forms("/progress")[:2]
    assert first == second


def test_an_event_is_lost(board: Board, lab: Lab) -> None:
    lab.faults.next("lose", 2)
    assert a_call(board, lab) == ["in-progress", "completed"]


def test_a_late_event_is_overtaken(board: Board, lab: Lab) -> None:
    lab.faults.next("delay")
    came = a_call(board, lab)
    assert sorted(came) == sorted(CALL)
    assert came != CALL
    assert board.statuses("/progress") == CALL


def test_events_of_a_conference_meet_the_same_faults(board: Board, lab: Lab) -> None:
    together(board, lab)
    lab.faults.next("duplicate")
    lab.phone(CUSTOMER).hangs_up()
    lab.run(1)
    assert board.events()[-2:] == ["participant-leave caller-1"] * 2


def rates(board: Board, new_lab: AnyLab, kind: Fault, seed: int) -> list[Sequence[str]]:
    """The events of twenty calls, one second apart, half of whose chances meet this fault."""
    lab = new_lab(faults=Faults(seed, {kind: 0.5}), calls_per_second=1)
    board.asked.clear()
    board["/agent"] = "<Say>Hello.</Say>"
    for number in NUMBERS:
        lab.phone(number, ANSWERS)
    sids = [ring(board, number) for number in NUMBERS]
    lab.run(120)
    return [arrivals(board, sid) for sid in sids]


def is_duplicated(calls: list[Sequence[str]]) -> bool:
    return any(len(call) > len(set(call)) for call in calls) and all(set(call) == set(CALL) for call in calls)


def is_reordered(calls: list[Sequence[str]]) -> bool:
    return all(sorted(call) == sorted(CALL) for call in calls) and any(list(call) != CALL for call in calls)


def has_gaps(calls: list[Sequence[str]]) -> bool:
    return {True, False} == {status in call for call in calls for status in CALL}


@pytest.mark.parametrize(
    ("kind", "shows"), [("duplicate", is_duplicated), ("delay", is_reordered), ("lose", has_gaps)]
)
def test_the_same_seed_gives_the_same_events(
    board: Board, new_lab: AnyLab, kind: Fault, shows: Callable[[list[Sequence[str]]], bool]
) -> None:
    once = rates(board, new_lab, kind, seed=7)
    assert shows(once)
    assert rates(board, new_lab, kind, seed=7) == once
    assert rates(board, new_lab, kind, seed=8) != once


def posted(board: Board, lab: Lab) -> str:
    """What twilio-python made of one POST of a call."""
    lab.phone(AGENT, ANSWERS)
    try:
        ring(board)
    except TwilioRestException as refused:
        return f"{refused.status} {refused.code}"
    except RequestException as lost:
        return type(lost).__name__
    return "created"


@pytest.mark.parametrize(
    ("kind", "learned", "rings"),
    [
        ("429", "429 20429", False),
        ("500_before", "500 20500", False),
        ("500_after", "500 20500", True),
        ("lost_reply", "ConnectionError", True),
        ("slow", "created", True),
    ],
)
def test_a_request_of_rest_goes_wrong_once(
    board: Board, lab: Lab, kind: Fault, learned: str, rings: bool
) -> None:
    lab.faults.slow_s = 0.2
    lab.faults.next(kind)
    board["/agent"] = "<Say>Hello.</Say>"
    assert posted(board, lab) == learned
    lab.run(20)
    assert lab.phone(AGENT).heard() == (["Hello."] if rings else [])
    assert len(lab.network.calls) == int(rings)
    assert posted(board, lab) == "created"


def test_a_slow_answer_takes_its_time_and_holds_up_nobody_else(board: Board, lab: Lab) -> None:
    lab.faults.slow_s = 1.0
    lab.faults.next("slow")
    began = time.monotonic()
    slow = Thread(target=lambda: posted(board, lab))
    slow.start()
    time.sleep(0.2)
    board.client.conferences.list()
    assert time.monotonic() - began < 0.9
    slow.join()
    assert time.monotonic() - began >= 1.0


def test_the_same_seed_gives_the_same_faults_of_rest(board: Board, new_lab: AnyLab) -> None:
    def outcomes(seed: int) -> Outcome:
        kinds: dict[Fault, float] = {"429": 0.2, "500_before": 0.2, "500_after": 0.2, "lost_reply": 0.2}
        lab = new_lab(faults=Faults(seed, kinds))
        return [posted(board, lab) for _ in range(30)]

    once = outcomes(3)
    assert set(once) == {"created", "429 20429", "500 20500", "ConnectionError"}
    assert outcomes(3) == once
    assert outcomes(4) != once


def test_a_leg_drops_in_the_middle_of_a_conversation(board: Board, lab: Lab) -> None:
    lab.faults.next("drop_leg")
    customer, agent = together(board, lab)
    lab.run(65)
    assert (agent.status, customer.status) == ("completed", "in-progress")
    assert told_in_order(
        lab, f"{AGENT} call in-progress", f"{AGENT} is cut off", f"{AGENT} leaves conference"
    )
    assert board.forms("/events", "participant-leave")[0]["ReasonParticipantLeft"] == "participant_hung_up"


def test_an_incoming_leg_drops_too_and_by_seed_the_same_ones(board: Board, new_lab: AnyLab) -> None:
    def dropped(seed: int) -> set[str]:
        lab = new_lab(faults=Faults(seed, {"drop_leg": 0.5}))
        board["/voice/incoming"] = "<Pause length='100'/>"
        for number in NUMBERS:
            lab.phone(number).calls(OUR_NUMBER)
        lab.run(70)
        return {number for number in NUMBERS if lab.phone(number).status == "completed"}

    once = dropped(1)
    assert 0 < len(once) < len(NUMBERS)
    assert dropped(1) == once
    assert dropped(2) != once


def test_a_fault_of_a_telephone_drops_it_by_hand(board: Board, lab: Lab) -> None:
    customer, _ = together(board, lab)
    customer.drops()
    lab.run(1)
    assert told_in_order(lab, f"{CUSTOMER} is cut off", f"{CUSTOMER} call completed")
