"""Who can be called and who can call: telephone numbers in E.164, `client:NAME`, `sip:NAME@HOST`."""

import re

from ivr.lab.account import Account
from ivr.lab.records import Refused
from ivr.lab.rest import errors
from ivr.lab.rest.errors import missing
from ivr.lab.rest.form import Form

_E164 = re.compile(r"\+[1-9]\d{1,14}", re.ASCII)
_CLIENT = re.compile(r"client:[^\s/:]{1,256}")
_SIP = re.compile(r"sips?:[^\s@]{1,256}@[^\s@]{1,256}")
_NORTH_AMERICAN = re.compile(r"\+1(\d{3})(\d{3})(\d{4})", re.ASCII)


def is_number(text: str) -> bool:
    return _E164.fullmatch(text) is not None


def formatted(endpoint: str) -> str:
    """A North American number as (415) 867-5308; whatever else as it is."""
    found = _NORTH_AMERICAN.fullmatch(endpoint)
    return f"({found[1]}) {found[2]}-{found[3]}" if found else endpoint


def called(form: Form) -> str:
    """`To` of a call. Source: https://www.twilio.com/docs/errors/21201, 21211"""
    to = form.text("To")
    if not to:
        raise missing("To", errors.NO_TO)
    if not (is_number(to) or _CLIENT.fullmatch(to) or _SIP.fullmatch(to)):
        raise Refused(
            400, errors.INVALID_TO, f"The phone number you are attempting to call, {to}, is not valid."
        )
    return to


def caller(form: Form, account: Account, to: str) -> str:
    """`From` of a call: a number of the account; a client or SIP address may call only its like.

    Source: https://www.twilio.com/docs/errors/21213, 21212, 21210
    """
    from_ = form.text("From")
    if not from_:
        raise missing("From", errors.NO_FROM)
    if not is_number(from_) and (is_number(to) or not (_CLIENT.fullmatch(from_) or _SIP.fullmatch(from_))):
        raise Refused(400, errors.INVALID_FROM, f"The source phone number provided, {from_}, is not valid.")
    if is_number(from_) and account.number(from_) is None:
        raise Refused(
            400,
            errors.FROM_NOT_VERIFIED,
            f"The source phone number provided, {from_}, is not yet verified for your account. You may only "
            "make calls from phone numbers that you've verified or purchased from Twilio.",
        )
    return from_
