"""Calls: create, fetch, list, update. Source: https://www.twilio.com/docs/voice/api/call-resource"""

from ivr.lab.records import Call, Callback, Move
from ivr.lab.rest import errors
from ivr.lab.rest.ask import API_VERSION, JSON, Answer, Ask
from ivr.lab.rest.dates import date_filter, date_names, rfc2822
from ivr.lab.rest.endpoints import formatted
from ivr.lab.rest.errors import missing, not_covered
from ivr.lab.rest.form import Form
from ivr.lab.rest.new_call import LEG, call_to_document, read_twiml
from ivr.lab.rest.paging import PAGING, Listing

DOCUMENT = ("Url", "Twiml", "Method", "FallbackUrl", "FallbackMethod")
CREATE = (*LEG, *DOCUMENT, "SendDigits", "Record")
# Shown on the phone of the called, who in the lab looks at nothing.
HARMLESS = ("CallReason",)
UPDATE = (*DOCUMENT, "Status", "StatusCallback", "StatusCallbackMethod")
STATUSES = ("queued", "ringing", "in-progress", "completed", "busy", "failed", "no-answer", "canceled")
FILTERS = ("To", "From", "Status", "ParentCallSid", *date_names("StartTime"), *date_names("EndTime"))
SUBRESOURCES = {
    "notifications": "Notifications",
    "recordings": "Recordings",
    "payments": "Payments",
    "events": "Events",
    "siprec": "Siprec",
    "streams": "Streams",
    "transcriptions": "Transcriptions",
    "user_defined_message_subscriptions": "UserDefinedMessageSubscriptions",
    "user_defined_messages": "UserDefinedMessages",
}


def create(ask: Ask) -> Answer:
    form = ask.form(CREATE, harmless=HARMLESS, repeated=("StatusCallbackEvent",))
    call = ask.network.create_call(call_to_document(form, ask.network.account))
    return Answer(201, call_json(ask, call))


def fetch(ask: Ask) -> Answer:
    ask.no_parameters()
    return Answer(body=call_json(ask, the_call(ask)))


def update(ask: Ask) -> Answer:
    """Ends a call, or sends it to another document; either may come with a new status callback."""
    form = ask.form(UPDATE)
    call = the_call(ask)
    move = _move(form)
    if "Status" in form and move:
        raise not_covered("Status together with Url or Twiml")
    if not move and "Status" not in form and "StatusCallback" not in form:
        raise missing("Url", errors.INVALID_URL)
    callback = _callback(form, call)
    status = form.one_of("Status", ("canceled", "completed"), "completed")
    if move:
        ask.network.move_call(call, move)
    if "Status" in form:
        ask.network.end_call(call, status)
    call.status_callback = callback
    return Answer(body=call_json(ask, call))


def list_(ask: Ask) -> Answer:
    form = ask.form((*FILTERS, *PAGING))
    status = form.one_of("Status", STATUSES, "")
    started, ended = date_filter(form, "StartTime"), date_filter(form, "EndTime")

    def keeps(call: Call) -> bool:
        return (
            form.text("To", call.to) == call.to
            and form.text("From", call.from_) == call.from_
            and form.text("ParentCallSid", call.parent_sid) == call.parent_sid
            and status in {"", shown_status(call)}
            and started(started_at(call))
            and ended(call.ended)
        )

    calls = ask.network.calls.values()
    return Listing("calls", calls, lambda call: call.sid, lambda call: call_json(ask, call), keeps).page(
        ask, form
    )


def the_call(ask: Ask) -> Call:
    """The call of the path; raises Refused 404."""
    call = ask.network.calls.get(ask.at["call"])
    if call is None:
        raise ask.not_found
    return call


def shown_status(call: Call) -> str:
    """`initiated` occurs in callbacks only: a dialled call that does not ring yet is shown as queued."""
    return "queued" if call.status == "initiated" else call.status


def started_at(call: Call) -> float | None:
    """When it was dialled; None while it waits to be."""
    return None if call.status == "queued" else call.created + call.queued_s


def _move(form: Form) -> Move | None:
    url, twiml = form.url("Url"), read_twiml(form)
    if url and twiml:
        raise not_covered("Url and Twiml together: they are mutually exclusive")
    if not (url or twiml):
        return None
    fallback = form.url("FallbackUrl") if "FallbackUrl" in form else None
    return Move(url, twiml, form.method("Method"), fallback, form.method("FallbackMethod"))


def _callback(form: Form, call: Call) -> Callback:
    if "StatusCallback" not in form:
        return call.status_callback
    url = form.url("StatusCallback", errors.INVALID_STATUS_CALLBACK)
    return Callback(url, form.method("StatusCallbackMethod"), frozenset({"completed"}))


def call_json(ask: Ask, call: Call) -> JSON:
    """A call as Twilio shows it; what nobody pays for in the lab has no price."""
    ours = ask.network.account.number(call.to if call.direction == "inbound" else call.from_)
    uri = f"{ask.account}/Calls/{call.sid}"
    moments = {
        "date_created": rfc2822(call.created),
        "date_updated": rfc2822(call.ended or call.answered or call.created),
        "start_time": rfc2822(started_at(call)),
        "end_time": rfc2822(call.ended),
        "duration": str(int(call.lasted_s)) if call.ended and call.answered else None,
        "queue_time": str(int(call.queued_s * 1000)),
    }
    ends = {
        "to": call.to,
        "to_formatted": formatted(call.to),
        "from": call.from_,
        "from_formatted": formatted(call.from_),
        "phone_number_sid": ours.sid if ours else None,
        "forwarded_from": call.extra.get("ForwardedFrom"),
        "caller_name": call.extra.get("CallerName"),
    }
    return {
        "sid": call.sid,
        "account_sid": call.account_sid,
        "parent_call_sid": call.parent_sid or None,
        "status": shown_status(call),
        "direction": call.direction,
        "api_version": API_VERSION,
        **moments,
        **ends,
        "price": None,
        "price_unit": "USD",
        "answered_by": None,
        "group_sid": None,
        "trunk_sid": None,
        "uri": f"{uri}.json",
        "subresource_uris": {name: f"{uri}/{part}.json" for name, part in SUBRESOURCES.items()},
    }
