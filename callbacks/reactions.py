"""What legs tell a promised call: rung, answered, over. An effect each, safe to repeat."""

from dataclasses import replace
from datetime import datetime, timedelta

from callbacks import dialling, steps
from callbacks.dialling import US
from callbacks.ledger import Ledger
from callbacks.records import Callback, Change
from callbacks.rules.attempts import Exhausted, after_attempt, attempts_left
from callbacks.rules.outcomes import Result, after_outcome
from callbacks.rules.states import State, Step
from callbacks.rules.window import NeedsPerson
from routing.floor import Floor
from routing.rules.legs import Ended, LegState, Role
from routing.store.legs import Leg

# Whoever rang in himself has no leg of ours; his end is told by another event, which may be lost.
_LEFT_ALONE = timedelta(seconds=60)


def leg_changed(floor: Floor, ledger: Ledger, leg_id: str) -> None:
    """A leg came to another state; what it is now counts, not what it was then. Raises StoreAway."""
    leg = floor.legs.read(leg_id)
    if leg is None or not leg.purpose.startswith("callback:"):
        return
    callback_id = leg.purpose.removeprefix("callback:")
    if leg.role is Role.OWNER:
        _owner_changed(floor, ledger, callback_id, leg)
    else:
        _customer_changed(floor, ledger, callback_id, leg)


def reconcile(floor: Floor, ledger: Ledger, callback: Callback) -> None:
    """What the legs of a call under way are now, in case an event of theirs was lost."""
    if callback.dialling is None:
        return
    for leg_id in (callback.dialling.owner_leg, callback.dialling.customer_leg):
        if leg_id:
            leg_changed(floor, ledger, leg_id)
    owner = floor.legs.read(callback.dialling.owner_leg)
    inbound, is_talking = callback.dialling.inbound_call, callback.step is Step.TALKING
    if inbound and is_talking and owner and owner.ended:
        if floor.clock.now(floor.store) - owner.ended > _LEFT_ALONE:
            customer_gone(floor, ledger, callback.id, inbound, how="completed", was_posted=True)


def customer_gone(
    floor: Floor, ledger: Ledger, callback_id: str, leg: str, *, how: str, was_posted: bool
) -> None:
    """The customer's call is over (`leg`: ours, or the CallSid of one who rang in); what follows is settled."""

    def gone(callback: Callback, at: datetime) -> Change | None:
        speaker = callback.dialling.speaker if callback.dialling else ""
        others = dialling.others_may_speak(floor, callback, without=speaker)
        return steps.customer_gone(callback, leg, at, how=how, was_posted=was_posted, others_may_speak=others)

    ledger.change(callback_id, gone, by=US, why=f"the customer's call is over: {how}")
    settle(floor, ledger, callback_id)


def settle(floor: Floor, ledger: Ledger, callback_id: str) -> None:
    """After an attempt that did not reach the customer: another one, or the rest in writing (23)."""
    callback = ledger.find(callback_id)
    if callback is None or callback.state is not State.NOT_REACHED:
        return
    calls = ledger.calls_to(callback.caller)
    ledger.change(callback_id, lambda found, at: _settled(floor, found, at, calls), by=US, why="not reached")


def _settled(floor: Floor, callback: Callback, at: datetime, calls: list[datetime]) -> Change | None:
    if callback.state is not State.NOT_REACHED:
        return None
    zones, numbers, days = dialling.hours_of(floor, callback)
    posted = [attempt.posted for attempt in callback.attempts if attempt.posted]
    result = callback.attempts[-1].result or Result.NO_ANSWER
    state = after_outcome(result, attempts_left=attempts_left(len(posted), numbers))
    if state is not State.BOOKED:
        return Change(replace(callback, state=state), keep=True)
    others = [call for call in calls if call not in posted]
    match after_attempt(posted, at, zones, numbers, days, others):
        case Exhausted():
            return Change(replace(callback, state=State.LETTER_DUE), keep=True)
        case NeedsPerson(because):
            return Change(replace(callback, state=State.NEEDS_PERSON, because=because), keep=True)
        case later:
            after = replace(callback, state=State.BOOKED, due_at=later.at, declined=())
            return Change(after, look_at=later.at, keep=True)


def _owner_changed(floor: Floor, ledger: Ledger, callback_id: str, leg: Leg) -> None:
    if leg.state is not LegState.ENDED and not leg.is_given_up:
        return

    def gone(callback: Callback, at: datetime) -> Change | None:
        others = dialling.others_may_speak(floor, callback, without=leg.person)
        return steps.speaker_gone(callback, leg.id, at, others_may_speak=others)

    ledger.change(callback_id, gone, by=US, why=f"{leg.person} is not on the line: {leg.how or 'unknown'}")
    floor.agents.release(leg.person, callback_id)


def _customer_changed(floor: Floor, ledger: Ledger, callback_id: str, leg: Leg) -> None:
    if leg.posted and leg.how != Ended.REFUSED:
        ledger.change(
            callback_id,
            lambda found, at: steps.customer_posted(found, leg.id, at),
            by=US,
            why="the customer is called",
        )
    if leg.state in (LegState.RINGING, LegState.ANSWERED, LegState.JOINED):
        ledger.change(
            callback_id, lambda found, at: steps.customer_ringing(found, leg.id, at), by=US, why="it rings"
        )
    if leg.state is LegState.UNCONFIRMED and leg.is_given_up:
        ledger.change(
            callback_id, lambda found, at: steps.reply_lost(found, leg.id, at), by=US, why=steps.UNCERTAIN
        )
    if leg.state is LegState.ENDED:
        customer_gone(floor, ledger, callback_id, leg.id, how=leg.how, was_posted=leg.posted is not None)
