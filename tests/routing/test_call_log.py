"""The call log: an entry for every decision and every end, in order, for as long as it may be kept."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from config.settings import Settings
from routing.call_history import calls_since, entries
from routing.floor import Floor
from tests.ivr.voice.scenes import (
    another_call,
    at_config,
    ends,
    in_queue,
    later,
    presses_while_waiting,
    treat,
)
from tests.twilio import Twilio

SPOKEN = ("my number is 415 555 0142", "call me: 415-555-0142", "+1 (415) 555.0142", "4155550142")


def kinds(floor: Floor) -> list[str]:
    """Each entry as its kind, and its step where it is a decision."""
    return [f"{entry.kind} {entry.said.get('step', entry.said.get('how'))}" for entry in entries(floor)]


def test_every_decision_and_the_end_have_one_entry_and_repeats_have_none(
    twilio: Twilio, floor: Floor
) -> None:
    menu = twilio.calls()
    again = twilio.presses(menu, "7")
    queued = twilio.presses(again, "1")
    waiting = twilio.waits(queued)
    presses_while_waiting(twilio, waiting, "0")
    urgent = twilio.leaves(queued)
    for _ in range(3):
        twilio.calls(), twilio.presses(menu, "7"), twilio.presses(again, "1"), twilio.leaves(queued)
        twilio.waits(urgent), twilio.leaves(urgent, "bridged")
    for _ in range(2):
        twilio.leaves(urgent, "hangup")
        ends(twilio)
    told = [
        "begin incoming:0",
        "step menu:main:1",
        "step menu:main:2",
        "step left-waiting:3",
        "end abandoned",
    ]
    assert kinds(floor) == told
    assert {entry.call_sid for entry in entries(floor)} == {twilio.call_sid}


def test_an_entry_says_what_was_known_and_why(twilio: Twilio, floor: Floor) -> None:
    treat(floor, "slow_queue")
    slow = another_call(twilio)
    slow.calls(StirVerstat="TN-Validation-Passed-A")
    (entry,) = [entry.said for entry in entries(floor)]
    assert entry["caller"] == floor.caller_key(slow.caller)
    assert (entry["dialled"], entry["line"], entry["identity"]) == (slow.dialled, "support", "sure")
    assert entry["standing"]["treatment"] == "slow_queue"
    assert entry["load"] == {"waiting": {"slow": 0}, "agents": 0, "signed_in": 0}
    assert (entry["said"], entry["where"], entry["language"]) == (None, {}, "en")
    because = entry["decision"]["because"]
    assert because == {
        "rule": "slow_queue",
        "offences": [],
        "config_version": 0,
        "identity": "sure",
        "hints": ["attestation A"],
    }
    assert [line["rule"] for line in entry["decision"]["trace"] if line["matched"]] == ["slow_queue"]


@pytest.mark.parametrize("words", SPOKEN)
def test_no_number_of_a_caller_stands_in_the_log_also_none_that_was_spoken(
    settings: Settings, floor: Floor, tmp_path: Path, words: str
) -> None:
    listens = ("# speech: {confidence: 0.6}  ", "speech: {}  #")
    call = at_config(settings, tmp_path, listens)
    treat(floor, "closed", "+14155550143")
    another_call(call, caller="+14155550143").calls()
    sip = another_call(call, caller="sip:+14155550142@example.com")
    sip.presses(sip.calls(), "1")
    menu = call.says(call.calls(), words)
    call.presses(menu, "4155550142")
    in_queue(another_call(call))
    ends(call)
    raw = json.dumps(floor.store.client.xrange(floor.keys.call_log))
    digits = "".join(letter for letter in raw.replace("…", "x") if letter not in " ().-+")
    assert "5550142" not in digits
    assert "5550143" not in digits
    assert len(list(entries(floor))) == 9


def test_entries_older_than_the_log_may_be_are_gone(twilio: Twilio, floor: Floor) -> None:
    for _ in range(3):
        in_queue(another_call(twilio))
    later(floor, days=89)
    in_queue(another_call(twilio))
    assert len(list(entries(floor))) == 8
    later(floor, days=2)
    twilio.calls()
    assert len(list(entries(floor))) == 3, "only what is younger than 90 days"
    later(floor, days=200)
    another_call(twilio).calls()
    assert kinds(floor) == ["begin incoming:0"]
    later(floor, days=200)
    ends(another_call(twilio))
    assert len(list(entries(floor))) == 1, "a call that nobody knows has no end"


@pytest.mark.parametrize(("days", "left"), [(3660, 3), (10, 3), (7, 1), (0, 1)])
def test_how_long_it_is_kept_stands_in_the_config(
    settings: Settings, floor: Floor, tmp_path: Path, days: int, left: int
) -> None:
    call = at_config(settings, tmp_path, ("call_log_days: 90", f"call_log_days: {days}"))
    in_queue(call)
    later(floor, days=8)
    another_call(call).calls()
    assert len(list(entries(floor))) == left


def test_the_order_is_kept_when_the_clock_goes_back(twilio: Twilio, floor: Floor) -> None:
    menu = twilio.calls()
    later(floor, hours=-1)
    queued = twilio.presses(menu, "1")
    other = another_call(twilio)
    other.calls()
    twilio.leaves(queued, "hangup")
    assert kinds(floor) == ["begin incoming:0", "step menu:main:1", "begin incoming:0", "end abandoned"]
    later(floor, hours=2)
    ends(other)
    assert [told.call_sid for told in calls_since(floor)] == [twilio.call_sid, other.call_sid]
    moments = [entry.at for entry in entries(floor)]
    assert moments == sorted(moments)


def test_only_calls_that_began_since_then_are_told(twilio: Twilio, floor: Floor) -> None:
    menu = twilio.calls()
    later(floor, minutes=10)
    between = floor.clock.now(floor.store) - timedelta(minutes=5)
    twilio.presses(menu, "1")
    fresh = another_call(twilio)
    fresh.calls()
    ends(twilio)
    assert [told.call_sid for told in calls_since(floor, since=between)] == [fresh.call_sid]
    assert [len(told.steps) for told in calls_since(floor)] == [2, 1]
