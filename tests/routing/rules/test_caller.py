"""Who is calling, and how sure we are: a number is a hint, never a person (docs/policy.md 18, 20)."""

from datetime import timedelta
from typing import Any

import pytest

from routing.rules.caller import Identity, Override, Phase, Standing, Treatment, recognise
from routing.rules.phone_numbers import read_number
from tests.routing.builders import MONDAY_NOON, a_caller

FAILED = [
    "TN-Validation-Failed-A",
    "TN-Validation-Failed-B",
    "TN-Validation-Failed-C",
    "TN-Validation-Failed",
]
NOT_FAILED = ["", "TN-Validation-Passed-A", "TN-Validation-Passed-B-Diverted", "No-TN-Validation"]


def identity(
    shown: str = "+14155550142", standing: Standing | None = None, verification: str = "", link_days: int = 90
) -> Identity:
    number = read_number(shown, "US")
    found = recognise(number, standing, verification=verification, at=MONDAY_NOON, link_days=link_days)
    return found.identity


@pytest.mark.parametrize(
    ("caller", "expected"),
    [
        (a_caller(), "sure"),
        (a_caller(withheld=True), "withheld"),
        (a_caller(placeholder=True), "placeholder"),
        (a_caller(not_a_number=True), "not_a_number"),
        (a_caller(shared=True), "shared"),
        (a_caller(spoofed=True), "spoofed"),
        (a_caller(lapsed=True), "link_lapsed"),
        (a_caller(withheld=True, spoofed=True, shared=True), "withheld"),
        (a_caller(spoofed=True, shared=True, lapsed=True), "spoofed"),
        (a_caller(shared=True, lapsed=True), "shared"),
    ],
)
def test_the_identity_says_why_a_number_does_not_tell_who_calls(caller: Any, expected: str) -> None:
    assert caller.identity == expected
    assert caller.identity_is_sure is (expected == "sure")


@pytest.mark.parametrize("verification", FAILED)
def test_a_number_whose_display_was_found_false_is_spoofed(verification: str) -> None:
    assert identity(standing=Standing(), verification=verification) is Identity.SPOOFED


@pytest.mark.parametrize("verification", NOT_FAILED)
def test_a_number_that_was_not_checked_or_passed_is_not_spoofed(verification: str) -> None:
    assert identity(standing=Standing(), verification=verification) is Identity.SURE


@pytest.mark.parametrize(
    ("silent_for", "expected"),
    [
        (None, "sure"),
        (timedelta(0), "sure"),
        (timedelta(days=90), "sure"),
        (timedelta(days=90, milliseconds=1), "link_lapsed"),
        (timedelta(days=4000), "link_lapsed"),
        (-timedelta(seconds=1), "sure"),
    ],
    ids=str,
)
def test_a_link_lapses_after_ninety_days_without_contact(silent_for: timedelta | None, expected: str) -> None:
    last = None if silent_for is None else MONDAY_NOON - silent_for
    assert identity(standing=Standing(last_contact=last)) == expected


def test_how_long_a_link_lasts_is_the_configs_to_say() -> None:
    standing = Standing(last_contact=MONDAY_NOON - timedelta(days=10))
    assert identity(standing=standing, link_days=9) is Identity.LINK_LAPSED
    assert identity(standing=standing, link_days=11) is Identity.SURE


@pytest.mark.parametrize(("shown", "expected"), [("+14155550142", "sure"), ("anonymous", "withheld")])
def test_a_standing_that_cannot_be_read_is_noted_and_carries_nothing(shown: str, expected: str) -> None:
    caller = recognise(read_number(shown, "US"), None, verification="", at=MONDAY_NOON, link_days=90)
    assert (caller.identity, caller.is_readable) == (expected, False)
    assert caller.standing == Standing()


@pytest.mark.parametrize("unsure", ["withheld", "placeholder", "not_a_number", "shared", "spoofed", "lapsed"])
@pytest.mark.parametrize("how", ["treatment", "override"])
def test_an_unsure_identity_carries_no_treatment(unsure: str, how: str) -> None:
    assert a_caller(**{how: "closed", unsure: True}).treatment_at(MONDAY_NOON) is Treatment.NORMAL
    assert a_caller(**{how: "closed"}).treatment_at(MONDAY_NOON) is Treatment.CLOSED


def test_a_caller_without_a_real_number_has_no_key() -> None:
    assert [a_caller(withheld=True).number, a_caller(placeholder=True).number] == ["", ""]
    assert a_caller(shared=True).number == "+14155550142"


COURSE = (
    Phase(MONDAY_NOON - timedelta(days=10), Treatment.EMAIL_ONLY, ("o1", "o2", "o3")),
    Phase(MONDAY_NOON, Treatment.SPECIALIST, ("o1", "o2", "o3")),
    Phase(MONDAY_NOON + timedelta(days=5), Treatment.NORMAL, ("o3",)),
)


@pytest.mark.parametrize(
    ("days", "treatment", "offences"),
    [
        (-11, "closed", ("o9",)),
        (-10, "email_only", ("o1", "o2", "o3")),
        (-1, "email_only", ("o1", "o2", "o3")),
        (0, "specialist", ("o1", "o2", "o3")),
        (5, "normal", ("o3",)),
        (500, "normal", ("o3",)),
    ],
)
def test_a_treatment_changes_on_its_day_without_anybody_s_doing(
    days: int, treatment: str, offences: tuple[str, ...]
) -> None:
    known = Standing(Treatment.CLOSED, offences=("o9",), course=COURSE)
    at = MONDAY_NOON + timedelta(days=days)
    caller = recognise(read_number("+14155550142", "US"), known, verification="", at=at, link_days=90)
    assert (caller.treatment_at(at), caller.standing.offences) == (treatment, offences)


def test_a_treatment_by_hand_goes_before_the_course() -> None:
    override = Override(Treatment.CLOSED, MONDAY_NOON + timedelta(days=1), "a test", "ops")
    known = Standing(override=override, course=COURSE)
    assert known.treatment_at(MONDAY_NOON) is Treatment.CLOSED
    assert known.treatment_at(MONDAY_NOON + timedelta(days=1)) is Treatment.SPECIALIST
