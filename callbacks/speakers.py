"""The person who will speak: rung first, asked, briefed, and on the line before the customer (24)."""

from datetime import datetime

from callbacks import dialling, steps, turns
from callbacks.ledger import Ledger
from callbacks.records import Callback, Change
from callbacks.rules.outcomes import Result
from callbacks.rules.states import State, Step
from callbacks.rules.window import Later, NeedsPerson, NotOwed
from callbacks.words import (
    AskToTake,
    AskWhoAnswered,
    Brief,
    Farewell,
    Goodbye,
    Join,
    Words,
)
from routing import calling
from routing.floor import Floor
from routing.offers import CallerGone, OfferGone, Taken
from routing.rules.legs import LegState
from routing.store.legs import Leg

MOST_ASKED = 2
TAKE, PASS_ON = "1", "2"
VOICEMAIL, SOMEBODY_ELSE = "1", "2"
LABEL = "agent-1"
# The customer waited in the queue: that is all there is to say of it.
IN_LINE = "in_line"
_SAID = {VOICEMAIL: Result.VOICEMAIL, SOMEBODY_ELSE: Result.WRONG_PERSON}


def answered(ledger: Ledger, leg: Leg) -> Words:
    """Somebody picked up the speaker's telephone. A softphone's owner has answered the offer by that."""
    callback = _his(ledger, leg)
    if callback is None or callback.dialling is None:
        return Goodbye(Farewell.GONE)
    if callback.step is not Step.OWNER_RINGING:
        return Join(callback.dialling.conference, LABEL)
    if callback.dialling.accepted or leg.to.startswith("client:"):
        return _brief(callback)
    return AskToTake()


def pressed(ledger: Ledger, leg: Leg, digits: str, asked: int) -> Words:
    """A key after the first words, or none: no key twice is nobody there who can take the call."""
    callback = _his(ledger, leg)
    if callback is None:
        return Goodbye(Farewell.GONE)
    if digits == TAKE:
        return _brief(callback)
    if digits == PASS_ON or asked >= MOST_ASKED:
        return Goodbye(Farewell.DECLINED)
    return AskToTake(asked + 1)


def joins(floor: Floor, ledger: Ledger, leg: Leg) -> Words:
    """Briefed and ready: the customer is called now, if the hour still allows it (22)."""
    callback = _his(ledger, leg)
    if callback is None or leg.state is LegState.ENDED:
        return Goodbye(Farewell.GONE)
    customer = dialling.new_leg(floor, callback)
    if _is_next(callback):
        floor.legs.intend(customer)

    def ready(found: Callback, at: datetime) -> Change | None:
        return _ready(floor, ledger, found, leg, customer.id, at)

    found = ledger.change(callback.id, ready, by=leg.person, why=f"{leg.person} is ready")
    now = found.dialling if found else None
    if _is_next(callback) and (now is None or now.customer_leg != customer.id):
        floor.legs.end(customer.id)
    if now is None or now.owner_leg != leg.id:
        return _not_made(floor, found)
    floor.legs.change(leg.id, LegState.JOINED)
    return Join(now.conference, LABEL)


def _not_made(floor: Floor, callback: Callback | None) -> Words:
    """Why no customer is called though the speaker is ready, as far as he needs to know."""
    match callback.state if callback else None:
        case State.DUE if callback:
            turns.wait_for_customer(floor, callback.id, floor.clock.now(floor.store))
            return Goodbye(Farewell.CUSTOMER_BUSY)
        case State.NEEDS_PERSON:
            return Goodbye(Farewell.SHOWN)
        case State.BOOKED:
            return Goodbye(Farewell.NOT_NOW)
        case State.CANCELLED:
            return Goodbye(Farewell.NOT_OWED)
        case _:
            return Goodbye(Farewell.GONE)


def _is_next(callback: Callback) -> bool:
    """The customer is to be called now; one who rang in himself is not."""
    under_way = callback.dialling
    return under_way is not None and under_way.step is Step.OWNER_RINGING and not under_way.inbound_call


