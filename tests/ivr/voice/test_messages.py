"""Messages that end a call: their words, the ways out of each, and goodbye."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.settings import Settings
from routing.floor import Floor
from tests.ivr.voice.scenes import a_config, another_call, at_an_app, set_clock, treat
from tests.twilio import OFFICE, Twilio

EMAIL_ONLY = (
    "We look after your requests in writing. "
    "Please write to us at support@example.com; you will get an answer there."
)
CLOSED = (
    "After what happened on earlier calls we no longer serve this number by telephone. "
    "The letter we sent you says why, and how to appeal."
)
SOMEBODY_ELSE = "If you are somebody else and only share this number, press 2."
URGENT = "If this is urgent, press 0."
CLOSED_HOURS = "Our office is closed at the moment."
WRITE_TO = "You can also write to us at support@example.com."
GOODBYE = "Thank you for calling. Goodbye."
SATURDAY = datetime(2031, 1, 4, 17, 0, tzinfo=UTC)  # noon in New York
MONDAY_NOON = datetime(2031, 1, 6, 17, 0, tzinfo=UTC)
MONDAY_EARLY = datetime(2031, 1, 6, 13, 59, tzinfo=UTC)  # 08:59
MONDAY_OPENING = datetime(2031, 1, 6, 14, 0, tzinfo=UTC)
MONDAY_CLOSING = datetime(2031, 1, 6, 22, 0, tzinfo=UTC)  # 17:00


@pytest.mark.parametrize(("treatment", "words"), [("email_only", EMAIL_ONLY), ("closed", CLOSED)])
def test_a_restricted_caller_hears_why_and_both_ways_out(
    twilio: Twilio, floor: Floor, treatment: str, words: str
) -> None:
    treat(floor, treatment)
    heard = twilio.calls()
    assert (heard.verbs, heard.says) == (["Gather"], [words, SOMEBODY_ELSE, URGENT])


@pytest.mark.parametrize("treatment", ["email_only", "closed"])
@pytest.mark.parametrize(
    ("key", "queue"),
    [("2", "team_leader"), ("0", "team_leader"), ("", None), ("1", None), ("*", None), ("22", None)],
    ids=["2 somebody else", "0 urgent", "no key", "1", "star", "two keys"],
)
def test_a_key_leads_out_of_a_restriction_and_nothing_else_does(
    twilio: Twilio, floor: Floor, treatment: str, key: str, queue: str | None
) -> None:
    treat(floor, treatment)
    heard = twilio.presses(twilio.calls(), key)
    if queue:
        assert (heard.verbs, heard.queue) == (["Say", "Enqueue"], queue)
    else:
        assert (heard.verbs, heard.says) == (["Say", "Hangup"], [GOODBYE])


@pytest.mark.parametrize("showing", ["shared", "failed verification", "withheld"])
def test_a_restriction_is_never_said_to_somebody_who_may_be_somebody_else(
    twilio: Twilio, floor: Floor, showing: str
) -> None:
    treat(floor, "closed")
    if showing == "shared":
        floor.standings.share(twilio.caller, True, by="tests", at=floor.clock.now(floor.store))
    verification = {"StirVerstat": "TN-Validation-Failed-A"} if showing == "failed verification" else {}
    caller = another_call(twilio, caller="Anonymous") if showing == "withheld" else twilio
    assert caller.calls(**verification).says[0] == "Thank you for calling Example Company."


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        (SATURDAY, "Monday, January 6, at 9:00 AM"),
        (MONDAY_NOON, ""),
        (MONDAY_EARLY, "Monday, January 6, at 9:00 AM"),
        (MONDAY_OPENING, ""),
        (MONDAY_CLOSING, "Tuesday, January 7, at 9:00 AM"),
        (datetime(2031, 7, 7, 13, 0, tzinfo=UTC), ""),
    ],
    ids=["Saturday", "Monday noon", "Monday 08:59", "Monday 09:00", "Monday 17:00", "09:00 in summer"],
)
def test_the_office_says_when_it_is_closed(twilio: Twilio, floor: Floor, at: datetime, opens: str) -> None:
    set_clock(floor, at)
    heard = another_call(twilio, dialled=OFFICE).calls()
    closed = [CLOSED_HOURS, f"We open again on {opens}.", WRITE_TO, URGENT]
    assert heard.says == closed if opens else heard.says[0].startswith("Thank you")
    assert another_call(twilio).calls().says[0].startswith("Thank you"), "the support line never closes"


@pytest.mark.parametrize(
    ("key", "verbs", "words"),
    [
        ("0", ["Say", "Enqueue"], "You are on our urgent line."),
        ("2", ["Say", "Hangup"], GOODBYE),
        ("", ["Say", "Hangup"], GOODBYE),
        ("1", ["Say", "Hangup"], GOODBYE),
    ],
)
def test_out_of_hours_only_the_urgent_key_leads_on(
    twilio: Twilio, floor: Floor, key: str, verbs: list[str], words: str
) -> None:
    set_clock(floor, SATURDAY)
    office = another_call(twilio, dialled=OFFICE)
    heard = office.presses(office.calls(), key)
    assert heard.verbs == verbs
    assert heard.says[0].startswith(words)


@pytest.mark.parametrize("treatment", ["specialist", "email_only", "closed"])
def test_out_of_hours_a_treated_caller_who_presses_zero_takes_the_emergency_route(
    twilio: Twilio, floor: Floor, treatment: str
) -> None:
    set_clock(floor, SATURDAY)
    treat(floor, treatment)
    office = another_call(twilio, dialled=OFFICE)
    assert office.presses(office.calls(), "0").queue == "urgent"


def test_the_emergency_route_is_the_lines_own(settings: Settings, floor: Floor, tmp_path: Path) -> None:
    config = a_config(tmp_path, ("emergency: {queue: urgent}", "emergency: {message: nobody_signed_in}"))
    office = another_call(at_an_app(settings, calmline_config=config), dialled=OFFICE)
    set_clock(floor, SATURDAY)
    heard = office.presses(office.calls(), "0")
    assert heard.says[0].startswith("Nobody is here to take your call")


def test_a_protected_caller_takes_the_emergency_route_out_of_hours(twilio: Twilio, floor: Floor) -> None:
    set_clock(floor, SATURDAY)
    floor.standings.protect(twilio.caller, True, need="", by="tests", at=floor.clock.now(floor.store))
    assert another_call(twilio, dialled=OFFICE).calls().queue == "urgent"


def test_an_essential_service_keeps_closed_callers_to_email(
    settings: Settings, floor: Floor, tmp_path: Path
) -> None:
    config = a_config(tmp_path, ("closed_allowed: true ", "closed_allowed: false"))
    twilio = at_an_app(settings, calmline_config=config)
    treat(floor, "closed")
    heard = twilio.calls()
    assert heard.says == [EMAIL_ONLY, SOMEBODY_ELSE, URGENT]
    assert twilio.presses(heard, "2").queue == "team_leader"
