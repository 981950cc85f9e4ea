"""Status callbacks: told beside the call, with the faults that such messages meet on their way."""

from collections.abc import Mapping

from ivr.lab.carrier import Answer, Ask, Carrier, Script
from ivr.lab.fields import call_fields, progress_fields
from ivr.lab.overrides import overrides_of
from ivr.lab.records import Call, Callback
from ivr.lab.sids import new_sid
from ivr.lab.twiml import TwimlError, document_of

# Every end of a call is told as this event: https://www.twilio.com/docs/voice/api/call-resource
_EVENT_OF = {"in-progress": "answered"}
NO_CONTENT = 204


def tell_call(carrier: Carrier, call: Call, sequence: int) -> None:
    """A call's new status, if somebody asked to be told of it."""
    event = "completed" if call.is_over else _EVENT_OF.get(call.status, call.status)
    fields = call_fields(call) | progress_fields(call, sequence, carrier.now)
    tell(carrier, call.status_callback, event, fields, call.sid)


def tell(carrier: Carrier, to: Callback, event: str, fields: Mapping[str, str], sid: str) -> None:
    """One event, if its URL is set and it was asked for; twice, late or never where faults say so."""
    if not to.url or event not in to.events or carrier.faults.happens("lose"):
        return
    times = 2 if carrier.faults.happens("duplicate") else 1
    for _ in range(times):
        carrier.env.process(_late(carrier, Ask(to.url, to.method, fields), sid))


def notify(carrier: Carrier, ask: Ask, fields: Mapping[str, str], sid: str) -> None:
    """A request whose answer changes nothing; what the debugger would say of it is noted."""
    carrier.env.process(_notified(carrier, ask, fields, sid))


def _late(carrier: Carrier, ask: Ask, sid: str) -> Script[None]:
    if carrier.faults.happens("delay"):
        yield carrier.env.timeout(carrier.faults.chance("delayed by").uniform(0, carrier.faults.delay_s))
    yield from _notified(carrier, ask, ask.fields, sid)


def _notified(carrier: Carrier, ask: Ask, fields: Mapping[str, str], sid: str) -> Script[None]:
    rules, token = overrides_of(ask.url), new_sid("")
    for attempt in range(rules.retries + 1):
        answer: Answer = yield carrier.send(
            ask, fields, cookies={}, token=token, read_timeout_s=rules.read_timeout_s
        )
        if attempt == rules.retries or not rules.retry(answer.failure, answer.status):
            break
    code, complaint = _complaint(answer)
    if complaint:
        path = "/" + ask.url.partition("://")[2].partition("/")[2].partition("?")[0]
        carrier.alert(code, f"{complaint} ({path})", sid)


def _complaint(answer: Answer) -> tuple[int, str]:
    if answer.failure:
        return (11205 if answer.failure == "connect" else 11200), "the server did not answer"
    if answer.status >= 300:
        return 11200, f"the server answered {answer.status}"
    if answer.status == NO_CONTENT or not answer.body:
        return 0, ""
    try:
        document_of(answer.body, content_type=answer.content_type, context="call", url="")
    except TwimlError as fault:
        return fault.code, fault.message
    return 0, ""
