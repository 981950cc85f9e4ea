"""Making a promised call: is it still the hour, who speaks, and that person's telephone rings first."""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from callbacks import customer_steps, owed, steps, turns
from callbacks.kept_agents import is_kept_too_long
from callbacks.ledger import Ledger
from callbacks.records import Callback, Change
from callbacks.rules.attempts import may_ring_again
from callbacks.rules.days import days_for
from callbacks.rules.dialable import refusal
from callbacks.rules.owners import Nobody, Ring, Wait, next_speaker
from callbacks.rules.states import Kind, State, Step
from callbacks.rules.window import Later, NeedsPerson, NotOwed, Now
from callbacks.rules.zones import zones_of
from callbacks.still_owed import not_owed
from config.policy_numbers import Callbacks
from config.schema import Line
from routing.floor import Floor
from routing.pacer import Priority
from routing.rules.agent_states import AgentState
from routing.rules.business_days import LineDays
from routing.rules.legs import Role
from routing.rules.people import Person
from routing.store.agents import AgentNow
from routing.store.legs import Leg, new_leg_id
from routing.store.live_calls import is_on_the_line

US, PURPOSE = "calmline", "callback:"
NO_CALLS = "The customer wants no calls: what is owed goes in writing."
# Who was to speak has just been taken by another call: the due calls are gone through again.
_TAKEN = timedelta(seconds=1)


def dial(floor: Floor, ledger: Ledger, callback_id: str) -> None:
    """Begin an attempt at a call that is due; nothing for one that is not (any more). Raises StoreAway."""
    callback = ledger.find(callback_id)
    if callback is not None and callback.state is State.DUE:
        _dial(floor, ledger, callback, floor.clock.now(floor.store))
    turns.hand_back(floor, callback_id)


def _dial(floor: Floor, ledger: Ledger, callback: Callback, at: datetime) -> None:
    match may_dial(floor, ledger, callback, at):
        case Later(until):
            book_for(ledger, callback.id, until)
        case NeedsPerson(because):
            show(ledger, callback.id, because)
        case NotOwed(because):
            call_off(ledger, callback.id, because)
        case Now():
            _ring_somebody(floor, ledger, callback, at)


def may_dial(
    floor: Floor, ledger: Ledger, callback: Callback, at: datetime
) -> Now | Later | NeedsPerson | NotOwed:
    """The hour on the customer's clock, the calls of the day, and the number itself, as the config stands.

    A follow-up call is made only while the conduct policy owes it.
    """
    if why := not_owed(floor, callback):
        return why
    if wants_no_call(ledger, callback):
        return NeedsPerson(NO_CALLS)
    zones, numbers, days = hours_of(floor, callback)
    if wrong := refusal(callback.number, numbers.countries):
        return NeedsPerson(wrong)
    return may_ring_again(ledger.calls_to(callback.caller), at, zones, numbers, days)


def wants_no_call(ledger: Ledger, callback: Callback) -> bool:
    """True for a customer who said so; one who asks for a call wants that one (docs/policy.md 27)."""
    return callback.kind is not Kind.REQUESTED and ledger.wants_no_calls(callback.caller)


def hours_of(floor: Floor, callback: Callback) -> tuple[tuple[str, ...], Callbacks, LineDays]:
    """The customer's clocks, the policy's numbers, and the line's days."""
    config, line = floor.configs.in_force(), line_of(floor, callback)
    return (
        zones_of(callback.number),
        config.callbacks,
        days_for(callback.kind, line, config.hours[line.hours]),
    )


def line_of(floor: Floor, callback: Callback) -> Line:
    """The line that made the promise; the default one when the config does not have it any more."""
    config = floor.configs.in_force()
    return config.lines.get(callback.line) or config.lines[config.default_line]


def speaker_for(floor: Floor, callback: Callback) -> Ring | Wait | Nobody:
    """Who is rung next for it at this moment."""
    people, at = staff(floor), floor.clock.now(floor.store)
    on_duty = [one for one in people if can_be_rung(floor.agents.read(one), callback, at)]
    return next_for(callback, people, on_duty)


def others_may_speak(floor: Floor, callback: Callback, *, without: str) -> bool:
    """Whether somebody is left to ask, once `without` is out of the question."""
    return may_anybody_speak(floor, replace(callback, declined=(*callback.declined, without)))


def may_anybody_speak(floor: Floor, callback: Callback) -> bool:
    """Whether somebody is left to ask, on duty or not. Raises StoreAway."""
    if callback.skill_set:
        return True  # whoever serves the queue
    return not isinstance(next_for(callback, staff(floor), ()), Nobody)


def next_for(
    callback: Callback, people: Mapping[str, Person], on_duty: Collection[str]
) -> Ring | Wait | Nobody:
    """Who is rung next for it, when these are on duty."""
    return next_speaker(
        callback.owner, people, on_duty=on_duty, excluded=callback.exclude, declined=callback.declined
    )


