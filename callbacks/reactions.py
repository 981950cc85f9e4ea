"""What legs tell a promised call: rung, answered, over. An effect each, safe to repeat."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from callbacks import customer_steps, dialling, steps, turns
from callbacks.dialling import PURPOSE, US
from callbacks.ledger import DEADLINE, Ledger
from callbacks.records import SOON, Callback, Change, Dialling
from callbacks.rules.attempts import Exhausted, after_attempt, attempts_left
from callbacks.rules.outcomes import Result, after_outcome
from callbacks.rules.states import State, Step
from callbacks.rules.window import NeedsPerson
from routing import calling
from routing.floor import Floor
from routing.links import Route
from routing.rules.legs import Ended, LegState, Role
from routing.store.effects import Verb
from routing.store.legs import DEADLINE as LEG
from routing.store.legs import Leg

# The neutral message, for whoever came out of the conference with the speaker, is over by then.
LEFT_ALONE = timedelta(seconds=20)
# Whoever rang in himself has no leg of ours; his end is told by another event, which may be lost.
_TOLD_BY_THEN = timedelta(seconds=60)


def leg_changed(floor: Floor, ledger: Ledger, leg_id: str) -> None:
    """A leg came to another state; what it is now counts, not what it was then. Raises StoreAway."""
    leg = floor.legs.read(leg_id)
    if leg is None or not leg.purpose.startswith(PURPOSE):
        return
    callback_id = dialling.promised_by(leg)
    if leg.role is Role.OWNER:
        _owner_changed(floor, ledger, callback_id, leg)
    else:
        _customer_changed(floor, ledger, callback_id, leg)


def reconcile(floor: Floor, ledger: Ledger, callback: Callback) -> None:
    """What the legs of a call under way are now, in case an event of theirs was lost."""
    if callback.dialling is None:
        return
    for leg_id in filter(None, (callback.dialling.owner_leg, callback.dialling.customer_leg)):
        leg_changed(floor, ledger, leg_id)
        leg = floor.legs.read(leg_id)
        if leg is not None and leg.call_sid and leg.state is not LegState.ENDED:
            # Twilio tells an end once: whoever did not hear it asks.
            floor.deadlines.set(LEG, leg_id, floor.clock.now(floor.store))
    now = ledger.find(callback.id)
    owner = floor.legs.read(callback.dialling.owner_leg)
    if now is None or now.dialling is None or owner is None or owner.ended is None:
        return
    if now.step is Step.TALKING:
        _conversation_over(floor, ledger, now, now.dialling, owner.ended)
    elif now.dialling.customer_leg and not now.dialling.inbound_call:
        calling.end_soon(floor, now.dialling.customer_leg)


def _conversation_over(
    floor: Floor, ledger: Ledger, callback: Callback, under_way: Dialling, ended: datetime
) -> None:
    """The speaker has gone and the customer's end was not told: he hears goodbye, then it is over."""
    alone = floor.clock.now(floor.store) - ended
    if alone < LEFT_ALONE:
        floor.deadlines.set(DEADLINE, callback.id, ended + LEFT_ALONE)
    elif under_way.inbound_call and alone > _TOLD_BY_THEN:
        customer_gone(floor, ledger, callback.id, under_way.inbound_call, how="completed", was_posted=True)
    else:
        _send_away(floor, callback.id, under_way)


def posted(floor: Floor, callback: Callback) -> datetime | None:
    """When the call to the customer was posted that is under way, if it was."""
    leg = callback.dialling.customer_leg if callback.dialling else ""
    found = floor.legs.read(leg) if leg else None
    return found.posted if found and found.how != Ended.REFUSED else None


def customer_gone(
    floor: Floor, ledger: Ledger, callback_id: str, leg: str, *, how: str, was_posted: bool
) -> None:
    """The customer's call is over (`leg`: ours, or the CallSid of one who rang in), and settled."""

    def gone(callback: Callback, at: datetime) -> Change | None:
        speaker = callback.dialling.speaker if callback.dialling else ""
        others = dialling.others_may_speak(floor, callback, without=speaker)
        return customer_steps.customer_gone(
            callback, leg, at, how=how, was_posted=was_posted, others_may_speak=others
        )

    ledger.change(callback_id, gone, by=US, why=f"the customer's call is over: {how}")
    settle(floor, ledger, callback_id)


def settle(floor: Floor, ledger: Ledger, callback_id: str) -> None:
    """After an attempt that did not reach the customer: another one, or the rest in writing (23)."""
    callback = ledger.find(callback_id)
    if callback is None or callback.state is not State.NOT_REACHED:
        return
    calls, no_calls = ledger.calls_to(callback.caller), dialling.wants_no_call(ledger, callback)

    def settled(found: Callback, at: datetime) -> Change | None:
        if found.state is not State.NOT_REACHED:
            return None
        if no_calls:
            return Change(replace(found, state=State.LETTER_DUE), keep=True)
        return _settled(floor, found, at, calls)

    ledger.change(callback_id, settled, by=US, why="not reached")


def _settled(floor: Floor, callback: Callback, at: datetime, calls: list[datetime]) -> Change:
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
        return steps.speaker_gone(
            callback, leg.id, at, others_may_speak=others, posted=posted(floor, callback)
        )

    why = f"{leg.person} is not on the line: {leg.how or 'unknown'}"
    now = ledger.change(callback_id, gone, by=US, why=why)
    if now is not None and now.dialling is not None and now.dialling.speaker == leg.person:
        if now.dialling.owner_leg != leg.id:
            return  # he is rung again, and kept for that
        if now.step is Step.TALKING:
            # Whoever was in the conference with him comes out of it by itself: it ends.
            floor.deadlines.set(DEADLINE, callback_id, floor.clock.now(floor.store) + LEFT_ALONE)
    if floor.agents.release(leg.person, callback_id):
        turns.go_round(floor, floor.clock.now(floor.store))


def _send_away(floor: Floor, callback_id: str, under_way: Dialling) -> None:
    """Whoever is alone in the conference hears the words after it, and the call ends."""
    target = under_way.inbound_call or under_way.customer_leg
    data = {"route": Route.LEG_OVER.name.lower()}
    if under_way.inbound_call:
        data = {"route": Route.CALLED_IN_OVER.name.lower(), "callback": callback_id}
    floor.effects.add(Verb.REDIRECT, target, data, within=SOON)


def _customer_changed(floor: Floor, ledger: Ledger, callback_id: str, leg: Leg) -> None:
    def change(decide: Callable[[Callback, datetime], Change | None], why: str) -> None:
        ledger.change(callback_id, decide, by=US, why=why)

    # While the request is under way nobody knows whether Twilio takes the call.
    if leg.posted and (leg.call_sid or leg.state is LegState.UNCONFIRMED):
        change(lambda found, at: customer_steps.customer_posted(found, leg.id, leg.posted or at), "called")
    if leg.state in (LegState.RINGING, LegState.ANSWERED, LegState.JOINED):
        change(lambda found, at: customer_steps.customer_ringing(found, leg.id, at), "it rings")
    if leg.state is LegState.UNCONFIRMED and leg.is_given_up:
        change(lambda found, at: customer_steps.reply_lost(found, leg.id, at), customer_steps.UNCERTAIN)
    if leg.state is LegState.ENDED:
        customer_gone(floor, ledger, callback_id, leg.id, how=leg.how, was_posted=leg.posted is not None)
