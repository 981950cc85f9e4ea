"""Reads what a new call is to be: what `POST /Calls` and `POST /Participants` have in common."""

import re

from ivr.lab.account import Account
from ivr.lab.records import Callback, NewCall, Refused
from ivr.lab.rest import errors
from ivr.lab.rest.endpoints import called, caller
from ivr.lab.rest.errors import invalid, missing
from ivr.lab.rest.form import Form

PROGRESS = ("initiated", "ringing", "answered", "completed")
STATUS_CALLBACK = ("StatusCallback", "StatusCallbackMethod", "StatusCallbackEvent")
LEG = ("To", "From", "Timeout", "TimeLimit", *STATUS_CALLBACK)
LONGEST_TWIML = 4000
FOUR_HOURS_S, ONE_DAY_S = 14400, 86400
_SEND_DIGITS = re.compile(r"[0-9ABCD*#wW]{0,32}")


def call_to_document(form: Form, account: Account) -> NewCall:
    """A call that is answered by the document at `Url`, or by `Twiml`; Url wins.

    Source: https://www.twilio.com/docs/voice/api/call-resource#create-a-call-resource
    """
    to = called(form)
    from_ = caller(form, account, to)
    url, twiml = form.url("Url"), read_twiml(form)
    if not (url or twiml):
        raise missing("Url", errors.INVALID_URL)
    return NewCall(
        from_=from_,
        to=to,
        url=url,
        twiml="" if url else twiml,
        method=form.method("Method"),
        fallback_url=form.url("FallbackUrl"),
        fallback_method=form.method("FallbackMethod"),
        status_callback=progress_callback(form),
        timeout_s=ring_timeout_s(form),
        send_digits=_send_digits(form),
        time_limit_s=_time_limit_s(form),
        record=form.boolean("Record"),
    )


def call_to_conference(form: Form, account: Account) -> NewCall:
    """A call that joins a conference when it is answered."""
    to = called(form)
    return NewCall(
        from_=caller(form, account, to),
        to=to,
        status_callback=progress_callback(form),
        timeout_s=ring_timeout_s(form),
        time_limit_s=_time_limit_s(form),
    )


def read_twiml(form: Form) -> str:
    """Source: https://www.twilio.com/docs/errors/32018"""
    twiml = form.text("Twiml")
    if len(twiml) > LONGEST_TWIML:
        raise Refused(400, errors.TWIML_TOO_LONG, "Twiml is longer than 4000 characters")
    return twiml


def progress_callback(form: Form) -> Callback:
    """Twilio accepts an unknown event, warns in its debugger and sends none; the lab refuses it.

    Source: https://www.twilio.com/docs/errors/21609, 21626
    """
    return Callback(
        form.url("StatusCallback", errors.INVALID_STATUS_CALLBACK),
        form.method("StatusCallbackMethod"),
        form.events("StatusCallbackEvent", PROGRESS, "completed", errors.INVALID_STATUS_CALLBACK_EVENT),
    )


def ring_timeout_s(form: Form) -> float:
    """Source: https://www.twilio.com/docs/errors/21208"""
    return float(form.whole("Timeout", 60, 1, 600, errors.INVALID_TIMEOUT))


def _time_limit_s(form: Form) -> float:
    return float(form.whole("TimeLimit", FOUR_HOURS_S, 1, ONE_DAY_S))


def _send_digits(form: Form) -> str:
    """Source: https://www.twilio.com/docs/errors/21206"""
    digits = form.text("SendDigits")
    if not _SEND_DIGITS.fullmatch(digits):
        raise invalid("SendDigits", digits, errors.INVALID_SEND_DIGITS)
    return digits
