"""What Twilio tells of calls, taken note of: how each ended, also one that waited or was recorded."""

from collections.abc import Mapping

from callbacks import customers
from callbacks.ledger import Ledger
from config.connections import StoreAway
from config.observe import failed_open, log
from ivr.voice import floor_events
from routing import calling
from routing.events import call_ended
from routing.floor import Floor
from routing.rules.legs import UnknownStatus, status_of
from routing.store.records import Recorded

# https://www.twilio.com/docs/voice/twiml/enqueue#enqueue-attributes-action. `told`: another document of ours
# is on its way already. What is missing here (error, system-error, a new word) is a fault.
QUEUE_RESULT = {
    "leave": "left",
    "queue-full": "full",
    "hangup": "abandoned",
    "redirected": "told",
    "redirected-from-bridged": "told",
    "bridged": "told",
    "bridging-in-process": "told",
}


def abandoned(floor: Floor, ledger: Ledger, call_sid: str) -> None:
    """The caller hung up while waiting."""
    _over(floor, ledger, call_sid, "abandoned")


def recorded(form: Mapping[str, str]) -> Recorded:
    """The recording that a finished Record verb tells of."""
    seconds = form.get("RecordingDuration", "")
    return Recorded(
        form.get("RecordingSid", ""), int(seconds) if seconds.isdecimal() and len(seconds) < 7 else 0
    )


def heard_of(floor: Floor, ledger: Ledger, form: Mapping[str, str], query: Mapping[str, str]) -> None:
    """Take note of an event; the query says which leg of ours a call's is about, if it is one."""
    if "RecordingSid" in form:
        floor_events.recording(floor, form)
        return
    if "StatusCallbackEvent" in form:
        floor_events.conference(floor, form)
        return
    status = form.get("CallStatus", "")
    try:
        how = status_of(status).how
    except UnknownStatus:
        log.error("call_status_unknown", status=status[:40], call=form["CallSid"])
        return
    if "leg" in query:
        calling.leg_event(floor, query["leg"], form["CallSid"], status)
    elif how:
        _over(floor, ledger, form["CallSid"], how)


def _over(floor: Floor, ledger: Ledger, call_sid: str, how: str) -> None:
    call_ended(floor, call_sid, how)
    try:
        customers.call_over(floor, ledger, call_sid)
    except StoreAway as away:
        failed_open("store_away", call=call_sid, error=str(away))
