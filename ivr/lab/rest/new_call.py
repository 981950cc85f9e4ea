"""Reads what a new call is to be: what `POST /Calls` and `POST /Participants` have in common."""

from ivr.lab.account import Account
from ivr.lab.records import Callback, NewCall, Refused
from ivr.lab.rest import errors
from ivr.lab.rest.endpoints import called, caller
from ivr.lab.rest.errors import missing
from ivr.lab.rest.form import Form

PROGRESS = ("initiated", "ringing", "answered", "completed")
STATUS_CALLBACK = ("StatusCallback", "StatusCallbackMethod", "StatusCallbackEvent")
LEG = ("To", "From", "Timeout", *STATUS_CALLBACK)
LONGEST_TWIML = 4000


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
