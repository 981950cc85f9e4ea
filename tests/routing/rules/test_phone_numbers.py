"""What a caller's number is: a table of what networks show, and no text that can break it."""

import phonenumbers
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from routing.rules.phone_numbers import Number, NumberKind, read_number

E164, WITHHELD = NumberKind.E164, NumberKind.WITHHELD
PLACEHOLDER, NOT_A_NUMBER = NumberKind.PLACEHOLDER, NumberKind.NOT_A_NUMBER


@pytest.mark.parametrize(
    ("shown", "region", "e164"),
    [
        ("+14155550142", "US", "+14155550142"),
        ("14155550142", "US", "+14155550142"),
        ("4155550142", "US", "+14155550142"),
        ("(415) 555-0142", "US", "+14155550142"),
        ("415.555.0142", "US", "+14155550142"),
        ("  +1 415 555 0142  ", "US", "+14155550142"),
        ("+442079460018", "US", "+442079460018"),
        ("020 7946 0018", "GB", "+442079460018"),
        ("011 44 20 7946 0018", "US", "+442079460018"),
        ("+390612345678", "US", "+390612345678"),
        ("+18005550199", "US", "+18005550199"),
    ],
)
def test_one_number_has_one_key_however_it_is_written(shown: str, region: str, e164: str) -> None:
    assert read_number(shown, region) == Number(E164, e164)


@pytest.mark.parametrize(
    ("shown", "kind"),
    [
        ("anonymous", WITHHELD),
        ("Anonymous", WITHHELD),
        ("+266696687", WITHHELD),
        ("266696687", WITHHELD),
        ("+7378742833", WITHHELD),
        ("+2562533", WITHHELD),
        ("+7748283", WITHHELD),
        ("Restricted", WITHHELD),
        ("PRIVATE", WITHHELD),
        ("blocked", WITHHELD),
        ("sip:anonymous@anonymous.invalid", WITHHELD),
        ("", PLACEHOLDER),
        ("   ", PLACEHOLDER),
        ("unknown", PLACEHOLDER),
        ("+8656696", PLACEHOLDER),
        ("+86282452253", PLACEHOLDER),
        ("UNAVAILABLE", PLACEHOLDER),
        ("sip:unknown@10.0.0.1", PLACEHOLDER),
        ("client:ann", NOT_A_NUMBER),
        ("sip:+14155550142@example.com", NOT_A_NUMBER),
        ("911", NOT_A_NUMBER),
        ("12345", NOT_A_NUMBER),
        ("+1", NOT_A_NUMBER),
        ("+", NOT_A_NUMBER),
        ("+15555555555", NOT_A_NUMBER),
        ("+999123456789", NOT_A_NUMBER),
        ("+1415555014²", NOT_A_NUMBER),
        ("٤١٥٥٥٥٠١٤٢", NOT_A_NUMBER),
        ("+14155550142;ext=5", NOT_A_NUMBER),
        ("+14155550142\n+14155550143", NOT_A_NUMBER),
        ("4155550142" * 400, NOT_A_NUMBER),
    ],
)
def test_what_is_no_number_has_no_key(shown: str, kind: NumberKind) -> None:
    assert read_number(shown, "US") == Number(kind)


def test_a_plus_that_arrived_as_a_space_is_still_the_same_number() -> None:
    assert read_number(" 14155550142", "US") == Number(E164, "+14155550142")


number_like = st.text("+0123456789 ().-/", max_size=34)
with_words = st.builds("".join, st.lists(st.sampled_from(["+1", "415", "anonym", "unknown", " ", "x", "²"])))


@settings(max_examples=400, deadline=None)
@example("+" + "9" * 100, "US")
@example("\x00", "")
@given(st.text() | number_like | with_words, st.sampled_from(["US", "GB", "IT", "DE", "CN", "ZZ", ""]))
def test_any_text_is_a_value_and_only_a_valid_number_becomes_a_key(shown: str, region: str) -> None:
    number = read_number(shown, region)
    assert bool(number.e164) == (number.kind is E164)
    if number.e164:
        assert phonenumbers.is_valid_number(phonenumbers.parse(number.e164, None))
        assert read_number(number.e164, region) == number
