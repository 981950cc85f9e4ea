"""A customer who asked in the queue to be called back keeps his place: his callback stands among the callers.

The floor picks an agent for it as for a caller, keeps him for it, and leaves the effect `ring_for`.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from callbacks import dialling
from callbacks.booking import Wanted, book
from callbacks.ledger import DEADLINE, Ledger
from callbacks.records import Callback, Change
from callbacks.refusals import NumberRefused
from callbacks.rules.states import Kind, State
from callbacks.rules.window import Later, NeedsPerson
from routing.floor import Floor
from routing.rules.caller import Identity
from routing.rules.people import Person
from routing.store.effects import Effect

BY, LEAVE = "caller", "leave_line_up"
# For people who look at it; whoever speaks hears the same in his own language.
BRIEF = "Waited in the queue and asked to be called back."
# Entered again, in case it was lost: it stands there once.
_AGAIN = timedelta(seconds=60)
# He hears that we call, and hangs up.
_STILL_HERE = timedelta(seconds=5)
# Whoever has just declined is asked again only then; somebody else may come free before.
_DECLINED = timedelta(seconds=30)
_IS_HIS = frozenset({Identity.SURE, Identity.LINK_LAPSED})


def promise_place(
    floor: Floor,
    ledger: Ledger,
    *,
    call_sid: str,
    number: str,
    identity: Identity,
    line: str,
    language: str,
    skill_set: str,
    rank_ms: int,
) -> Callback:
    """The caller is called back when it is his turn; where the hour does not allow it, when it does.

    Raises NumberRefused (also for a number that may not be the caller's own, docs/policy.md 28), AlreadyOpen,
    TooManyOpen; NoConfigError, StoreAway, NotKept.
    """
    if identity not in _IS_HIS:
        raise NumberRefused("It is not certain that this number is the caller's own.")
    wanted = Wanted(
        number,
        Kind.REQUESTED,
        BRIEF,
        line=line,
        language=language,
        skill_set=skill_set,
        rank_ms=rank_ms,
    )
    return book(floor, ledger, wanted, by=BY, why=f"asked in the queue, by the call {call_sid}")


def take_place(floor: Floor, ledger: Ledger, callback: Callback, at: datetime) -> None:
    """Among the callers, at his rank; while he is still on the line nobody is picked for him."""
    if dialling.is_customer_busy(floor, ledger, callback, at):
        floor.deadlines.set(DEADLINE, callback.id, at + _STILL_HERE)
        return
    floor.deadlines.set(DEADLINE, callback.id, at + _AGAIN)
    floor.line_ups.enter(callback.id, callback.skill_set, callback.rank_ms)


def leave_line_up(floor: Floor, ledger: Ledger, effect: Effect) -> None:
    """It is being made, or called off; one that is due again meanwhile stays."""
    callback = ledger.find(effect.target)
    if callback is None or callback.state is not State.DUE:
        floor.line_ups.leave(effect.target, effect.data["skill_set"])


def ring_for(floor: Floor, ledger: Ledger, effect: Effect) -> None:
    """The floor keeps an agent for it: rung, or free again where it is not to be made (by him, now)."""
    callback, person = ledger.find(effect.target), floor.people.find(effect.data["agent"])
    if callback is not None and callback.dialling and person and callback.dialling.speaker == person.id:
        return  # done before
    if person is None or callback is None or not _is_rung(floor, ledger, callback, person):
        floor.agents.release(effect.data["agent"], effect.target)


def _is_rung(floor: Floor, ledger: Ledger, callback: Callback, person: Person) -> bool:
    """False when it is not to be made (by him, now); it comes back into line then, if it is due."""
    at = floor.clock.now(floor.store)
    if callback.state is not State.DUE:
        return False
    match dialling.may_dial(floor, ledger, callback, at):
        case Later(until):
            dialling.book_for(ledger, callback.id, until)
            return False
        case NeedsPerson(because):
            dialling.show(ledger, callback.id, because)
            return False
    if person.id in callback.declined:
        _forget_who_declined(ledger, callback)
        return False
    if dialling.is_customer_busy(floor, ledger, callback, at):
        floor.deadlines.set(DEADLINE, callback.id, at + _STILL_HERE)
        return False
    if dialling.ring(floor, ledger, callback, person):
        return True
    floor.deadlines.set_by(DEADLINE, callback.id, at + _STILL_HERE)
    return False


def _forget_who_declined(ledger: Ledger, callback: Callback) -> None:
    def asked_again(found: Callback, now: datetime) -> Change | None:
        if found.state is not State.DUE:
            return None
        return Change(replace(found, declined=()), look_at=now + _DECLINED)

    ledger.change(callback.id, asked_again, by=dialling.US, why="only who has just declined is free")
