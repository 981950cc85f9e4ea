"""Agents sign in by telephone; whoever is none learns nothing, and is nobody's caller either."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from config.settings import Settings
from routing import agent_desk
from routing.floor import Floor
from routing.rules.agent_states import AgentState
from tests.ivr.voice.scenes import a_config, another_call, later
from tests.routing.staff import ANA, CREATED, a_person
from tests.twilio import Heard, Twilio

DESK, PIN, WRONG, STAFF = "+12125550109", "4711", "1234", "2042"
ELSEWHERE = "+14155550170"
ASKS_PIN, ASKS_STAFF = "Please enter your staff pin", "Please enter your staff number"
KEYS = "To be available, press 1. For a break, press 2. To sign out, press 3."


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    config = a_config(
        tmp_path,
        ('caller_id: "+12125550101"', f'caller_id: "+12125550101"\n    agent_number: "{DESK}"'),
    )
    return settings.model_copy(update={"calmline_config": config})


def works_here(floor: Floor, name: str = "ana", pin: str = PIN, **special: Any) -> str:
    floor.people.add(a_person(name, **({"staff_number": STAFF} | special)), pin=pin, by="tests")
    return name


@pytest.fixture
def ana(floor: Floor) -> str:
    return works_here(floor)


@pytest.fixture
def own(twilio: Twilio) -> Twilio:
    """Ana's telephone rings the agents' number."""
    return replace(twilio, caller=ANA, dialled=DESK)


@pytest.fixture
def other(twilio: Twilio) -> Twilio:
    """Some telephone does."""
    return another_call(twilio, caller=ELSEWHERE, dialled=DESK)


def words(heard: Heard) -> str:
    return " ".join(heard.says)


def gives_pin(call: Twilio, pin: str = PIN, staff: str = "") -> Heard:
    """The answer to a PIN in a new call."""
    heard = call.calls()
    return call.presses(call.presses(heard, staff) if staff else heard, pin)


def test_from_his_own_telephone_the_pin_is_enough(own: Twilio, ana: str) -> None:
    heard = own.calls()
    assert words(heard).startswith("Hello, this is Example Company. Please enter your staff pin")
    gather = next(heard.root.iter("Gather"))
    assert (gather.get("numDigits"), gather.get("finishOnKey"), gather.get("input")) == ("8", "#", "dtmf")
    assert words(own.presses(heard, PIN)) == f"You are signed out. {KEYS}"


def test_from_another_telephone_he_says_who_he_is(other: Twilio, ana: str, floor: Floor) -> None:
    heard = other.calls()
    assert ASKS_STAFF in words(heard)
    asked = other.presses(heard, STAFF)
    assert words(asked).startswith(ASKS_PIN)
    status = other.presses(asked, PIN)
    for key, said, now in (
        ("1", "You are available.", AgentState.AVAILABLE),
        ("2", "You are on a break.", AgentState.BREAK),
        ("3", "You are signed out.", AgentState.OFFLINE),
    ):
        status = other.presses(status, key)
        assert words(status) == f"{said} {KEYS}"
        assert floor.agents.read(ana).status is now


def test_on_his_own_telephone_he_is_available_once_he_has_hung_up(
    own: Twilio, ana: str, floor: Floor
) -> None:
    heard = own.presses(gives_pin(own), "1")
    assert (words(heard), heard.verbs[-1]) == ("You are available as soon as you hang up. Goodbye.", "Hangup")
    assert floor.agents.read(ana).status is AgentState.OFFLINE
    for _ in range(2):
        own.post("/voice/events", own.form(CallStatus="completed"))
        assert floor.agents.read(ana).status is AgentState.AVAILABLE
        assert floor.deadlines.next() is None
    floor.agents.set_status(ana, AgentState.BREAK)
    agent_desk.over(floor, own.call_sid)
    assert floor.agents.read(ana).status is AgentState.BREAK


def test_when_nobody_tells_that_he_has_hung_up_he_is_available_a_little_later(
    own: Twilio, ana: str, floor: Floor
) -> None:
    own.presses(gives_pin(own), "1")
    later(floor, seconds=21)
    [due] = floor.deadlines.claim_due(9, 1000)
    assert (due.kind, due.id) == ("agent_desk", own.call_sid)
    agent_desk.over(floor, due.id)
    assert floor.agents.read(ana).status is AgentState.AVAILABLE


def test_who_has_a_call_hears_what_comes_after_it(other: Twilio, ana: str, floor: Floor) -> None:
    floor.agents.set_status(ana, AgentState.AVAILABLE)
    floor.agents.reserve(ana, "cb1")
    status = other.presses(gives_pin(other, staff=STAFF), "2")
    assert words(status) == (
        f"A call is coming to you, or you are with one. After that you are on a break. {KEYS}"
    )
    assert floor.agents.read(ana).next_status is AgentState.BREAK


def test_who_speaks_another_language_hears_it_after_the_pin(own: Twilio, floor: Floor) -> None:
    works_here(floor, languages=("es",))
    heard = own.calls()
    assert set(heard.languages) == {"en-US"}
    assert set(own.presses(heard, PIN).languages) == {"es-US"}


def test_a_key_without_meaning_is_asked_again_once(other: Twilio, ana: str) -> None:
    status = gives_pin(other, staff=STAFF)
    for key in ("", "7"):
        again = other.presses(status, key)
        assert words(again).endswith(KEYS)
        assert other.presses(again, key).verbs == ["Say", "Hangup"]


def test_three_wrong_tries_end_the_call(own: Twilio, ana: str, floor: Floor) -> None:
    heard = own.calls()
    for _ in range(2):
        heard = own.presses(heard, WRONG)
        assert words(heard) == f"That was not right. {ASKS_PIN}, then press the pound key."
    heard = own.presses(heard, WRONG)
    assert words(heard) == "That was not right. Your supervisor can help you. Goodbye."
    assert heard.verbs[-1] == "Hangup"
    assert floor.agents.read(ana).status is AgentState.OFFLINE


def test_whoever_rings_hears_the_same_whether_the_person_exists_or_not(
    twilio: Twilio, ana: str, floor: Floor
) -> None:
    works_here(floor, "olga", role="ops", staff_number="3001")
    works_here(floor, "gone", staff_number="3002")
    floor.people.disable("gone", by="tests", at=CREATED)
    works_here(floor, "nopin", pin="", staff_number="3003")
    for digits in (WRONG, PIN):
        stories = set()
        for staff in (*([STAFF] if digits == WRONG else []), "3001", "3002", "3003", "9999"):
            call = another_call(twilio, caller=ELSEWHERE, dialled=DESK)
            heard, story = call.calls(), []
            for _ in range(3):
                story.append(words(heard))
                asked = call.presses(heard, staff)
                story.append(words(asked))
                heard = call.presses(asked, digits)
            stories.add("|".join([*story, words(heard)]))
        assert len(stories) == 1, stories


def test_after_five_wrong_pins_none_is_taken_for_a_quarter_of_an_hour(
    twilio: Twilio, ana: str, floor: Floor
) -> None:
    def tries(pin: str, staff: str = STAFF) -> str:
        return words(gives_pin(another_call(twilio, caller=ELSEWHERE, dialled=DESK), pin, staff))

    for staff in (STAFF, "9999"):
        for _ in range(5):
            assert "That was not right." in tries(WRONG, staff)
        assert "Please try again in 15 minutes, or sign in at your desk." in tries(PIN, staff)
    own = another_call(twilio, caller=ANA, dialled=DESK)
    assert "Please try again in 15 minutes" in words(gives_pin(own)), "her own telephone, the same PIN"
    later(floor, minutes=14)
    assert "15 minutes" in tries(PIN)
    later(floor, minutes=1, seconds=1)
    assert KEYS in tries(PIN)


def test_a_right_pin_forgets_the_wrong_ones(twilio: Twilio, ana: str) -> None:
    for _ in range(3):
        call = another_call(twilio, caller=ANA, dialled=DESK)
        heard = call.calls()
        for pin in (WRONG, WRONG, PIN):
            heard = call.presses(heard, pin)
        assert KEYS in words(heard)


def test_a_repeated_webhook_is_answered_alike_and_counts_once(
    twilio: Twilio, own: Twilio, ana: str, floor: Floor
) -> None:
    asked = own.calls()
    assert own.calls().body == asked.body
    assert len({own.presses(asked, WRONG).body for _ in range(6)}) == 1
    status = own.presses(own.presses(asked, WRONG), PIN)
    assert own.presses(status, "2").body == own.presses(status, "2").body
    floor.agents.set_status(ana, AgentState.OFFLINE)
    own.presses(status, "2")
    assert floor.agents.read(ana).status is AgentState.OFFLINE, "Twilio asked again, Ana did not"


def test_a_number_that_may_be_shown_falsely_does_not_say_who_calls(own: Twilio, ana: str) -> None:
    assert ASKS_STAFF in words(own.calls(StirVerstat="TN-Validation-Failed-C"))


def test_a_telephone_of_two_people_does_not_say_who_calls(own: Twilio, ana: str, floor: Floor) -> None:
    works_here(floor, "ben", staff_number="")
    assert ASKS_STAFF in words(own.calls())


@pytest.mark.parametrize("caller", ["anonymous", "", "client:ghost", "sip:x@example.com", "123"])
def test_any_telephone_may_ring(twilio: Twilio, ana: str, caller: str) -> None:
    assert ASKS_STAFF in words(another_call(twilio, caller=caller, dialled=DESK).calls())


def test_silence_ends_the_call_and_counts_as_no_try(own: Twilio, other: Twilio, ana: str) -> None:
    for call in (own, other):
        heard = call.calls()
        for _ in range(3):
            heard = call.presses(heard, "")
        assert heard.verbs[-1] == "Hangup"
    assert KEYS in words(gives_pin(another_call(own)))


def test_it_is_no_call_of_a_customer(own: Twilio, ana: str, floor: Floor) -> None:
    own.presses(gives_pin(own), "1")
    own.post("/voice/events", own.form(CallStatus="completed"))
    redis = floor.store.client
    assert redis.xlen(floor.keys.call_log) == 0
    assert not redis.exists(floor.keys.call(own.call_sid), floor.keys.standing(ANA))


def test_a_line_s_own_number_is_answered_as_ever(twilio: Twilio, ana: str) -> None:
    heard = another_call(twilio, caller=ANA).calls()
    assert "Nobody is here to take your call" in words(heard), "an agent who rings the line is a caller"


def test_what_is_typed_is_not_logged(
    own: Twilio, other: Twilio, ana: str, logged: Callable[[], list[dict[str, Any]]]
) -> None:
    gives_pin(own, WRONG)
    gives_pin(other, staff=STAFF)
    lines = str(logged())
    assert "pin_wrong" in lines
    assert not [typed for typed in (PIN, WRONG, STAFF, ANA[-7:]) if typed in lines]


def test_a_step_takes_the_token_of_its_own_call(app: Flask, own: Twilio, ana: str) -> None:
    url = gives_pin(own).url("Gather")
    stranger = another_call(own, caller=ELSEWHERE)
    assert stranger.post(url, stranger.form(Digits="1")).status_code == 403
