"""Key 1 in the waiting room: called back without losing one's place, promised before it is said."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from callbacks.ledger import Ledger, open_ledger
from callbacks.records import Callback
from callbacks.rules.states import Kind, State
from callbacks.wishes import wishes
from config.connections import StoreAway
from config.now import milliseconds
from config.settings import Settings
from ivr.voice import called_back
from routing import offers, waiting
from routing.floor import Floor
from routing.rules.call_states import CallState
from tests.ivr.voice.scenes import (
    another_call,
    at_config,
    in_queue,
    later,
    presses_while_waiting,
    set_clock,
    treat,
)
from tests.routing.on_duty import comes_in, offer_of
from tests.twilio import CALLER, Heard, Twilio

NOON, NIGHT = datetime(2030, 11, 25, 20, 0, tzinfo=UTC), datetime(2030, 11, 26, 7, 0, tzinfo=UTC)
NEXT = "Thank you for waiting. You are next."
OFFER = "To hang up and be called back without losing your place, press 1."
KEPT = "You keep your place. We will call you back at the number you are calling from when it is your turn."
LATER = "We will call you back at the number you are calling from, on Tuesday, November 26, at 8:00 AM."
NOT_KEPT = "We cannot promise to call you back at the moment. You keep your place in the queue."
GOODBYE = "Thank you for calling. Goodbye."


@pytest.fixture
def floor(floor: Floor) -> Iterator[Floor]:
    """On a Monday at noon in San Francisco; what is written is on disk at once."""
    set_clock(floor, NOON)
    floor.store.client.config_set("appendfsync", "always")
    yield floor
    floor.store.client.config_set("appendfsync", "everysec")


@pytest.fixture
def ledger(floor: Floor) -> Ledger:
    return open_ledger(floor)


def promised(floor: Floor, ledger: Ledger, number: str = CALLER) -> list[Callback]:
    return ledger.open_of(floor.caller_key(number))


def is_offered(call: Twilio, queued: Heard) -> bool:
    return OFFER in call.waits(queued).says


def asks(call: Twilio, queued: Heard) -> Heard:
    """Presses 1, and is out of the queue."""
    chosen = presses_while_waiting(call, call.waits(queued), "1")
    assert (chosen.verbs, chosen.says) == (["Say", "Leave"], ["One moment, please."])
    return call.leaves(queued)


def test_after_two_minutes_each_round_offers_it(twilio: Twilio, floor: Floor) -> None:
    queued = in_queue(twilio)
    later(floor, seconds=119)
    assert not is_offered(twilio, queued)
    later(floor, seconds=1)
    for _ in range(3):
        assert twilio.waits(queued).says == [NEXT, OFFER, "If this is urgent, press 0."]
        later(floor, seconds=20)


def test_who_asks_is_promised_a_call_and_hears_so(twilio: Twilio, floor: Floor, ledger: Ledger) -> None:
    queued = in_queue(twilio)
    later(floor, minutes=3)
    heard = asks(twilio, queued)
    assert (heard.verbs, heard.says) == (["Say", "Say", "Hangup"], [KEPT, GOODBYE])
    (callback,) = promised(floor, ledger)
    assert (callback.kind, callback.line, callback.number) == (Kind.REQUESTED, "support", CALLER)
    assert floor.calls.waiting_in("general") == 0
    assert wishes(floor) == [], "a promise is no wish that somebody still has to read"
    assert floor.calls.look_at_wait(twilio.call_sid) is CallState.LEAVING


def test_place_and_skill_set_of_the_call_go_with_the_promise(
    twilio: Twilio, floor: Floor, ledger: Ledger
) -> None:
    queued = in_queue(twilio)
    began = floor.conversations.of(twilio.call_sid)["waiting_since_ms"]
    later(floor, minutes=3)
    asks(twilio, queued)
    (callback,) = promised(floor, ledger)
    assert (callback.skill_set, callback.rank_ms) == ("general.en", int(began))


def test_a_repeat_hears_the_same_and_promises_nothing_twice(
    twilio: Twilio, floor: Floor, ledger: Ledger
) -> None:
    queued = in_queue(twilio)
    later(floor, minutes=3)
    heard = asks(twilio, queued)
    assert twilio.leaves(queued).body == heard.body
    assert len(promised(floor, ledger)) == 1


def test_at_an_hour_at_which_nobody_is_called_the_caller_hears_when(
    twilio: Twilio, floor: Floor, ledger: Ledger
) -> None:
    set_clock(floor, NIGHT)
    queued = in_queue(twilio)
    later(floor, minutes=3)
    assert asks(twilio, queued).says == [LATER, GOODBYE]
    assert [callback.state for callback in promised(floor, ledger)] == [State.BOOKED]


@pytest.mark.parametrize(
    "caller", ["anonymous", "+12125555", "client:someone", "+19005550123", "+442079460000"]
)
def test_who_cannot_be_called_is_not_offered_it_and_the_key_has_no_meaning(
    twilio: Twilio, floor: Floor, caller: str
) -> None:
    call = another_call(twilio, caller=caller)
    queued = in_queue(call)
    later(floor, minutes=3)
    assert not is_offered(call, queued)
    assert presses_while_waiting(call, call.waits(queued), "1").verbs == ["Redirect"]
    assert call.waits(queued).verbs == ["Gather"]


@pytest.mark.parametrize("state", ["spoofed", "shared"])
def test_a_number_that_may_not_be_the_caller_s_own_is_not_offered_it(
    twilio: Twilio, floor: Floor, state: str
) -> None:
    if state == "shared":
        floor.standings.share(CALLER, True, by="tests", at=floor.clock.now(floor.store))
    menu = twilio.calls(StirVerstat="TN-Validation-Failed-A" if state == "spoofed" else "")
    queued = twilio.presses(menu, "1")
    later(floor, minutes=3)
    assert not is_offered(twilio, queued)


@pytest.mark.parametrize("treatment", ["slow_queue", "team_leader"])
def test_nuisance_callers_and_the_team_leaders_are_not_offered_it(
    twilio: Twilio, floor: Floor, treatment: str
) -> None:
    treat(floor, treatment)
    queued = twilio.calls()
    later(floor, seconds=119 if treatment == "team_leader" else 1200)
    assert not is_offered(twilio, queued)
    assert presses_while_waiting(twilio, twilio.waits(queued), "1").verbs == ["Redirect"]


def test_a_nuisance_caller_in_the_normal_queue_is_not_offered_it_either(twilio: Twilio, floor: Floor) -> None:
    treat(floor, "slow_queue")
    calls = [another_call(twilio) for _ in range(6)]
    queued = [call.calls() for call in calls]
    assert queued[-1].queue == "general"
    later(floor, minutes=3)
    assert not is_offered(calls[-1], queued[-1])


def test_a_specialist_s_caller_keeps_the_place_among_the_specialist_s(
    twilio: Twilio, floor: Floor, ledger: Ledger
) -> None:
    treat(floor, "specialist")
    queued = twilio.calls()
    later(floor, minutes=3)
    assert asks(twilio, queued).says[0] == KEPT
    assert floor.conversations.of(twilio.call_sid)["skill_set"] == "specialist.en"


def test_who_is_slowed_down_meanwhile_waits_on(twilio: Twilio, floor: Floor, ledger: Ledger) -> None:
    queued = in_queue(twilio)
    later(floor, minutes=3)
    presses_while_waiting(twilio, twilio.waits(queued), "1")
    treat(floor, "slow_queue")
    assert twilio.leaves(queued).queue == "general"
    assert promised(floor, ledger) == []


def test_whom_an_agent_is_rung_for_is_not_offered_it(twilio: Twilio, floor: Floor) -> None:
    queued = in_queue(twilio)
    later(floor, minutes=3)
    waiting_document = twilio.waits(queued)
    comes_in(floor)
    assert offer_of(floor, twilio)
    assert not is_offered(twilio, queued)
    assert presses_while_waiting(twilio, waiting_document, "1").verbs == ["Redirect"]
    assert offer_of(floor, twilio), "he is about to be served"


def test_of_the_key_and_an_agent_who_takes_the_call_one_wins(
    twilio: Twilio, floor: Floor, ledger: Ledger
) -> None:
    queued = in_queue(twilio)
    later(floor, minutes=3)
    presses_while_waiting(twilio, twilio.waits(queued), "1")
    agent = comes_in(floor)
    offers.accept(floor, offer_of(floor, twilio), agent)
    again = twilio.leaves(queued)
    assert again.queue == "general"
    assert promised(floor, ledger) == [], "he is taken, and not called as well"
    assert floor.calls.look_at_wait(twilio.call_sid) is CallState.CONNECTING


def test_what_cannot_be_promised_is_not_and_the_caller_keeps_the_place(
    twilio: Twilio, floor: Floor, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued, behind = in_queue(twilio), another_call(twilio, caller="+12125570001")
    rank = floor.conversations.of(twilio.call_sid)["rank_ms"]
    later(floor, seconds=1)
    in_queue(behind)
    later(floor, minutes=3)

    def away(*_: Any, **__: Any) -> Callback:
        raise StoreAway("gone")

    monkeypatch.setattr(called_back, "promise_place", away)
    heard = asks(twilio, queued)
    assert (heard.says, heard.queue) == ([NOT_KEPT], "general")
    assert twilio.waits(heard).says[0] == NEXT
    assert floor.conversations.of(twilio.call_sid)["rank_ms"] == rank
    monkeypatch.undo()
    assert twilio.leaves(queued).body == heard.body, "a repeat promises nothing after that"
    assert promised(floor, ledger) == []


def test_a_queue_offers_it_after_its_own_time(settings: Settings, tmp_path: Path, floor: Floor) -> None:
    soon = ("  general:\n    skill: general\n", "  general:\n    skill: general\n    callback_after_s: 30\n")
    call = at_config(settings, tmp_path, soon)
    queued = in_queue(call)
    later(floor, seconds=30)
    assert is_offered(call, queued)


@pytest.mark.parametrize(
    ("wait_s", "said"),
    [
        (None, []),
        (20.0, ["The wait is about one minute."]),
        (61.0, ["The wait is about 2 minutes."]),
        (310.0, ["The wait is about 10 minutes."]),
        (4000.0, []),
    ],
)
def test_the_wait_is_said_when_it_is_known_and_never_too_short(
    twilio: Twilio, monkeypatch: pytest.MonkeyPatch, wait_s: float | None, said: list[str]
) -> None:
    monkeypatch.setattr(waiting, "expected_wait_s", lambda *_: wait_s)
    assert twilio.waits(in_queue(twilio)).says == [NEXT, *said, "If this is urgent, press 0."]


def test_nuisance_callers_hear_of_their_own_wait_and_no_other(
    twilio: Twilio, floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "expected_wait_s", lambda *_: 60.0)
    treat(floor, "slow_queue")
    assert len(twilio.waits(twilio.calls()).says) == 2


def test_the_wait_follows_from_the_pace_at_which_the_queue_was_answered(twilio: Twilio, floor: Floor) -> None:
    now = floor.clock.now(floor.store)
    for ago in (400, 300, 200, 100):
        answered = milliseconds(now - timedelta(seconds=ago))
        floor.store.client.lpush(floor.keys.pace("general"), answered)
    first, second = twilio, another_call(twilio, caller="+12125570001")
    in_queue(first)
    later(floor, milliseconds=5)
    said = second.waits(in_queue(second)).says
    assert said[1] == "The wait is about 4 minutes.", "two ahead at 100 s each, rounded up"
