"""Numbers that are dialled and numbers that never are, each with its reason; attack 5 by the thousand."""

import random
from collections.abc import Callable

import phonenumbers
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from callbacks.rules import dialable
from callbacks.rules.dialable import refusal
from routing.rules.phone_numbers import read_number

HOME = ("US", "CA")
LISTED = ("US", "CA", "GB", "DE", "NZ")


@pytest.mark.parametrize(
    "number",
    [
        pytest.param("+12125550100", id="a number of fiction"),
        "+12015550123",
        "+14155550199",
        "+14165550123",
        pytest.param("+12505550142", id="British Columbia"),
        pytest.param("+19075550142", id="Alaska"),
    ],
)
def test_people_in_the_united_states_and_canada_are_dialled(number: str) -> None:
    assert refusal(number, HOME) is None


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("+19005550123", "This is a premium-rate number."),
        ("+449098790123", "This is a premium-rate number."),
        ("+448712345678", "This is a premium-rate number."),
        ("+499001234567", "This is a premium-rate number."),
        ("+64900123456", "This is a premium-rate number."),
        ("+491801234567", "This is a shared-cost number."),
        ("+12129761234", dialable.CHARGED),
        ("+12125551212", dialable.CHARGED),
        ("+18005550100", "This is a freephone number: it reaches a company, not a customer."),
        ("+447012345678", "This is a follow-me number, which costs as much as a premium-rate one."),
        ("+15005550006", "This is a follow-me number, which costs as much as a premium-rate one."),
        ("+443001234567", "This is a company-wide number, not a customer's line."),
        ("+447640123456", "This is a pager."),
        pytest.param("+881612345678", dialable.SATELLITE, id="Iridium"),
        pytest.param("+870773111632", dialable.SATELLITE, id="Inmarsat"),
        pytest.param("+979123456789", dialable.SATELLITE, id="international premium rate"),
        pytest.param("+16005551234", dialable.SATELLITE, id="Canada's satellite telephones"),
        pytest.param("+18765551234", dialable.ABROAD, id="Jamaica, for all its +1"),
        pytest.param("+18095551234", dialable.ABROAD, id="the Dominican Republic"),
        pytest.param("+17875551234", dialable.ABROAD, id="Puerto Rico"),
        pytest.param("+447781123456", dialable.ABROAD, id="Guernsey, for all its +44"),
        ("+390612345678", dialable.ABROAD),
        ("+79541234567", dialable.SATELLITE),
        ("+15555555555", dialable.NOT_IN_USE),
        ("+9991234567", dialable.NOT_IN_USE),
        ("911", dialable.TOO_SHORT),
        ("+911", dialable.TOO_SHORT),
        ("+12125550100,,1", dialable.DIALS_ON),
        ("+12125550100;ext=5", dialable.DIALS_ON),
        ("+12125550100#", dialable.DIALS_ON),
        ("+12125550100*9", dialable.DIALS_ON),
        ("+12125550100w1", dialable.DIALS_ON),
        ("+12125550100p1", dialable.DIALS_ON),
        ("+12125550100x1", dialable.DIALS_ON),
        ("+1 212 555 0100 ext. 5", dialable.DIALS_ON),
        ("sip:+12125550100@example.com", dialable.AN_ADDRESS),
        ("SIP:ann@example.com", dialable.AN_ADDRESS),
        ("client:ann", dialable.AN_ADDRESS),
        ("tel:+12125550100", dialable.AN_ADDRESS),
        ("+1212555010012345", dialable.TOO_LONG),
        ("", dialable.NOT_A_NUMBER),
        ("12125550100", dialable.NOT_A_NUMBER),
        ("++12125550100", dialable.NOT_A_NUMBER),
        ("+1 212 555 0100", dialable.NOT_A_NUMBER),
        pytest.param("+12125550100\n", dialable.NOT_A_NUMBER, id="a line break"),
        pytest.param(" +12125550100", dialable.NOT_A_NUMBER, id="a space"),
        pytest.param("\u200b+12125550100", dialable.NOT_A_NUMBER, id="a space of no width"),
        pytest.param("+१२१२५५५०१००", dialable.NOT_A_NUMBER, id="digits of another script"),
        pytest.param("+1212555010\u0660", dialable.NOT_A_NUMBER, id="one digit of another script"),
        pytest.param("\uff0b12125550100", dialable.NOT_A_NUMBER, id="a wide plus"),
    ],
)
def test_what_is_not_dialled_has_its_reason(number: str, why: str) -> None:
    assert refusal(number, LISTED) == why


def test_a_country_is_dialled_once_it_is_listed() -> None:
    assert refusal("+18764251234", ("JM",)) is None
    assert refusal("+12125550100", ()) == dialable.ABROAD


def test_every_reason_is_a_sentence_that_repeats_no_number() -> None:
    for reason in (refusal(number, HOME) for number in hostile(random.Random(1), 300)):
        assert reason is not None
        assert reason[0].isupper()
        assert reason.endswith(".")
        assert reason == dialable.NOT_A_NUMBER or not any(digits in reason for digits in ("212", "555"))


def digits(chance: random.Random, count: int) -> str:
    return "".join(str(chance.randrange(10)) for _ in range(count))


