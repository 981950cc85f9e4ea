"""What each event makes of a promised call that is being made, on the customer's side. Pure, as steps.py."""

from dataclasses import replace
from datetime import datetime

from callbacks.owed import attempts_with, owed_again, shown
from callbacks.records import Callback, Change, Do
from callbacks.rules.outcomes import Result, after_attempt
from callbacks.rules.states import COUNTED, State, Step
from callbacks.steps import LOOK_AGAIN, bring_in

CUSTOMER_RINGS_S = 30
UNCERTAIN = "It is not certain whether the customer's telephone rang: Twilio's answer was lost."
REFUSED = "Twilio does not place this call; the log says why."
_RESULTS = {"busy": Result.BUSY, "no_answer": Result.NO_ANSWER, "failed": Result.NO_ANSWER}


def customer_posted(callback: Callback, leg: str, at: datetime) -> Change | None:
    """The customer's call is on its way: from here on the attempt counts (docs/policy.md 23)."""
    dialling = callback.dialling
    if dialling is None or dialling.customer_leg != leg or dialling.step is not Step.OWNER_READY:
        return None
    stepped = replace(dialling, step=Step.CUSTOMER_POSTED)
    after = replace(callback, dialling=stepped, attempts=attempts_with(callback, posted=at))
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
        effects += (Do("end", dialling.customer_leg),)
    joined = replace(dialling, inbound_call=call_sid)
    if dialling.step is not Step.OWNER_RINGING:
        effects += (bring_in(callback, joined),)
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
    effects = tuple(Do("end", leg) for leg in legs if leg)
    *before, last = attempts_with(callback, posted)
    gone = (*before, replace(last, caller_gone=True))
    return owed_again(replace(callback, attempts=gone), at, State.DUE, effects)


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
    is_over = Do("redirect", dialling.owner_leg, {"route": "leg_over"})
    if how == "refused":
        return shown(callback, REFUSED, (is_over,))
    if not was_posted:
        state = after_attempt(Step.OWNER_READY, None, others_may_speak=others_may_speak)
        return owed_again(callback, at, state, (is_over,))
    step = dialling.step if dialling.step in COUNTED else Step.CUSTOMER_POSTED
    said = dialling.said or (None if step is Step.TALKING else _RESULTS.get(how))
    state = after_attempt(step, said, others_may_speak=others_may_speak)
    result = said or (Result.REACHED if state is State.REACHED else Result.NO_ANSWER)
    # Whoever rang in himself was not called: that is no attempt of ours.
    attempts = attempts_with(callback, None if dialling.inbound_call else at, result)
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
    is_over = Do("redirect", dialling.owner_leg, {"route": "leg_over"})
    counted = replace(callback, attempts=attempts_with(callback, at))
    return shown(counted, UNCERTAIN, (is_over, Do("end", leg)))
