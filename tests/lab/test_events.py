"""What is told of a call: which events, their numbers, once; and the faults that they meet."""

import pytest

from ivr.lab.faults import Fault, Faults
from ivr.lab.lab import Lab
from ivr.lab.phone import ANSWERS, BUSY, FAILED, NO_ANSWER, REJECTS, Ringing
from ivr.lab.records import Callback, NewCall
from tests.lab.sample_line import CALLER, NUMBER, SampleLine

ALL = frozenset({"initiated", "ringing", "answered", "completed"})
QUICK = Ringing("answer", 1.0)


def told(line: SampleLine) -> list[tuple[str, str]]:
    """Status and number of every event, as they arrived."""
    return [(form["CallStatus"], form["SequenceNumber"]) for form in line.forms("/voice/events")]


def calls_out(lab: Lab, line: SampleLine, ringing: Ringing, events: frozenset[str] = ALL) -> None:
    """A call of the account's that has come to its end."""
    line.pages["/voice/answered"] = '<Response><Pause length="5"/></Response>'
    phone = lab.phone(CALLER, ringing)
    callback = Callback(line.web + "/voice/events", events=events)
    with lab.exchange as network:
        network.create_call(
            NewCall(NUMBER, CALLER, line.web + "/voice/answered", status_callback=callback, timeout_s=20)
        )
    lab.run_until(lambda: phone.leg is not None and phone.leg.call.is_over, 60)
    lab.run(30)


@pytest.mark.parametrize(
    ("ringing", "events", "expected"),
    [
        (ANSWERS, ALL, ["initiated", "ringing", "in-progress", "completed"]),
        (ANSWERS, {"completed"}, ["completed"]),
        (ANSWERS, {"answered", "completed"}, ["in-progress", "completed"]),
        (ANSWERS, {"ringing"}, ["ringing"]),
        (ANSWERS, set(), []),
        (BUSY, ALL, ["initiated", "ringing", "busy"]),
        (REJECTS, ALL, ["initiated", "ringing", "busy"]),
        (NO_ANSWER, ALL, ["initiated", "ringing", "no-answer"]),
        (FAILED, ALL, ["initiated", "failed"]),
        (BUSY, {"answered"}, []),
    ],
)
def test_what_was_asked_for_is_told_and_numbered_from_nought(
    line: SampleLine, ringing: Ringing, events: set[str], expected: list[str]
) -> None:
    with line.lab() as lab:
        calls_out(lab, line, ringing, frozenset(events))
        lab.run(60)
    assert sorted(told(line), key=lambda event: event[1]) == [
        (status, str(number)) for number, status in enumerate(expected)
    ]
    ends = [form for form in line.forms("/voice/events") if "CallDuration" in form]
    assert len(ends) == ("completed" in events)


@pytest.mark.parametrize(
    ("ringing", "figures"),
    [(ANSWERS, ("5", "1", "200")), (BUSY, ("0", "0", "486")), (NO_ANSWER, ("0", "0", "480"))],
    ids=["answered", "busy", "no answer"],
)
def test_the_end_tells_how_long_it_was(
    line: SampleLine, ringing: Ringing, figures: tuple[str, str, str]
) -> None:
    with line.lab() as lab:
        calls_out(lab, line, ringing, frozenset({"completed"}))
    (event,) = line.forms("/voice/events")
    assert (event["CallDuration"], event["Duration"], event["SipResponseCode"]) == figures
    assert (event["Direction"], event["CallbackSource"]) == ("outbound-api", "call-progress-events")


def test_a_call_ends_once_however_often_it_is_ended(line: SampleLine) -> None:
    line.pages["/voice/incoming"] = '<Response><Pause length="60"/></Response>'
    with line.lab() as lab:
        phone = lab.phone(CALLER)
        phone.calls(NUMBER)
        lab.run(2)
        phone.hangs_up()
        phone.drops()
        lab.run(1)
        phone.hangs_up()
        lab.run(60)
    assert told(line) == [("completed", "0")]
    assert line.forms("/voice/events")[0]["CallDuration"] == "2"


@pytest.mark.parametrize(
    ("fault", "times", "expected"),
    [
        ("lose", 1, [("completed", "1")]),
        ("lose", 2, []),
        ("duplicate", 1, [("in-progress", "0"), ("in-progress", "0"), ("completed", "1")]),
        ("delay", 0, [("in-progress", "0"), ("completed", "1")]),
    ],
)
def test_the_next_events_meet_the_fault_that_was_ordered(
    line: SampleLine, fault: Fault, times: int, expected: list[tuple[str, str]]
) -> None:
    with line.lab() as lab:
        lab.faults.next(fault, times)
        calls_out(lab, line, QUICK, frozenset({"answered", "completed"}))
    assert told(line) == expected


def test_an_event_that_is_late_is_overtaken(line: SampleLine) -> None:
    with line.lab(faults=Faults(seed=1, delay_s=60)) as lab:
        lab.faults.next("delay")
        calls_out(lab, line, QUICK, frozenset({"answered", "completed"}))
        lab.run(60)
    assert told(line) == [("completed", "1"), ("in-progress", "0")]


def a_day(line: SampleLine, seed: int) -> list[tuple[str, str]]:
    line.asked.clear()
    faults = Faults(seed, {"lose": 0.2, "duplicate": 0.3, "delay": 0.3})
    with line.lab(faults=faults) as lab:
        for _ in range(10):
            calls_out(lab, line, QUICK)
    return told(line)


def test_the_same_seed_gives_the_same_faults(line: SampleLine) -> None:
    one = a_day(line, 7)
    assert one == a_day(line, 7)
    assert one != a_day(line, 8)
