"""The first menu: every key, no key, the tries, the languages, and urgent."""

from datetime import UTC, datetime

import pytest

from routing.floor import Floor
from tests.ivr.voice.scenes import another_call, presses_while_waiting, set_clock, treat
from tests.twilio import CALLER, OFFICE, Twilio

WELCOME = "Thank you for calling Example Company."
OFFERS = [
    "To speak with an adviser, press 1.",
    "Para español, oprima 2.",
    "If you would rather be called back, press 3.",
    "If this is urgent, press 0.",
    "To hear this again, press 9.",
]
SPANISH_OFFERS = [
    "Para hablar con un asesor, oprima 1.",
    "Si prefiere que le devolvamos la llamada, oprima 3.",
    "Si es urgente, oprima 0.",
    "Para escuchar esto de nuevo, oprima 9.",
    "To go back to the first menu in English, press star.",
]
NO_KEY, WRONG_KEY = "We did not notice a key.", "That key has no meaning here."
STAY = "Please stay on the line. We are connecting you with an adviser."
CONNECTING = "We are connecting you with the next free adviser."


def test_a_caller_hears_the_welcome_and_every_offer_in_its_own_language(twilio: Twilio) -> None:
    menu = twilio.calls()
    assert menu.says == [WELCOME, *OFFERS]
    assert menu.languages == ["en-US", "en-US", "es-US", "en-US", "en-US", "en-US"]
    wanted = {"numDigits": "1", "timeout": "6", "actionOnEmptyResult": "true"}
    assert menu.root[0].attrib | wanted == menu.root[0].attrib


@pytest.mark.parametrize(
    ("key", "verbs", "first_words"),
    [
        ("1", ["Say", "Enqueue"], CONNECTING),
        ("9", ["Gather"], WELCOME),
        ("*", ["Gather"], WELCOME),
        ("4", ["Gather"], WRONG_KEY),
        ("12", ["Gather"], WRONG_KEY),
        ("#", ["Gather"], WRONG_KEY),
        ("", ["Gather"], NO_KEY),
        ("3", ["Say", "Say", "Hangup"], "We have noted that you would like to be called back"),
        ("0", ["Say", "Enqueue"], "You are on our urgent line."),
    ],
    ids=["1", "9 again", "star", "4 unused", "two keys", "hash", "none", "3 call me back", "0 urgent"],
)
def test_a_key_leads_where_the_menu_says(
    twilio: Twilio, key: str, verbs: list[str], first_words: str
) -> None:
    heard = twilio.presses(twilio.calls(), key)
    assert heard.verbs == verbs
    assert heard.says[0].startswith(first_words)


@pytest.mark.parametrize(("keys", "said"), [(["", ""], NO_KEY), (["7", "7"], WRONG_KEY), (["7", ""], NO_KEY)])
def test_after_three_tries_the_caller_reaches_somebody_all_the_same(
    twilio: Twilio, keys: list[str], said: str
) -> None:
    menu = twilio.calls()
    for key in keys:
        menu = twilio.presses(menu, key)
    assert menu.says == [said, *OFFERS]
    queued = twilio.presses(menu, "")
    assert (queued.says, queued.queue) == ([STAY], "general")


def test_to_hear_it_again_starts_the_tries_anew(twilio: Twilio) -> None:
    menu = twilio.presses(twilio.presses(twilio.calls(), ""), "")
    menu = twilio.presses(menu, "9")
    assert menu.says == [WELCOME, *OFFERS]
    assert twilio.presses(twilio.presses(menu, ""), "").verbs == ["Gather"]


def test_spanish_is_spoken_from_then_on_until_the_call_ends(twilio: Twilio) -> None:
    menu = twilio.presses(twilio.calls(), "2")
    assert menu.says == ["Gracias por llamar a Example Company.", *SPANISH_OFFERS]
    assert menu.languages == ["es-US"] * 5 + ["en-US"]
    again = twilio.presses(menu, "")
    assert again.says[0] == "No hemos notado ninguna tecla."
    queued = twilio.presses(again, "1")
    waiting = twilio.waits(queued)
    assert waiting.says == ["Gracias por esperar. Usted es el siguiente.", "Si es urgente, oprima 0."]
    chosen = presses_while_waiting(twilio, waiting, "0")
    assert chosen.says == ["Le pasamos su llamada."]
    assert twilio.leaves(queued).languages == ["es-US"]


def test_star_leads_back_to_the_first_menu_in_the_first_language(twilio: Twilio) -> None:
    menu = twilio.presses(twilio.presses(twilio.presses(twilio.calls(), "2"), "4"), "*")
    assert menu.says == [WELCOME, *OFFERS]
    assert twilio.waits(twilio.presses(menu, "1")).languages == ["en-US", "en-US"]


@pytest.mark.parametrize(
    ("treatment", "first", "later", "queue"),
    [
        ("", "", "", "urgent"),
        ("specialist", "TN-Validation-Failed-A", "", "urgent"),
        ("closed", "TN-Validation-Failed-C-Diverted", "", "urgent"),
        ("closed", "", "TN-Validation-Failed", "urgent"),
    ],
    ids=["a normal caller", "spoofed: specialist", "spoofed: closed", "said so late"],
)
def test_zero_leads_to_the_urgent_queue(
    twilio: Twilio, floor: Floor, treatment: str, first: str, later: str, queue: str
) -> None:
    """StirVerstat comes with the first webhook only, and counts for the whole call."""
    if treatment:
        treat(floor, treatment)
    heard = twilio.calls(**({"StirVerstat": first} if first else {}))
    heard = twilio.presses(heard, "0", **({"StirVerstat": later} if later else {}))
    assert heard.queue == queue


@pytest.mark.parametrize("treatment", ["specialist", "slow_queue", "team_leader"])
def test_a_treated_caller_who_pressed_zero_in_the_menu_reaches_the_team_leader(
    twilio: Twilio, floor: Floor, treatment: str
) -> None:
    menu = twilio.calls()
    treat(floor, treatment)
    assert twilio.presses(menu, "0").queue == "team_leader"


def test_a_protected_caller_is_urgent_at_once_whatever_the_treatment(twilio: Twilio, floor: Floor) -> None:
    treat(floor, "closed")
    at = floor.clock.now(floor.store)
    floor.standings.protect(CALLER, True, need="extra time", by="tests", at=at)
    queued = twilio.calls()
    assert (queued.queue, queued.says[0].split(".")[0]) == ("urgent", "You are on our urgent line")


def test_the_same_menu_answers_on_the_office_line_while_it_is_open(twilio: Twilio, floor: Floor) -> None:
    set_clock(floor, datetime(2031, 1, 6, 14, 0, tzinfo=UTC))
    assert another_call(twilio, dialled=OFFICE).calls().says == [WELCOME, *OFFERS]
