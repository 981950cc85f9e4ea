"""What each event makes of a promised call that is being made, on the speaker's side. Pure.

An event that comes twice, late or out of order makes nothing of it (None). The customer's side:
callbacks/customer_steps.py.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from callbacks.owed import attempts_with, owed_again, shown
from callbacks.records import Attempt, Callback, Change, Dialling, Do
from callbacks.rules.outcomes import Result, after_attempt
from callbacks.rules.states import State, Step

OWNER_RINGS_S = 25
# A call whose attempt tells nothing for so long is looked at: whoever is kept for it is missed elsewhere.
LOOK_AGAIN = timedelta(seconds=15)


def begun(
    callback: Callback, at: datetime, *, speaker: str, attempt: str, owner_leg: str, inbound_call: str = ""
) -> Change | None:
    """The speaker is rung; `inbound_call` when the customer has rung in and waits for him."""
    may = {State.DUE, State.BOOKED} if inbound_call else {State.DUE}
    if callback.state not in may:
        return None
    dialling = Dialling(
        attempt, speaker, Step.OWNER_RINGING, owner_leg, conference=attempt, inbound_call=inbound_call
    )
    after = replace(
        callback,
        state=State.DIALLING,
        dialling=dialling,
        attempts=(*callback.attempts, Attempt(attempt, at, speaker)),
    )
    return Change(after, (Do("create", owner_leg), *out_of_line(callback)), look_at=at + LOOK_AGAIN)


def accepted(callback: Callback, person: str, at: datetime) -> Change | None:
    """The speaker took it by API before he answered the telephone."""
    dialling = callback.dialling
    if dialling is None or dialling.speaker != person or dialling.step is not Step.OWNER_RINGING:
        return None
    after = replace(callback, dialling=replace(dialling, accepted=True))
    return Change(after, look_at=at + LOOK_AGAIN)


def owner_ready(callback: Callback, leg: str, at: datetime, *, customer_leg: str) -> Change | None:
    """The speaker is in the conference: now the customer is called, or brought in who rang himself."""
    dialling = _rings(callback, leg)
    if dialling is None:
        return None
    if dialling.inbound_call:
        ready = replace(dialling, step=Step.OWNER_READY)
        effect = bring_in(callback, dialling)
    else:
        ready = replace(dialling, step=Step.OWNER_READY, customer_leg=customer_leg)
        effect = Do("create", customer_leg)
    return Change(replace(callback, dialling=ready), (effect,), look_at=at + LOOK_AGAIN)


def put_off(callback: Callback, leg: str, until: datetime) -> Change | None:
    """The speaker is ready, but the hour is not: the call is booked for the next allowed moment."""
    if _rings(callback, leg) is None:
        return None
    after = replace(callback, state=State.BOOKED, due_at=until, dialling=None, declined=())
    return Change(after, look_at=until)


def customer_is_busy(callback: Callback, leg: str, at: datetime) -> Change | None:
    """The speaker is ready, but the customer is on the telephone with us: the call stays due as before."""
    if _rings(callback, leg) is None:
        return None
    after = replace(callback, state=State.DUE, dialling=None, declined=())
    return Change(after, look_at=at)


def not_dialled(callback: Callback, leg: str, because: str) -> Change | None:
    """The speaker is ready, but no rule allows the call any more: a person has to look."""
    return shown(callback, because) if _rings(callback, leg) else None


def not_owed(callback: Callback, leg: str, because: str) -> Change | None:
    """The speaker is ready, but the call is not owed any more: it is called off."""
    if _rings(callback, leg) is None:
        return None
    after = replace(callback, state=State.CANCELLED, dialling=None, because=because)
    return Change(after, out_of_line(callback), keep=True)


def speaker_gone(
    callback: Callback, leg: str, at: datetime, *, others_may_speak: bool, posted: datetime | None = None
) -> Change | None:
    """The speaker did not answer, declined or hung up before the customer was there.

    A customer's call that is under way is ended; what it was tells the rest (`customer_gone`). One who rang
    in goes on waiting, and our call to him counts if it was `posted`.
    """
    dialling = callback.dialling
    if dialling is None or dialling.owner_leg != leg or dialling.step is Step.TALKING:
        return None
    gone = replace(callback, declined=_declined(callback), attempts=attempts_with(callback, posted))
    if dialling.customer_leg and not dialling.inbound_call:
        if gone.declined == callback.declined:
            return None
        return Change(gone, (Do("end", dialling.customer_leg),), look_at=at + LOOK_AGAIN)
    after = after_attempt(Step.OWNER_RINGING, None, others_may_speak=others_may_speak)
    return owed_again(gone, at, after)


def said(callback: Callback, person: str, result: Result, at: datetime) -> Change | None:
    """The speaker tells during or after the call that it was not the customer who answered."""
    dialling = callback.dialling
    if dialling is not None:
        if dialling.speaker != person or dialling.step is not Step.TALKING:
            return None
        return Change(replace(callback, dialling=replace(dialling, said=result)), look_at=at + LOOK_AGAIN)
    if not was_called_by(callback, person) or callback.outcome is not None:
        return None
    after = replace(callback, state=State.NOT_REACHED, attempts=attempts_with(callback, result=result))
    return Change(after, look_at=at, keep=True)


def was_called_by(callback: Callback, person: str) -> bool:
    """True when this person has just spoken to somebody whom we called, so that he knows who answered."""
    last = callback.attempts[-1] if callback.attempts else None
    return callback.state is State.REACHED and bool(last and last.posted and last.speaker == person)


def out_of_line(callback: Callback) -> tuple[Do, ...]:
    """Of a customer who keeps a place among the callers: it is given up."""
    if not callback.skill_set:
        return ()
    return (Do("leave_line_up", callback.id, {"skill_set": callback.skill_set}),)


def bring_in(callback: Callback, dialling: Dialling) -> Do:
    return Do("bring_in", dialling.inbound_call, {"callback": callback.id})


def _rings(callback: Callback, leg: str) -> Dialling | None:
    """The attempt under way, while the speaker's telephone (this leg of it) rings or speaks."""
    dialling = callback.dialling
    if dialling is None or dialling.owner_leg != leg or dialling.step is not Step.OWNER_RINGING:
        return None
    return dialling


def _declined(callback: Callback) -> tuple[str, ...]:
    assert callback.dialling is not None
    return tuple(dict.fromkeys((*callback.declined, callback.dialling.speaker)))