def a_person(chance: random.Random) -> str:
    """A mobile or a landline of a country that is listed, as its own people have them."""
    america = (
        "212",
        "310",
        "415",
        "617",
        "702",
        "808",
        "907",
        "917",
        "312",
        "206",
        "416",
        "604",
        "514",
        "403",
        "902",
        "204",
        "613",
        "867",
    )
    exchange = chance.choice([str(code) for code in range(220, 976) if code % 100 != 11 and code != 555])
    return chance.choice(
        [
            f"+1{chance.choice(america)}{exchange}{digits(chance, 4)}",
            f"+1{chance.choice(america)}55501{digits(chance, 2)}",
            f"+44{chance.choice(('7415', '7512', '7711', '7801', '7930', '7985'))}{digits(chance, 6)}",
            f"+4420{chance.choice('78')}{chance.choice('2345679')}{digits(chance, 6)}",
            f"+441614960{digits(chance, 3)}",
            f"+49151{chance.choice('1234567')}{digits(chance, 7)}",
            f"+4917{chance.choice('012345')}{chance.choice('23456')}{digits(chance, 6)}",
            f"+49{chance.choice(('30', '89', '40'))}{chance.choice('23456')}{digits(chance, 6)}",
            f"+642{chance.choice('127')}{chance.choice('2345')}{digits(chance, 6)}",
            f"+64{chance.choice('9')}3{digits(chance, 6)}",
            f"+6444{chance.choice('79')}{digits(chance, 5)}",
        ]
    )


def test_hundreds_of_people_are_all_dialled() -> None:
    chance = random.Random(20261123)
    people = [a_person(chance) for _ in range(600)]
    assert [number for number in people if refusal(number, LISTED)] == []
    assert len(set(people)) > 550


def of_kind(*kinds: int) -> list[str]:
    """Examples that the library has of numbers of these kinds, in every country."""
    found = (
        phonenumbers.example_number_for_type(region, kind)
        for region in sorted(phonenumbers.SUPPORTED_REGIONS)
        for kind in kinds
    )
    return [f"+{number.country_code}{number.national_number}" for number in found if number]


CHARGED = of_kind(phonenumbers.PhoneNumberType.PREMIUM_RATE, phonenumbers.PhoneNumberType.SHARED_COST)
ISLANDS = (
    "242",
    "246",
    "264",
    "268",
    "284",
    "345",
    "441",
    "473",
    "649",
    "664",
    "721",
    "758",
    "767",
    "784",
    "809",
    "829",
    "849",
    "868",
    "869",
    "876",
)
DIALLED_ON = [",", ",,", ";", ";ext=", "*", "#", "w", "W", "p", "x", " x", "ext", ",w"]

ATTACKS: list[Callable[[random.Random], str]] = [
    lambda chance: f"+1900{chance.randrange(200, 1000)}{digits(chance, 4)}",
    lambda chance: f"+44{chance.choice(('90', '91', '84', '87', '98'))}{digits(chance, 8)}",
    lambda chance: f"+49{chance.choice(('900', '180'))}{chance.choice('1359')}{digits(chance, 6)}",
    lambda chance: f"+64900{digits(chance, 6)}",
    lambda chance: f"+1{chance.choice(ISLANDS)}{chance.randrange(200, 1000)}{digits(chance, 4)}",
    lambda chance: chance.choice(CHARGED),
    lambda chance: f"+88{chance.choice('123')}{digits(chance, chance.randrange(7, 12))}",
    lambda chance: f"+870{digits(chance, 9)}",
    lambda chance: f"+979{digits(chance, 9)}",
    lambda chance: f"+1600{chance.randrange(200, 1000)}{digits(chance, 4)}",
    lambda chance: a_person(chance) + chance.choice(DIALLED_ON) + digits(chance, chance.randrange(1, 8)),
    lambda chance: a_person(chance) + chance.choice(",;*#wpx"),
    lambda chance: (
        f"{chance.choice(('sip:', 'sips:', 'SIP:', 'client:', ' sip:'))}{a_person(chance)}@a.example"
    ),
    lambda chance: f"+{chance.randrange(1, 10)}{digits(chance, chance.choice((15, 19, 24, 40)))}",
    lambda chance: a_person(chance) + digits(chance, 8),
    lambda chance: chance.choice(("", "+")) + digits(chance, chance.randrange(2, 6)),
    lambda chance: a_person(chance).translate({ord(str(n)): chr(0x0660 + n) for n in range(10)}),
    lambda chance: chance.choice(("\n", " ", "\t", "\u200b", "\u202d", "\x00")).join(("", a_person(chance))),
    lambda chance: a_person(chance) + chance.choice(("\n", "\r\n", " ", "\u00a0", "\x00", "\u2028")),
    lambda chance: f"{a_person(chance)}\n{a_person(chance)}",
]


def hostile(chance: random.Random, count: int) -> list[str]:
    return [ATTACKS[index % len(ATTACKS)](chance) for index in range(count)]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_of_two_thousand_hostile_numbers_none_is_dialled(seed: int) -> None:
    numbers = hostile(random.Random(seed), 2000)
    assert [number for number in numbers if refusal(number, LISTED) is None] == []


def test_premium_and_shared_cost_numbers_of_every_country_are_refused_where_all_are_listed() -> None:
    everywhere = tuple(phonenumbers.SUPPORTED_REGIONS)
    assert [number for number in CHARGED if refusal(number, everywhere) is None] == []


@settings(max_examples=400, deadline=None)
@example("9" * 100_000)
@example("+" + "1," * 50_000)
@given(st.text() | st.text("+0123456789,;*#wpx:@. ", max_size=40))
def test_any_text_has_an_answer_and_only_a_number_as_we_keep_it_is_dialled(text: str) -> None:
    if refusal(text, LISTED) is None:
        assert read_number(text, "US").e164 == text
