"""Who is turned away from the waiting room when the line closes or everybody goes home, and where to."""

from datetime import datetime, timedelta

import pytest

from config.schema import Destination
from routing.rules.decisions import Rule
from routing.rules.while_waiting import out_of_service, turned_away
from tests.routing.builders import MONDAY_NOON, SUNDAY_NOON, a_caller, a_config, a_line, told

VOICEMAIL = Destination(voicemail="leave_message")
LONG_GONE, JUST_GONE = MONDAY_NOON - timedelta(seconds=60), MONDAY_NOON - timedelta(seconds=59)


@pytest.mark.parametrize(
    ("line", "queue", "because", "at", "why"),
    [
        ("office", "general", Rule.MENU, MONDAY_NOON, None),
        ("office", "general", Rule.MENU, SUNDAY_NOON, Rule.CLOSED_HOURS),
        ("support", "general", Rule.MENU, SUNDAY_NOON, None),
        ("office", "general", Rule.STATE_UNREADABLE, SUNDAY_NOON, Rule.CLOSED_HOURS),
        ("office", "slow", Rule.SLOW_QUEUE, SUNDAY_NOON, Rule.CLOSED_HOURS),
        ("office", "team_leader", Rule.TEAM_LEADER, SUNDAY_NOON, Rule.CLOSED_HOURS),
        ("office", "urgent", Rule.URGENT_KEY, SUNDAY_NOON, None),
        ("office", "urgent", Rule.PROTECTED, SUNDAY_NOON, None),
        ("office", "team_leader", Rule.URGENT_KEY, SUNDAY_NOON, Rule.CLOSED_HOURS),
        ("office", "general", Rule.PROMISED_CALL, SUNDAY_NOON, None),
    ],
    ids=[
        "the line is open",
        "closed",
        "open around the clock",
        "closed, and let in while nothing could be read",
        "closed for nuisance callers",
        "closed for the team leader's",
        "who pressed 0",
        "protected",
        "a treated caller who pressed 0",
        "whose call we owed",
    ],
)
def test_a_line_that_closes_lets_go_of_all_but_the_urgent(
    line: str, queue: str, because: Rule, at: datetime, why: Rule | None
) -> None:
    said = out_of_service(queue, because, line=a_line(line), config=a_config(), at=at, nobody_since=None)
    assert said is why


@pytest.mark.parametrize(
    ("because", "since", "why"),
    [
        (Rule.MENU, None, None),
        (Rule.MENU, JUST_GONE, None),
        (Rule.MENU, LONG_GONE, Rule.NOBODY_SIGNED_IN),
        (Rule.SPECIALIST, LONG_GONE, Rule.NOBODY_SIGNED_IN),
        (Rule.PROTECTED, LONG_GONE, None),
        (Rule.URGENT_KEY, LONG_GONE, None),
        (Rule.PROMISED_CALL, LONG_GONE, None),
    ],
)
def test_when_everybody_has_gone_for_a_minute_nobody_waits_in_vain(
    because: Rule, since: datetime | None, why: Rule | None
) -> None:
    line, config = a_line(), a_config()
    said = out_of_service("general", because, line=line, config=config, at=MONDAY_NOON, nobody_since=since)
    assert said is why


@pytest.mark.parametrize(
    ("caller", "why", "because", "decision"),
    [
        (a_caller(), Rule.CLOSED_HOURS, Rule.MENU, "voicemail leave_message, by closed_hours"),
        (
            a_caller(),
            Rule.NOBODY_SIGNED_IN,
            Rule.MENU,
            "say_and_hang_up nobody_signed_in, by nobody_signed_in",
        ),
        (
            a_caller("specialist"),
            Rule.CLOSED_HOURS,
            Rule.SPECIALIST,
            "voicemail leave_message, by closed_hours",
        ),
        (a_caller(), Rule.CLOSED_HOURS, Rule.URGENT_KEY, "enqueue urgent, by urgent_key"),
        (a_caller(protected=True), Rule.CLOSED_HOURS, Rule.STATE_UNREADABLE, "enqueue urgent, by protected"),
        (a_caller(protected=True), Rule.NOBODY_SIGNED_IN, Rule.MENU, "enqueue general, by protected"),
    ],
    ids=["closed", "nobody", "treated", "urgent", "protected", "protected and nobody"],
)
def test_who_is_turned_away_goes_where_a_new_call_would(
    caller: object, why: Rule, because: Rule, decision: str
) -> None:
    line = a_line("office").model_copy(update={"after_hours": VOICEMAIL})
    at = SUNDAY_NOON if why is Rule.CLOSED_HOURS else MONDAY_NOON
    said = turned_away(caller, "general", why, because, line=line, config=a_config(), at=at)  # type: ignore[arg-type]
    assert told(said) == decision


def test_a_callback_is_offered_only_to_who_can_be_called() -> None:
    line = a_line("office").model_copy(update={"after_hours": Destination(offer_callback="offer_callback")})
    for caller, do in ((a_caller(), "offer_callback"), (a_caller(withheld=True), "say_and_hang_up")):
        said = turned_away(
            caller, "general", Rule.CLOSED_HOURS, Rule.MENU, line=line, config=a_config(), at=SUNDAY_NOON
        )
        assert said.do == do
