"""What is owed after an attempt that came to nothing. Pure: the rooms beside it read and write."""

from dataclasses import replace
from datetime import datetime

from callbacks.records import Attempt, Callback, Change, Do
from callbacks.rules.outcomes import Result
from callbacks.rules.states import State

NOBODY_SPEAKS = "Everybody who may speak was asked, declined or did not answer."


def owed_again(callback: Callback, at: datetime, state: State, effects: tuple[Do, ...] = ()) -> Change:
    """The attempt came to nothing. One that counts is followed by another in its time; one that does not, at
    once. Who rang in before the time, and met nobody, is called at the time."""
    if callback.attempts[-1].posted:
        missed = attempts_with(callback, result=Result.NO_ANSWER)
        after = replace(callback, state=State.NOT_REACHED, dialling=None, declined=(), attempts=missed)
        return Change(after, effects, look_at=at, keep=True)
    if callback.due_at is not None and callback.due_at > at:
        after = replace(callback, state=State.BOOKED, dialling=None, declined=())
        return Change(after, effects, look_at=after.due_at)
    if state is State.NEEDS_PERSON:
        return shown(callback, NOBODY_SPEAKS, effects)
    return Change(replace(callback, state=State.DUE, dialling=None), effects, look_at=at)


def shown(callback: Callback, because: str, effects: tuple[Do, ...] = ()) -> Change:
    after = replace(callback, state=State.NEEDS_PERSON, dialling=None, declined=(), because=because)
    return Change(after, effects, keep=True)


def attempts_with(
    callback: Callback, posted: datetime | None = None, result: Result | None = None
) -> tuple[Attempt, ...]:
    """The attempts, the last one with what is known of it now; when it was posted is never changed."""
    *before, last = callback.attempts
    return (*before, replace(last, posted=last.posted or posted, result=result or last.result))
