"""Status callbacks: told beside the call, with the faults that such messages meet on their way."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from ivr.lab.carrier import Answer, Ask, Carrier, Script
from ivr.lab.fields import call_fields, progress_fields
from ivr.lab.overrides import overrides_of
from ivr.lab.records import Call, Callback
from ivr.lab.sids import new_sid
from ivr.lab.twiml import TwimlError, document_of

# Every end of a call is told as this event: https://www.twilio.com/docs/voice/api/call-resource
_EVENT_OF = {"in-progress": "answered"}
NO_CONTENT = 204
NO_COOKIES: Mapping[str, str] = {}


def tell_call(carrier: Carrier, call: Call, sequence: int, cookies: Mapping[str, str]) -> bool:
    """A call's new status; False if nobody asked to be told of it."""
    event = "completed" if call.is_over else _EVENT_OF.get(call.status, call.status)
    fields = call_fields(call) | progress_fields(call, sequence, carrier.now)
    return tell(carrier, call.status_callback, event, fields, call.sid, cookies)


def tell(
    carrier: Carrier,
    to: Callback,
    event: str,
    fields: Mapping[str, str],
    sid: str,
    cookies: Mapping[str, str] = NO_COOKIES,
) -> bool:
    """One event: twice, late or never where faults say so; False if it was not asked for."""
    if not to.url or event not in to.events:
        return False
    if carrier.faults.happens("lose"):
        return True
    times = 2 if carrier.faults.happens("duplicate") else 1
    for _ in range(times):
        carrier.env.process(_late(carrier, Ask(to.url, to.method, fields), sid, dict(cookies)))
    return True


def notify(
    carrier: Carrier, ask: Ask, fields: Mapping[str, str], sid: str, cookies: Mapping[str, str]
) -> None:
    """A request whose answer changes nothing; what the debugger would say of it is noted."""
    carrier.env.process(_notified(carrier, ask, fields, sid, dict(cookies)))


def _late(carrier: Carrier, ask: Ask, sid: str, cookies: Mapping[str, str]) -> Script[None]:
    if carrier.faults.happens("delay"):
        yield carrier.env.timeout(carrier.faults.chance("delayed by").uniform(0, carrier.faults.delay_s))
    yield from _notified(carrier, ask, ask.fields, sid, cookies)


def _notified(
    carrier: Carrier, ask: Ask, fields: Mapping[str, str], sid: str, cookies: Mapping[str, str]
) -> Script[None]:
    rules, token = overrides_of(ask.url), new_sid("")
    for attempt in range(rules.retries + 1):
        answer: Answer = yield carrier.send(
            ask, fields, cookies=cookies, token=token, read_timeout_s=rules.read_timeout_s
        )
        if attempt == rules.retries or not rules.retry(answer.failure, answer.status):
            break
    code, complaint = _complaint(answer)
    if complaint:
        carrier.alert(code, f"{complaint} ({urlsplit(ask.url).path})", sid)


def _complaint(answer: Answer) -> tuple[int, str]:
    if answer.failure:
        return (11205 if answer.failure == "connect" else 11200), "the server did not answer"
    if answer.status >= 300:
        return 11200, f"the server answered {answer.status}"
    if answer.status == NO_CONTENT:
        return 0, ""
    try:
        document_of(answer.body, content_type=answer.content_type, context="call", url="")
    except TwimlError as fault:
        return fault.code, fault.message
    return 0, ""
