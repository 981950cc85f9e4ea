"""Promised calls whose moment has come: due, looked at again, ended. Called by the dispatcher."""

from dataclasses import replace
from datetime import datetime, timedelta

from callbacks import dialling, in_line, owed, reactions, turns
from callbacks.ledger import DEADLINE, Ledger
from callbacks.records import Callback, Change
from callbacks.rules.states import State, Step
from callbacks.rules.window import Later, NeedsPerson, NotOwed, Now
from callbacks.steps import LOOK_AGAIN
from routing.floor import Floor

# A conversation lasts; each look asks Twilio about both of its calls.
_TALKING = timedelta(seconds=30)


def look(floor: Floor, ledger: Ledger, callback_id: str) -> None:
    """A deadline of a promised call has come. Whoever looks twice does nothing twice."""
    callback = ledger.find(callback_id)
    if callback is None:
        return
    at = floor.clock.now(floor.store)
    match callback.state:
        case State.BOOKED if callback.due_at is not None and callback.due_at > at:
            floor.deadlines.set(DEADLINE, callback.id, callback.due_at)
        case State.BOOKED:
            _falls_due(floor, ledger, callback, at)
        case State.DUE if callback.skill_set:
            in_line.take_place(floor, ledger, callback, at)
        case State.DUE:
            turns.go_round(floor, at)
        case State.DIALLING:
            # The look comes again whatever the legs say now: an event of theirs may be lost.
            again = _TALKING if callback.step is Step.TALKING else LOOK_AGAIN
            floor.deadlines.set(DEADLINE, callback.id, at + again)
            reactions.reconcile(floor, ledger, callback)
        case State.NOT_REACHED:
            reactions.settle(floor, ledger, callback.id)
        case _:
            return


def look_around(floor: Floor, _callback_id: str) -> None:
    """What kept a due call from being made is over: all of them are gone through, the oldest first."""
    turns.go_round(floor, floor.clock.now(floor.store))


def _falls_due(floor: Floor, ledger: Ledger, callback: Callback, at: datetime) -> None:
    """Found too late for the day, it is booked anew here: it takes nobody's turn."""
    match dialling.may_dial(floor, ledger, callback, at):
        case Later(until):
            dialling.book_for(ledger, callback.id, until)
        case NeedsPerson(because):
            dialling.show(ledger, callback.id, because)
        case NotOwed(because):
            dialling.call_off(ledger, callback.id, because)
        case Now() if not dialling.may_anybody_speak(floor, callback):
            dialling.show(ledger, callback.id, owed.NOBODY_SPEAKS)
        case Now():
            ledger.change(callback.id, _due, by=dialling.US, why="its moment has come")
            turns.go_round(floor, at)


def _due(callback: Callback, at: datetime) -> Change | None:
    if callback.state is not State.BOOKED or callback.due_at is None or callback.due_at > at:
        return None
    look_at = at if callback.skill_set else at + turns.LEASE
    return Change(replace(callback, state=State.DUE, declined=()), look_at=look_at)