def can_be_rung(now: AgentNow, callback: Callback, at: datetime) -> bool:
    """Free, or kept for this very call by somebody who died before he rang him."""
    return now.status is AgentState.AVAILABLE or (now.offer == callback.id and is_kept_too_long(now, at))


def staff(floor: Floor) -> Mapping[str, Person]:
    return {person.id: person for person in floor.people.everybody()}


def ring(
    floor: Floor, ledger: Ledger, callback: Callback, speaker: Person, *, inbound_call: str = ""
) -> bool:
    """Reserve the speaker and ring his telephone; False when he or the call went to somebody else."""
    if not floor.agents.reserve(speaker.id, callback.id):
        return False
    attempt, leg = new_id("at"), new_leg(floor, callback, speaker)
    floor.legs.intend(leg)

    def begin(found: Callback, at: datetime) -> Change | None:
        return steps.begun(
            found, at, speaker=speaker.id, attempt=attempt, owner_leg=leg.id, inbound_call=inbound_call
        )

    begun = ledger.change(callback.id, begin, by=US, why=f"{speaker.id} is rung")
    now = begun.dialling if begun else None
    if now is not None and now.attempt == attempt:
        return True
    floor.legs.end(leg.id)
    if now is None or now.speaker != speaker.id:  # else another worker rings him for the same call
        floor.agents.release(speaker.id, callback.id)
    return False


def new_leg(floor: Floor, callback: Callback, speaker: Person | None = None) -> Leg:
    """To the speaker's telephone, or without one to the customer's; nothing is written."""
    return Leg(
        new_leg_id(),
        Role.OWNER if speaker else Role.CUSTOMER,
        purpose_of(callback),
        to=speaker.phone if speaker else callback.number,
        from_=caller_id(line_of(floor, callback)),
        rings_s=steps.OWNER_RINGS_S if speaker else customer_steps.CUSTOMER_RINGS_S,
        priority=Priority.OWNER if speaker else Priority.CUSTOMER,
        person=speaker.id if speaker else "",
    )


def purpose_of(callback: Callback) -> str:
    """What a leg is for, as its record says it."""
    return f"{PURPOSE}{callback.id}"


def promised_by(leg: Leg) -> str:
    """The id of the promised call that a leg is for."""
    return leg.purpose.removeprefix(PURPOSE)


def caller_id(line: Line) -> str:
    """What the called telephone shows."""
    return line.caller_id or next(iter(line.numbers), "")


def new_id(kind: str) -> str:
    return f"{kind}{secrets.token_hex(12)}"


def show(ledger: Ledger, callback_id: str, because: str) -> None:
    """Nothing more happens to it until a person has looked."""

    def needs_person(callback: Callback, _at: datetime) -> Change | None:
        if callback.state not in (State.BOOKED, State.DUE, State.NOT_REACHED):
            return None
        return Change(replace(callback, state=State.NEEDS_PERSON, because=because), keep=True)

    ledger.change(callback_id, needs_person, by=US, why=because)


def call_off(ledger: Ledger, callback_id: str, because: str) -> None:
    """Not owed any more."""

    def cancelled(callback: Callback, _at: datetime) -> Change | None:
        if callback.state not in (State.BOOKED, State.DUE):
            return None
        return Change(replace(callback, state=State.CANCELLED, because=because), keep=True)

    ledger.change(callback_id, cancelled, by=US, why=because)


def _ring_somebody(floor: Floor, ledger: Ledger, callback: Callback, at: datetime) -> None:
    if is_customer_busy(floor, ledger, callback, at):
        turns.wait_for_customer(floor, callback.id, at)
        return
    match speaker_for(floor, callback):
        case Ring(person):
            speaker = floor.people.find(person)
            if speaker is None or not ring(floor, ledger, callback, speaker):
                turns.go_round(floor, at + _TAKEN)
        case Wait():
            turns.go_round(floor, at + _TAKEN)
        case Nobody():
            show(ledger, callback.id, owed.NOBODY_SPEAKS)


def is_customer_busy(
    floor: Floor, ledger: Ledger, callback: Callback, at: datetime, *, beyond: Step | None = None
) -> bool:
    """One conversation with a customer at a time: he has rung in himself, or is called for another promise.

    `beyond`: the other call has come further than this step.
    """
    if is_on_the_line(floor.store, floor.keys, callback.caller, at):
        return True
    others = [one for one in ledger.open_of(callback.caller) if one.id != callback.id]
    return any(one.state is State.DIALLING and one.step is not beyond for one in others)


def book_for(ledger: Ledger, callback_id: str, until: datetime) -> None:
    """Not at this hour: it is owed at another."""

    def booked(callback: Callback, _at: datetime) -> Change | None:
        if callback.state not in (State.BOOKED, State.DUE):
            return None
        return Change(replace(callback, state=State.BOOKED, due_at=until), look_at=until)

    ledger.change(callback_id, booked, by=US, why="the hour does not allow it")