def _ready(
    floor: Floor, ledger: Ledger, callback: Callback, leg: Leg, customer: str, at: datetime
) -> Change | None:
    """Asked again just before the customer's telephone rings: the hour, the number, his other calls."""
    if _is_next(callback):
        if dialling.is_customer_busy(floor, ledger, callback, at, beyond=Step.OWNER_RINGING):
            return steps.customer_is_busy(callback, leg.id, at)
        match dialling.may_dial(floor, ledger, callback, at):
            case Later(until):
                return steps.put_off(callback, leg.id, until)
            case NeedsPerson(because):
                return steps.not_dialled(callback, leg.id, because)
            case NotOwed(because):
                return steps.not_owed(callback, leg.id, because)
    return steps.owner_ready(callback, leg.id, at, customer_leg=customer)


def left(ledger: Ledger, leg: Leg) -> Words:
    """Out of the conversation: the customer hung up, or the speaker pressed star."""
    callback = ledger.find(dialling.promised_by(leg))
    if callback is None:
        return Goodbye(Farewell.GONE)
    under_way = callback.dialling
    if under_way is None or under_way.owner_leg != leg.id:
        knows = steps.was_called_by(callback, leg.person) and callback.outcome is None
        return AskWhoAnswered() if knows else Goodbye(Farewell.THANKS)
    if under_way.step is not Step.TALKING:
        return Goodbye(Farewell.NOT_REACHED)
    # Of one who rang in himself there is nothing to ask.
    return Goodbye(Farewell.THANKS) if under_way.said or under_way.inbound_call else AskWhoAnswered()


def tells(ledger: Ledger, leg: Leg, digits: str) -> Words:
    """Who it was that answered, by key; without one it was the customer."""
    if result := _SAID.get(digits):
        report(ledger, dialling.promised_by(leg), leg.person, result)
    return Goodbye(Farewell.THANKS)


def report(ledger: Ledger, callback_id: str, person: str, result: Result) -> None:
    """The speaker says that a voicemail or somebody else answered."""
    ledger.change(
        callback_id,
        lambda found, at: steps.said(found, person, result, at),
        by=person,
        why=f"{result} answered",
    )


def accept(floor: Floor, ledger: Ledger, callback_id: str, person: str) -> None:
    """Taken by API, while the telephone rings or speaks. Raises OfferGone, CallerGone, Taken."""
    callback = _offered(ledger, callback_id, person)
    if callback.step is not Step.OWNER_RINGING:
        raise Taken("You have this call already.")
    taken = ledger.change(
        callback_id, lambda found, at: steps.accepted(found, person, at), by=person, why="accepted"
    )
    if taken is None or taken.dialling is None or not taken.dialling.accepted:
        raise OfferGone("This call is not offered to you any more.")
    calling.ask_again(floor, taken.dialling.owner_leg)


def decline(floor: Floor, ledger: Ledger, callback_id: str, person: str) -> None:
    """Passed on by API: the next person is rung. Raises OfferGone, CallerGone, Taken."""
    callback = _offered(ledger, callback_id, person)
    if callback.step is not Step.OWNER_RINGING or callback.dialling is None:
        raise Taken("You have this call already; finish it.")
    calling.end_soon(floor, callback.dialling.owner_leg)


def _offered(ledger: Ledger, callback_id: str, person: str) -> Callback:
    callback = ledger.find(callback_id)
    if callback is None or callback.dialling is None:
        last = callback.attempts[-1] if callback and callback.attempts else None
        if last is not None and last.speaker == person and last.caller_gone:
            raise CallerGone("The customer has hung up.")
        raise OfferGone("This call is not offered any more.")
    if callback.dialling.speaker != person:
        raise Taken("This call is with somebody else.")
    return callback


def _his(ledger: Ledger, leg: Leg) -> Callback | None:
    """The callback that this leg rings for; None when it went on without it."""
    callback = ledger.find(dialling.promised_by(leg))
    if callback is None or callback.dialling is None or callback.dialling.owner_leg != leg.id:
        return None
    return callback


def _brief(callback: Callback) -> Words:
    if callback.skill_set:
        return Brief(callback.name, IN_LINE, "")
    return Brief(callback.name, callback.kind, callback.brief)
