"""Numbers that are never dialled: premium, satellite, shared-cost, short, abroad (docs/policy.md 28)."""

import re
from collections.abc import Collection
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

NOT_A_NUMBER = "This is not a telephone number in the form +12125550100."
AN_ADDRESS = "This is an internet address, not a telephone number."
DIALS_ON = "More would be dialled after the number itself: extensions and pauses are not dialled."
TOO_SHORT = "The number is too short: emergency and short numbers are not dialled."
TOO_LONG = "The number has more than 15 digits; no telephone number has."
NOT_IN_USE = "No number of this form is in use."
SATELLITE = "This is a number of a satellite telephone or an international network."
ABROAD = "The number's country is not listed under callbacks.countries."
CHARGED = "This is a directory or pay-per-call number."

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_SHORT = re.compile(r"\+?[0-9]{1,6}")
_LONG = re.compile(r"\+?[0-9]{16,}")
# https://www.twilio.com/docs/voice/api/call-resource#senddigits: keys, pauses and extensions after a number.
_DIALS_ON = re.compile(r"[^0-9]*[0-9].*[,;*#wpx]", re.I | re.S | re.ASCII)
_ADDRESS = re.compile(r"\s*[a-z][a-z0-9+.-]*:|.*@", re.I | re.S | re.ASCII)

# A person's line, and nothing else: what is not known to be harmless is not dialled. In many countries
# internet telephony (VoIP) is such a line.
_DIALLED = {
    PhoneNumberType.FIXED_LINE,
    PhoneNumberType.MOBILE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE,
    PhoneNumberType.VOIP,
}
_REFUSED = {
    PhoneNumberType.PREMIUM_RATE: "This is a premium-rate number.",
    PhoneNumberType.SHARED_COST: "This is a shared-cost number.",
    PhoneNumberType.TOLL_FREE: "This is a freephone number: it reaches a company, not a customer.",
    PhoneNumberType.PERSONAL_NUMBER: "This is a follow-me number, which costs as much as a premium-rate one.",
    PhoneNumberType.UAN: "This is a company-wide number, not a customer's line.",
    PhoneNumberType.PAGER: "This is a pager.",
    PhoneNumberType.VOICEMAIL: "This is the number of a voicemail.",
}
# Satellite ranges within countries, which the library takes for VoIP and mobiles: Canada's 600, Australia's
# 014, Russia's 954, China's 1349 and 174. https://en.wikipedia.org/wiki/Satellite_phone#Country_codes
_SATELLITE = ("+1600", "+6114", "+7954", "+861349", "+86174")
_NETWORKS = "001"  # what the library calls a code that belongs to no country: Inmarsat, Iridium, +979 …
# Pay-per-call exchanges and directory assistance in every area code of +1; to the library, lines like others.
_CHARGED = re.compile(r"\+1[0-9]{3}(?:976[0-9]{4}|5551212)")


def refusal(number: str, countries: Collection[str]) -> str | None:
    """Why we do not dial `number`, as a sentence for people, or None when we may.

    Only E.164 as `read_number` gives it is dialled. The country is the number's own: +1 876 is Jamaica's,
    whatever the +1. `countries` are two-letter regions (`callbacks.countries`).
    """
    if not _E164.fullmatch(number):
        return _misshapen(number)
    return _unwanted(number, frozenset(countries))


def _misshapen(text: str) -> str:
    if _ADDRESS.match(text):
        return AN_ADDRESS
    if _DIALS_ON.match(text):
        return DIALS_ON
    if _LONG.fullmatch(text):
        return TOO_LONG
    return TOO_SHORT if _SHORT.fullmatch(text) else NOT_A_NUMBER


@lru_cache(maxsize=4096)
def _unwanted(e164: str, countries: frozenset[str]) -> str | None:
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return NOT_IN_USE
    region = phonenumbers.region_code_for_number(number)
    if region == _NETWORKS or _NETWORKS in phonenumbers.region_codes_for_country_code(
        number.country_code or 0
    ):
        return SATELLITE
    if not phonenumbers.is_valid_number(number) or _means_another(number, e164):
        return NOT_IN_USE
    if e164.startswith(_SATELLITE):
        return SATELLITE
    return _of_a_kind(number, e164) or (None if region in countries else ABROAD)


def _means_another(number: PhoneNumber, e164: str) -> bool:
    """Read with a country's own prefixes, the text may stand for another number than its digits say."""
    return phonenumbers.format_number(number, PhoneNumberFormat.E164) != e164


def _of_a_kind(number: PhoneNumber, e164: str) -> str | None:
    kind = phonenumbers.number_type(number)
    if kind not in _DIALLED:
        return _REFUSED.get(kind, NOT_IN_USE)
    return CHARGED if _CHARGED.fullmatch(e164) else None
