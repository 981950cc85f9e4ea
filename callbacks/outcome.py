"""What came of a promised call, as the speaker tells it, and what follows (docs/policy.md 23, 27)."""

from dataclasses import dataclass, replace
from datetime import datetime

from callbacks import reactions
from callbacks.dialling import NO_CALLS, new_id
from callbacks.ledger import Ledger
from callbacks.plain_text import REMARK, plain
from callbacks.records import Attempt, Callback, Change, Outcome
from callbacks.refusals import NoAttempt, NoSuchCallback, NotOpen, StillTalking
from callbacks.rules.outcomes import Result, after_outcome, verdict
from callbacks.rules.states import MAY_BECOME, State
from routing.floor import Floor

_OVER = (State.DONE, State.CANCELLED)
# There the result of the last attempt is known already, and what follows from it was decided.
_DECIDED = (State.BOOKED, State.DUE, State.LETTER_DUE)


@dataclass(frozen=True, slots=True)
class Told:
    """What the speaker tells of a call; texts may be empty."""

    result: Result
    standard_explained: bool = False
    apology: bool | str = False
    agreed: bool | str = False
    original_problem: str = ""
    support_need: str = ""
    next_step: str = ""
    do_not_call: bool = False


def tell(floor: Floor, ledger: Ledger, callback_id: str, told: Told, *, by: str) -> Callback:
    """Written down, and what follows: done, another attempt, or the rest in writing.

    The speaker's word corrects what the telephone suggested. Who wants no calls gets none from now on,
    whatever else was promised. Raises NoSuchCallback, NotOpen, StillTalking, NoAttempt, AlreadyOpen (not
    reached after all, and another call of the kind is promised); StoreAway, NotKept, NoConfigError.
    """
    ledger.change(callback_id, lambda found, at: _heard(found, told, at, by), by=by, why=told.result)
    ledger.change(callback_id, _closed, by=by, why="the outcome is known")
    reactions.settle(floor, ledger, callback_id)
    found = ledger.find(callback_id)
    if found is None:
        raise NoSuchCallback("Nothing was promised under this id.")
    if told.do_not_call:
        _write_instead(ledger, found.caller, by)
    return found


def _heard(found: Callback, told: Told, at: datetime, by: str) -> Change:
    if found.state in _OVER:
        raise NotOpen(f"This promised call is {found.state}.")
    if found.state is State.DIALLING:
        raise StillTalking("The call is still going on: tell its outcome when it is over.")
    heard = replace(found, outcome=_outcome(told, at, by), attempts=_attempts(found, told, at, by))
    state = _state(found, told)
    look_at = {State.BOOKED: found.due_at, State.DUE: at, State.NOT_REACHED: at}.get(state)
    return Change(replace(heard, state=state, because=_because(found, told)), look_at=look_at, keep=True)


def _state(found: Callback, told: Told) -> State:
    """Where a result takes the call first; all at once where the tables allow it."""
    if told.do_not_call:
        return State.LETTER_DUE
    reached = told.result is Result.REACHED
    if not reached and found.state in _DECIDED:
        return found.state
    if reached and State.DONE in MAY_BECOME[found.state] and found.state is State.REACHED:
        return after_outcome(told.result, attempts_left=0)
    return verdict(told.result)


def _because(found: Callback, told: Told) -> str:
    if told.do_not_call:
        return NO_CALLS
    return found.because if found.state in _DECIDED else ""


def _attempts(found: Callback, told: Told, at: datetime, by: str) -> tuple[Attempt, ...]:
    """The last attempt with its result, or one that somebody made by hand, which counts as any other."""
    last = found.attempts[-1] if found.attempts else None
    if last is not None and last.posted and (found.state is not State.NEEDS_PERSON or last.result is None):
        return (*found.attempts[:-1], replace(last, result=told.result))
    if found.state is State.NEEDS_PERSON:
        return (*found.attempts, Attempt(new_id("at"), at, by, posted=at, result=told.result))
    if told.result is not Result.REACHED and not told.do_not_call and found.state is not State.LETTER_DUE:
        raise NoAttempt("The customer was not called yet.")
    return found.attempts


def _outcome(told: Told, at: datetime, by: str) -> Outcome:
    return Outcome(
        told.result,
        by,
        at,
        told.standard_explained,
        _said(told.apology),
        _said(told.agreed),
        plain(told.original_problem, REMARK),
        plain(told.support_need, REMARK),
        plain(told.next_step, REMARK),
        told.do_not_call,
    )


def _said(answer: bool | str) -> bool | str:
    return plain(answer, REMARK) if isinstance(answer, str) else answer


def _closed(found: Callback, _at: datetime) -> Change | None:
    if found.state is not State.REACHED or found.outcome is None:
        return None
    if found.outcome.result is not Result.REACHED:
        return None
    return Change(replace(found, state=State.DONE), keep=True)


def _write_instead(ledger: Ledger, caller: str, by: str) -> None:
    """What else was promised to somebody who wants no calls goes in writing too."""

    def in_writing(found: Callback, _at: datetime) -> Change | None:
        if State.LETTER_DUE not in MAY_BECOME[found.state]:
            return None
        return Change(replace(found, state=State.LETTER_DUE, because=NO_CALLS), keep=True)

    for other in ledger.open_of(caller):
        ledger.change(other.id, in_writing, by=by, why=NO_CALLS)
