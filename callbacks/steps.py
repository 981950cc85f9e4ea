"""What each event makes of a promised call that is being made. Pure: the rooms beside it read and write.

An event that comes twice, late or out of order makes nothing of it (None).
"""

from dataclasses import replace
from datetime import datetime, timedelta

from callbacks.records import Attempt, Callback, Change, Dialling, Do
from callbacks.rules.outcomes import Result, after_attempt
from callbacks.rules.states import COUNTED, State, Step

OWNER_RINGS_S, CUSTOMER_RINGS_S = 25, 30
# A call whose attempt tells nothing for so long is looked at.
LOOK_AGAIN = timedelta(seconds=30)
_SOON = timedelta(seconds=60)
NOBODY_SPEAKS = "Everybody who may speak was asked, declined or did not answer."
UNCERTAIN = "It is not certain whether the customer's telephone rang: Twilio's answer was lost."
REFUSED = "Twilio does not place this call; the log says why."
_RESULTS = {"busy": Result.BUSY, "no_answer": Result.NO_ANSWER, "failed": Result.NO_ANSWER}


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
    return Change(after, (Do("create", owner_leg, _SOON),), look_at=at + LOOK_AGAIN)


def accepted(callback: Callback, person: str, at: datetime) -> Change | None:
    """The speaker took it by API before he answered the telephone."""
    dialling = callback.dialling
    if dialling is None or dialling.speaker != person or dialling.step is not Step.OWNER_RINGING:
        return None
    after = replace(callback, dialling=replace(dialling, accepted=True))
    return Change(after, look_at=at + LOOK_AGAIN)


def owner_ready(callback: Callback, leg: str, at: datetime, *, customer_leg: str) -> Change | None:
    """The speaker is in the conference: now the customer is called, or brought in who rang himself."""
    dialling = callback.dialling
    if dialling is None or dialling.owner_leg != leg or dialling.step is not Step.OWNER_RINGING:
        return None
    if dialling.inbound_call:
        ready = replace(dialling, step=Step.OWNER_READY)
        effect = _bring_in(callback, dialling)
    else:
        ready = replace(dialling, step=Step.OWNER_READY, customer_leg=customer_leg)
        effect = Do("create", customer_leg, _SOON)
    return Change(replace(callback, dialling=ready), (effect,), look_at=at + LOOK_AGAIN)


def put_off(callback: Callback, leg: str, until: datetime) -> Change | None:
    """The speaker is ready, but the hour is not: the call is booked for the next allowed moment."""
    dialling = callback.dialling
    if dialling is None or dialling.owner_leg != leg or dialling.step is not Step.OWNER_RINGING:
        return None
    after = replace(callback, state=State.BOOKED, due_at=until, dialling=None, declined=())
    return Change(after, look_at=until)


def not_dialled(callback: Callback, leg: str, because: str) -> Change | None:
    """The speaker is ready, but no rule allows the call any more: a person has to look."""
    dialling = callback.dialling
    if dialling is None or dialling.owner_leg != leg or dialling.step is not Step.OWNER_RINGING:
        return None
    return _shown(callback, because, ())


def customer_posted(callback: Callback, leg: str, at: datetime) -> Change | None:
    """The customer's call is on its way: from here on the attempt counts (docs/policy.md 23)."""
    dialling = callback.dialling
    if dialling is None or dialling.customer_leg != leg or dialling.step is not Step.OWNER_READY:
        return None
    stepped = replace(dialling, step=Step.CUSTOMER_POSTED)
    after = replace(callback, dialling=stepped, attempts=_last(callback, posted=at))
    return Change(after, look_at=at + LOOK_AGAIN)


def customer_ringing(callback: Callback, leg: str, at: datetime) -> Change | None:
    dialling = callback.dialling
    if dialling is None or dialling.customer_leg != leg or dialling.step is not Step.CUSTOMER_POSTED:
        return None
    after = replace(callback, dialling=replace(dialling, step=Step.CUSTOMER_RINGING))
    return Change(after, look_at=at + LOOK_AGAIN)


def customer_joins(callback: Callback, leg: str, at: datetime) -> Change | None:
    """The customer answered, or is brought in who rang himself (`leg` is the CallSid then)."""
    dialling = callback.dialling
    if dialling is None:
        return None
    is_called = dialling.customer_leg == leg and not dialling.inbound_call and dialling.step in COUNTED
    came = dialling.inbound_call == leg and dialling.step is not Step.OWNER_RINGING
    if dialling.step is Step.TALKING or not (is_called or came):
        return None
    after = replace(callback, dialling=replace(dialling, step=Step.TALKING))
    return Change(after, look_at=at + LOOK_AGAIN)


def rings_in(callback: Callback, call_sid: str, at: datetime) -> Change | None:
    """The customer calls us while we are about to call him: his own call takes the place of ours (26)."""
    dialling = callback.dialling
    if dialling is None or dialling.inbound_call or dialling.step is Step.TALKING:
        return None
    effects: tuple[Do, ...] = ()
    if dialling.customer_leg:
        effects += (Do("end", dialling.customer_leg, _SOON),)
    joined = replace(dialling, inbound_call=call_sid)
    if dialling.step is not Step.OWNER_RINGING:
        effects += (_bring_in(callback, joined),)
    return Change(replace(callback, dialling=joined), effects, look_at=at + LOOK_AGAIN)


