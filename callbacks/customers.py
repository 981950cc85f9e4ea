"""The customer: answers our call, or rings in himself while we are about to call (25, 26)."""

from datetime import datetime

from callbacks import customer_steps, dialling, reactions
from callbacks.ledger import Ledger
from callbacks.records import Callback, Change, Dialling
from callbacks.rules.states import State, Step
from callbacks.rules.window import Later, may_ring
from callbacks.words import HangUp, Join, Neutral, Words
from routing.floor import Floor
from routing.rules.legs import LegState
from routing.rules.phone_numbers import read_number
from routing.scene import InboundCall, line_for
from routing.store.legs import Leg

LABEL = "caller-1"
_HAS_SPEAKER = frozenset({LegState.ANSWERED, LegState.JOINED})


def answered(floor: Floor, ledger: Ledger, leg: Leg) -> Words:
    """Somebody picked up the customer's telephone: joined to the speaker, never to silence.

    A call that Twilio made late may ring at an hour that is not allowed, or when the speaker has gone.
    """
    callback = _of(ledger, leg)
    if callback is None or callback.dialling is None or callback.dialling.customer_leg != leg.id:
        return left(ledger, leg)
    if callback.dialling.inbound_call:
        return HangUp()
    # Who answered was rung: whatever he hears now, the attempt counts.
    reactions.leg_changed(floor, ledger, leg.id)
    if not _has_speaker(floor, callback.dialling) or not _is_the_hour(floor, callback):
        return Neutral(callback.dialling.speaker)
    return _joined(ledger, callback.id, leg.id)


def left(ledger: Ledger, leg: Leg) -> Words:
    """Still on the line after the conversation: the speaker has gone, or a voicemail is speaking."""
    callback = _of(ledger, leg)
    return Neutral(callback.attempts[-1].speaker if callback and callback.attempts else "")


def rings_in(floor: Floor, ledger: Ledger, call: InboundCall) -> bool:
    """A customer to whom we owe a call rings in; True when he is on his way to the speaker.

    False: his call goes the normal way, and what we owe stays as it is.
    """
    call_sid = call.sid
    for callback in _most_urgent_first(ledger.open_of(_caller(floor, call))):
        ledger.remember_inbound(call_sid, callback.id)
        if _is_brought_to_somebody(floor, ledger, callback, call_sid):
            return True
    return False


def comes_in(floor: Floor, ledger: Ledger, callback_id: str, call_sid: str) -> Words | None:
    """The customer who rang in is brought to the speaker; None: nobody is there, he begins anew."""
    callback = ledger.find(callback_id)
    if callback is None or callback.dialling is None or not _has_speaker(floor, callback.dialling):
        return None
    words = _joined(ledger, callback_id, call_sid)
    if not isinstance(words, Join):
        return None
    floor.calls.talk(call_sid)
    return words


def call_over(floor: Floor, ledger: Ledger, call_sid: str) -> None:
    """A call that came in is over: of a customer who waited for the speaker, or has spoken to him."""
    callback_id = ledger.inbound_of(call_sid)
    callback = ledger.find(callback_id) if callback_id else None
    if callback is None or callback.dialling is None or callback.dialling.inbound_call != call_sid:
        return
    if callback.step is Step.TALKING:
        reactions.customer_gone(floor, ledger, callback.id, call_sid, how="completed", was_posted=True)
        return

    def hung_up(found: Callback, at: datetime) -> Change | None:
        return customer_steps.hung_up_waiting(found, call_sid, at, posted=reactions.posted(floor, found))

    ledger.change(callback.id, hung_up, by=dialling.US, why="the customer who rang in hung up")


def _is_brought_to_somebody(floor: Floor, ledger: Ledger, callback: Callback, call_sid: str) -> bool:
    if callback.state is State.DIALLING:
        return _takes_our_calls_place(ledger, callback.id, call_sid)
    owner = floor.people.find(callback.owner) if callback.owner else None
    return owner is not None and dialling.ring(floor, ledger, callback, owner, inbound_call=call_sid)


def _takes_our_calls_place(ledger: Ledger, callback_id: str, call_sid: str) -> bool:
    def rings_in(callback: Callback, at: datetime) -> Change | None:
        return customer_steps.rings_in(callback, call_sid, at)

    found = ledger.change(callback_id, rings_in, by=dialling.US, why="the customer rang in")
    return found is not None and found.dialling is not None and found.dialling.inbound_call == call_sid


def _has_speaker(floor: Floor, under_way: Dialling) -> bool:
    speaker = floor.legs.read(under_way.owner_leg)
    return speaker is not None and speaker.state in _HAS_SPEAKER


def _joined(ledger: Ledger, callback_id: str, leg: str) -> Words:
    def joins(callback: Callback, at: datetime) -> Change | None:
        return customer_steps.customer_joins(callback, leg, at)

    ledger.change(callback_id, joins, by=dialling.US, why="the customer is on the line")
    callback = ledger.find(callback_id)
    now = callback.dialling if callback else None
    if now is None or now.step is not Step.TALKING or leg != (now.inbound_call or now.customer_leg):
        return Neutral("")
    return Join(now.conference, LABEL)


def _is_the_hour(floor: Floor, callback: Callback) -> bool:
    zones, numbers, days = dialling.hours_of(floor, callback)
    return not isinstance(may_ring(floor.clock.now(floor.store), zones, numbers, days), Later)


def _caller(floor: Floor, call: InboundCall) -> str:
    config = floor.configs.in_force()
    region = config.lines[line_for(config, call.dialled)].region
    return floor.caller_key(read_number(call.caller, region).e164)


def _of(ledger: Ledger, leg: Leg) -> Callback | None:
    return ledger.find(dialling.promised_by(leg))


def _most_urgent_first(callbacks: list[Callback]) -> list[Callback]:
    open_now = [one for one in callbacks if one.state in (State.BOOKED, State.DUE, State.DIALLING)]
    return sorted(open_now, key=lambda one: (one.state is not State.DIALLING, one.due_at or one.booked_at))
