"""What a caller's or a dialled number is: E.164 or the reason why it is none. Values, never exceptions."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import phonenumbers


class NumberKind(StrEnum):
    """Whether a number can stand for a caller."""

    E164 = "e164"
    WITHHELD = "withheld"
    PLACEHOLDER = "placeholder"
    NOT_A_NUMBER = "not_a_number"


@dataclass(frozen=True, slots=True)
class Number:
    """`e164` is empty for every other kind, so that only a real number can become a key."""

    kind: NumberKind
    e164: str = ""


# Carriers spell these words on the keypad when there is no number to show; Twilio also passes the words
# themselves: https://www.twilio.com/docs/voice/twiml#request-parameters. Some of the spellings pass for
# possible numbers of China, so they are looked up before anything is parsed.
_KEYPAD = {
    "266696687": "anonymous",
    "2562533": "blocked",
    "7378742833": "restricted",
    "7748283": "private",
    "8656696": "unknown",
    "86282452253": "unavailable",
}
_WITHHELD = re.compile(r"anonym|blocked|restricted|private|withheld", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"unknown|unavailable|not available|no caller", re.IGNORECASE)
_LOOKS_LIKE_A_NUMBER = re.compile(r"\+?[0-9 ().\-/]{3,30}", re.ASCII)


@lru_cache(maxsize=16384)
def read_number(raw: str, region: str) -> Number:
    """What Twilio put into From or To, read with the line's region when it has no country code."""
    text = raw.strip()
    if not text:
        return Number(NumberKind.PLACEHOLDER)
    if kind := _stand_in(text):
        return Number(kind)
    if not _LOOKS_LIKE_A_NUMBER.fullmatch(text):
        return Number(NumberKind.NOT_A_NUMBER)
    return _parsed(text, region)


def _stand_in(text: str) -> NumberKind | None:
    """Withheld by the caller, or not known to the network; in words, on the keypad or as a sip address."""
    word = _KEYPAD.get(text.removeprefix("+"), text)
    if _WITHHELD.search(word):
        return NumberKind.WITHHELD
    if _PLACEHOLDER.search(word):
        return NumberKind.PLACEHOLDER
    return None


def _parsed(text: str, region: str) -> Number:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return Number(NumberKind.NOT_A_NUMBER)
    if not phonenumbers.is_valid_number(number):
        return Number(NumberKind.NOT_A_NUMBER)
    return Number(NumberKind.E164, phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
