"""What a key, no key, or too long a wait leads to."""

from typing import Any

import pytest

from config.schema import Destination
from routing.rules.caller import Caller
from routing.rules.choices import answer_menu, press_urgent, take_exit, waited_too_long
from routing.rules.decisions import Decision, Enqueue, Exit, PlayMenu, Rule
from routing.rules.speech import Reply
from tests.routing.builders import MONDAY_NOON, SUNDAY_NOON, a_caller, a_config, a_line, told

TREATED = ["specialist", "slow_queue", "team_leader", "email_only", "closed"]
# The ways out that each message has, by the rule that says it.
WAYS_OUT = {
    Rule.CLOSED: {Exit.URGENT, Exit.SOMEBODY_ELSE},
    Rule.EMAIL_ONLY: {Exit.URGENT, Exit.SOMEBODY_ELSE},
    Rule.CLOSED_HOURS: {Exit.URGENT},
    Rule.NOBODY_SIGNED_IN: {Exit.URGENT, Exit.CALL_ME_BACK},
}
CALL_ME_BACK = [
    (a_caller(), "offer_callback call_me_back, by menu"),
    (a_caller(lapsed=True), "offer_callback call_me_back, by menu"),
    (a_caller("closed"), "offer_callback call_me_back, by menu"),
    (a_caller(withheld=True), "enqueue general, by menu"),
    (a_caller(placeholder=True), "enqueue general, by menu"),
    (a_caller(not_a_number=True), "enqueue general, by menu"),
    (a_caller(shared=True), "enqueue general, by menu"),
    (a_caller(spoofed=True), "enqueue general, by menu"),
    (a_caller(spoofed=True, lapsed=True), "enqueue general, by menu"),
]


def press(digits: str, *, caller: Caller | None = None, attempt: int = 1) -> tuple[str, str, Any]:
    """What a key in the first menu is told, the language it chose, and the decision itself."""
    decision, language = answer_menu(
        caller or a_caller(),
        "main",
        Reply(digits),
        line=a_line(),
        config=a_config(),
        at=MONDAY_NOON,
        attempt=attempt,
    )
    return told(decision), language, decision


def leave(rule: Rule, digits: str, *, caller: Caller | None = None, exits: Any = None) -> Decision:
    """A key in a message, with the message's own ways out unless others are named."""
    ways = frozenset(WAYS_OUT[rule] if exits is None else exits)
    found: dict[str, Any] = {"line": a_line(), "config": a_config(), "at": MONDAY_NOON}
    return take_exit(caller or a_caller(), rule, ways, digits, **found)


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


@pytest.mark.parametrize(("caller", "decision"), CALL_ME_BACK)
def test_only_a_number_that_we_may_dial_is_promised_a_call(caller: Caller, decision: str) -> None:
    assert press("3", caller=caller)[0] == decision
    by_message = leave(Rule.MENU, "1", caller=caller, exits={Exit.CALL_ME_BACK})
    assert told(by_message) == decision
    assert getattr(by_message, "after", "") == ("" if "offer" in decision else "call_me_back_unknown")


@pytest.mark.parametrize(
    ("caller", "queue"),
    [(a_caller(), "urgent"), (a_caller("closed", protected=True), "urgent")]
    + [(a_caller(treatment), "team_leader") for treatment in TREATED]
    + [(a_caller("closed", **{unsure: True}), "urgent") for unsure in ("withheld", "shared", "spoofed")],
)
@pytest.mark.parametrize("where", ["menu", *WAYS_OUT])
def test_the_urgent_key_works_everywhere_and_for_everybody(caller: Caller, queue: str, where: str) -> None:
    if where == "menu":
        assert press("0", caller=caller)[0] == f"enqueue {queue}, by urgent_key"
    else:
        assert told(leave(Rule(where), "0", caller=caller)) == f"enqueue {queue}, by urgent_key"


@pytest.mark.parametrize("caller", [a_caller(), a_caller("closed")], ids=["new", "treated"])
@pytest.mark.parametrize(
    ("emergency", "decision"),
    [
        (Destination(queue="urgent"), "enqueue urgent, by urgent_key"),
        (Destination(message="closed_hours"), "say_and_hang_up closed_hours, by urgent_key"),
        (Destination(menu="main"), "menu main, by urgent_key"),
        (Destination(voicemail="leave_message"), "voicemail leave_message, by urgent_key"),
        (Destination(offer_callback="offer_callback"), "offer_callback offer_callback, by urgent_key"),
    ],
)
def test_out_of_hours_the_urgent_key_takes_the_emergency_route(
    caller: Caller, emergency: Destination, decision: str
) -> None:
    office = a_line("office").model_copy(update={"emergency": emergency})
    assert told(press_urgent(caller, line=office, config=a_config(), at=SUNDAY_NOON)) == decision


@pytest.mark.parametrize(
    ("rule", "digits", "decision"),
    [
        (Rule.CLOSED, "2", "enqueue team_leader, by closed"),
        (Rule.EMAIL_ONLY, "2", "enqueue team_leader, by email_only"),
        (Rule.NOBODY_SIGNED_IN, "1", "offer_callback call_me_back, by nobody_signed_in"),
        (Rule.CLOSED_HOURS, "2", "say_and_hang_up goodbye, by closed_hours"),
        (Rule.CLOSED_HOURS, "1", "say_and_hang_up goodbye, by closed_hours"),
        (Rule.NOBODY_SIGNED_IN, "2", "say_and_hang_up goodbye, by nobody_signed_in"),
        (Rule.CLOSED, "", "say_and_hang_up goodbye, by closed"),
        (Rule.CLOSED, "1", "say_and_hang_up goodbye, by closed"),
        (Rule.EMAIL_ONLY, "22", "say_and_hang_up goodbye, by email_only"),
    ],
)
def test_a_key_leads_out_of_a_message_only_where_it_was_offered(
    rule: Rule, digits: str, decision: str
) -> None:
    assert told(leave(rule, digits, caller=a_caller("closed"))) == decision


@pytest.mark.parametrize("digits", ["", "0", "1", "2", "*"])
def test_a_message_without_a_way_out_ends_in_goodbye_whatever_is_pressed(digits: str) -> None:
    assert told(leave(Rule.MENU, digits, exits=())) == "say_and_hang_up goodbye, by menu"


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
