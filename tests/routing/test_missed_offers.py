"""Offers that an agent does not take: the next one is asked, and after two in a row he is asked no more."""

import pytest
from flask import Flask

from routing.floor import Floor
from routing.rules.agent_states import AgentState
from routing.rules.missed import words_for
from tests.ivr.api.conftest import Asking
from tests.routing.live_floor import LiveFloor
from tests.routing.staff import a_key


@pytest.fixture
def live(floor: Floor) -> LiveFloor:
    return LiveFloor(floor)


def misses(live: LiveFloor, sid: str, why: str) -> None:
    live.floor.offers.end(live.offer(sid), why, missed=True)


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        ("no_answer", "no_answer", "did not answer twice"),
        ("declined", "declined", "declined twice"),
        ("not_heard_of", "failed", "telephone not reached twice"),
        ("refused", "lost", "telephone not reached twice"),
        ("busy", "busy", "telephone was busy twice"),
        ("no_key", "no_key", "picked up and pressed no key twice"),
        ("completed", "completed", "hung up on the offer twice"),
        ("no_answer", "declined", "did not answer, then declined"),
    ],
)
def test_after_two_in_a_row_he_is_not_asked_and_told_why(
    live: LiveFloor, first: str, second: str, reason: str
) -> None:
    live.agent()
    sid = live.call()
    misses(live, sid, first)
    assert live.status() is AgentState.RESERVED, "alone on duty he is asked again"
    misses(live, sid, second)
    now = live.floor.agents.read("ana")
    assert (now.status, now.reason, now.offer) == (AgentState.NOT_ANSWERING, reason, "")
    assert (live.state(sid), live.offer(sid)) == ("waiting", "")


def test_a_call_that_he_takes_makes_up_for_one_that_he_missed(live: LiveFloor) -> None:
    live.agent()
    for _ in range(3):
        sid = live.call()
        misses(live, sid, "no_answer")
        live.talks(sid)
        live.hangs_up(sid)
        live.floor.conversations.write_up(sid, "ana", {}, logged={}, keep_log_ms=1000)
    assert live.status() is AgentState.AVAILABLE


def test_a_caller_who_hangs_up_while_it_rings_is_no_miss(live: LiveFloor) -> None:
    live.agent()
    for _ in range(3):
        live.hangs_up(live.call())
    assert live.status() is AgentState.AVAILABLE


def test_who_wanted_a_break_has_it_whatever_he_missed(live: LiveFloor) -> None:
    live.agent()
    sid = live.call()
    misses(live, sid, "no_answer")
    live.says("ana", AgentState.BREAK, "lunch")
    misses(live, sid, "no_answer")
    now = live.floor.agents.read("ana")
    assert (now.status, now.reason) == (AgentState.BREAK, "lunch")


def test_one_click_brings_him_back_and_nothing_is_held_against_him(app: Flask, floor: Floor) -> None:
    live = LiveFloor(floor)
    ana = Asking(app.test_client(), a_key(floor))
    ana("PUT", "/agents/me", {"status": "available"})
    sid = live.call()
    misses(live, sid, "no_answer")
    misses(live, sid, "no_answer")
    seen = ana("GET", "/agents/me").get_json()
    assert (seen["status"], seen["reason"]) == ("not_answering", "did not answer twice")
    back = ana("PUT", "/agents/me", {"status": "available"}).get_json()
    assert (back["status"], back["offer"]) == ("reserved", live.offer(sid))
    misses(live, sid, "declined")
    assert live.status() is AgentState.RESERVED


def test_what_we_have_no_words_for_is_a_telephone_that_was_not_reached() -> None:
    assert words_for("something new") == "telephone not reached"