def hung_up_waiting(
    callback: Callback, call_sid: str, at: datetime, *, posted: datetime | None = None
) -> Change | None:
    """The customer who rang in did not wait for the speaker: the call is owed as before.

    `posted`: when our own call to him was, if it was: it counts.
    """
    dialling = callback.dialling
    if dialling is None or dialling.inbound_call != call_sid or dialling.step is Step.TALKING:
        return None
    legs = (dialling.owner_leg, dialling.customer_leg)
    effects = tuple(Do("end", leg, _SOON) for leg in legs if leg)
    return _owed_again(replace(callback, attempts=_last(callback, posted)), at, State.DUE, effects)


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
    gone = replace(callback, declined=_declined(callback), attempts=_last(callback, posted))
    if dialling.customer_leg and not dialling.inbound_call:
        if gone.declined == callback.declined:
            return None
        return Change(gone, (Do("end", dialling.customer_leg, _SOON),), look_at=at + LOOK_AGAIN)
    after = after_attempt(Step.OWNER_RINGING, None, others_may_speak=others_may_speak)
    return _owed_again(gone, at, after)


def customer_gone(
    callback: Callback, leg: str, at: datetime, *, how: str, was_posted: bool, others_may_speak: bool
) -> Change | None:
    """The customer's call is over: not answered, ended by us, or after the conversation.

    `leg` is the CallSid of one who rang in. Where the customer never was, the speaker hears so.
    """
    dialling = callback.dialling
    if dialling is None or leg != (dialling.inbound_call or dialling.customer_leg):
        return None  # our own call to one who rang in was ended for that
    if not leg or (dialling.inbound_call and dialling.step is not Step.TALKING):
        return None
    is_over = Do("redirect", dialling.owner_leg, _SOON, {"route": "leg_over"})
    if how == "refused":
        return _shown(callback, REFUSED, (is_over,))
    if not was_posted:
        state = after_attempt(Step.OWNER_READY, None, others_may_speak=others_may_speak)
        return _owed_again(callback, at, state, (is_over,))
    step = dialling.step if dialling.step in COUNTED else Step.CUSTOMER_POSTED
    said = dialling.said or (None if step is Step.TALKING else _RESULTS.get(how))
    state = after_attempt(step, said, others_may_speak=others_may_speak)
    result = said or (Result.REACHED if state is State.REACHED else Result.NO_ANSWER)
    # Whoever rang in himself was not called: that is no attempt of ours.
    attempts = _last(callback, None if dialling.inbound_call else at, result)
    after = replace(callback, state=state, dialling=None, declined=(), attempts=attempts)
    # The conference took the speaker out of the conversation; only one who waited alone is told.
    return Change(after, () if step is Step.TALKING else (is_over,), look_at=at, keep=True)


def reply_lost(callback: Callback, leg: str, at: datetime) -> Change | None:
    """Nobody knows whether the customer's call was placed: it counts, and a person has to look."""
    dialling = callback.dialling
    if dialling is None or dialling.customer_leg != leg or dialling.step is Step.TALKING:
        return None
    if dialling.inbound_call:
        return None  # he has rung in himself, and waits
    is_over = Do("redirect", dialling.owner_leg, _SOON, {"route": "leg_over"})
    counted = replace(callback, attempts=_last(callback, at))
    return _shown(counted, UNCERTAIN, (is_over, Do("end", leg, _SOON)))


def said(callback: Callback, person: str, result: Result, at: datetime) -> Change | None:
    """The speaker tells during or after the call that it was not the customer who answered."""
    dialling = callback.dialling
    if dialling is not None:
        if dialling.speaker != person or dialling.step is not Step.TALKING:
            return None
        return Change(replace(callback, dialling=replace(dialling, said=result)), look_at=at + LOOK_AGAIN)
    if not was_called_by(callback, person) or callback.outcome is not None:
        return None
    after = replace(callback, state=State.NOT_REACHED, attempts=_last(callback, result=result))
    return Change(after, look_at=at, keep=True)


def was_called_by(callback: Callback, person: str) -> bool:
    """True when this person has just spoken to somebody whom we called, so that he knows who answered."""
    last = callback.attempts[-1] if callback.attempts else None
    return callback.state is State.REACHED and bool(last and last.posted and last.speaker == person)


def _owed_again(callback: Callback, at: datetime, state: State, effects: tuple[Do, ...] = ()) -> Change:
    """The attempt came to nothing. One that counts is followed by another in its time; one that does not, at
    once. Who rang in before the time, and met nobody, is called at the time."""
    if callback.attempts[-1].posted:
        missed = _last(callback, result=Result.NO_ANSWER)
        after = replace(callback, state=State.NOT_REACHED, dialling=None, declined=(), attempts=missed)
        return Change(after, effects, look_at=at, keep=True)
    if callback.due_at is not None and callback.due_at > at:
        after = replace(callback, state=State.BOOKED, dialling=None, declined=())
        return Change(after, effects, look_at=after.due_at)
    if state is State.NEEDS_PERSON:
        return _shown(callback, NOBODY_SPEAKS, effects)
    return Change(replace(callback, state=State.DUE, dialling=None), effects, look_at=at)


def _shown(callback: Callback, because: str, effects: tuple[Do, ...]) -> Change:
    after = replace(callback, state=State.NEEDS_PERSON, dialling=None, declined=(), because=because)
    return Change(after, effects, keep=True)


def _bring_in(callback: Callback, dialling: Dialling) -> Do:
    return Do("bring_in", dialling.inbound_call, _SOON, {"callback": callback.id})


def _declined(callback: Callback) -> tuple[str, ...]:
    assert callback.dialling is not None
    return tuple(dict.fromkeys((*callback.declined, callback.dialling.speaker)))


def _last(
    callback: Callback, posted: datetime | None = None, result: Result | None = None
) -> tuple[Attempt, ...]:
    """The attempts, the last one with what is known of it now; when it was posted is never changed."""
    *before, last = callback.attempts
    return (*before, replace(last, posted=last.posted or posted, result=result or last.result))
