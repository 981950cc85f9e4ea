"""What a key, no key, or too long a wait leads to."""

from typing import Any

import pytest

from config.schema import Destination
from routing.rules.caller import Caller
from routing.rules.choices import press_in_menu, press_in_message, press_urgent, waited_too_long
from routing.rules.decisions import Enqueue, PlayMenu, Rule
from tests.routing.builders import MONDAY_NOON, SUNDAY_NOON, a_caller, a_config, a_line, told

TREATED = ["specialist", "slow_queue", "team_leader", "email_only", "closed"]
MESSAGES = ["closed", "email_only", "closed_hours", "nobody_signed_in"]


def press(digits: str, *, caller: Caller | None = None, attempt: int = 1) -> tuple[str, str, Any]:
    """What a key in the first menu is told, the language it chose, and the decision itself."""
    decision, language = press_in_menu(
        caller or a_caller(),
        "main",
        digits,
        line=a_line(),
        config=a_config(),
        at=MONDAY_NOON,
        attempt=attempt,
    )
    return told(decision), language, decision


@pytest.mark.parametrize(
    ("digits", "decision", "language"),
    [
        ("1", "enqueue general, by menu", ""),
        ("2", "menu main, by menu", "es"),
        ("3", "offer_callback call_me_back, by menu", ""),
        ("0", "enqueue urgent, by urgent_key", ""),
        ("9", "menu main, by menu", ""),
        ("*", "menu main, by menu", "en"),
    ],
)
def test_each_key_of_the_menu_has_its_meaning(digits: str, decision: str, language: str) -> None:
    assert press(digits)[:2] == (decision, language)


@pytest.mark.parametrize(
    ("digits", "said_first"), [("", "no_input"), ("7", "wrong_key"), ("12", "wrong_key"), ("00", "wrong_key")]
)
def test_no_key_and_a_wrong_key_say_so_and_play_the_menu_again(digits: str, said_first: str) -> None:
    _, _, decision = press(digits, attempt=2)
    assert decision == PlayMenu("main", decision.because, attempt=3, after=said_first)


@pytest.mark.parametrize("digits", ["", "7"])
def test_a_caller_with_a_broken_keypad_still_reaches_somebody(digits: str) -> None:
    _, _, decision = press(digits, attempt=3)
    assert decision == Enqueue("general", decision.because, after="menu_otherwise")


@pytest.mark.parametrize(
    ("caller", "decision"),
    [
        (a_caller(), "offer_callback call_me_back, by menu"),
        (a_caller(withheld=True), "enqueue general, by menu"),
        (a_caller(placeholder=True), "enqueue general, by menu"),
        (a_caller(shared=True), "enqueue general, by menu"),
        (a_caller(spoofed=True), "enqueue general, by menu"),
    ],
)
def test_only_a_number_that_we_may_dial_is_promised_a_call(caller: Caller, decision: str) -> None:
    assert press("3", caller=caller)[0] == decision


@pytest.mark.parametrize(
    ("caller", "queue"),
    [(a_caller(), "urgent"), (a_caller("closed", protected=True), "urgent")]
    + [(a_caller(treatment), "team_leader") for treatment in TREATED]
    + [(a_caller("closed", **{unsure: True}), "urgent") for unsure in ("withheld", "shared", "spoofed")],
)
@pytest.mark.parametrize("where", ["menu", *MESSAGES])
def test_the_urgent_key_works_everywhere_and_for_everybody(caller: Caller, queue: str, where: str) -> None:
    found = {"line": a_line(), "config": a_config(), "at": MONDAY_NOON}
    decision = (
        press_urgent(caller, **found) if where == "menu" else press_in_message(caller, where, "0", **found)
    )
    assert decision is not None
    assert told(decision) == f"enqueue {queue}, by urgent_key"


@pytest.mark.parametrize("caller", [a_caller(), a_caller("closed")], ids=["new", "treated"])
@pytest.mark.parametrize(
    ("emergency", "decision"),
    [
        (Destination(queue="urgent"), "enqueue urgent, by urgent_key"),
        (Destination(message="closed_hours"), "say_and_hang_up closed_hours, by urgent_key"),
        (Destination(menu="main"), "menu main, by urgent_key"),
    ],
)
def test_out_of_hours_the_urgent_key_takes_the_emergency_route(
    caller: Caller, emergency: Destination, decision: str
) -> None:
    office = a_line("office").model_copy(update={"emergency": emergency})
    assert told(press_urgent(caller, line=office, config=a_config(), at=SUNDAY_NOON)) == decision


@pytest.mark.parametrize(
    ("message", "digits", "decision"),
    [
        ("closed", "2", "enqueue team_leader, by closed"),
        ("email_only", "2", "enqueue team_leader, by email_only"),
        ("closed_hours", "2", None),
        ("nobody_signed_in", "2", None),
        ("closed", "", None),
        ("closed", "1", None),
        ("email_only", "22", None),
        ("all_busy", "2", None),
    ],
)
def test_somebody_else_on_the_number_gets_past_the_message(
    message: str, digits: str, decision: str | None
) -> None:
    led = press_in_message(
        a_caller("closed"), message, digits, line=a_line(), config=a_config(), at=MONDAY_NOON
    )
    assert (led and told(led)) == decision


@pytest.mark.parametrize(
    ("queue", "decision"),
    [
        ("general", "say_and_hang_up all_busy, by menu"),
        ("slow", "say_and_hang_up all_busy, by menu"),
        ("team_leader", "enqueue general, by menu"),
        ("urgent", "say_and_hang_up all_busy, by menu"),
    ],
)
def test_too_long_a_wait_ends_in_the_queues_overflow(queue: str, decision: str) -> None:
    assert told(waited_too_long(a_caller(), queue, config=a_config(), because=Rule.MENU)) == decision
