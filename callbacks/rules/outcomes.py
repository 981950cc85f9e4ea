"""What came of a promised call, and the state that follows from it (docs/policy.md 23, 27)."""

from enum import StrEnum

from callbacks.rules.states import COUNTED, State, Step


class Result(StrEnum):
    """Who was met at the other end; all but `reached` are different ways of not reaching the customer."""

    REACHED = "reached"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    VOICEMAIL = "voicemail"
    WRONG_PERSON = "wrong_person"


def verdict(result: Result) -> State:
    """`reached` or `not_reached`: where a result takes the call first, before `after_outcome`."""
    return State.REACHED if result is Result.REACHED else State.NOT_REACHED


def after_attempt(step: Step, said: Result | None, *, others_may_speak: bool) -> State:
    """The state of a call whose attempt ended at `step`.

    `said` is what Twilio or the speaker told of it, None when nobody said anything: whoever was talked to is
    then taken for the customer until the speaker says otherwise. `others_may_speak`: somebody is left who
    may be rung for it.
    """
    if step not in COUNTED:
        return State.DUE if others_may_speak else State.NEEDS_PERSON
    if said is not None:
        return verdict(said)
    return State.REACHED if step is Step.TALKING else State.NOT_REACHED


def after_outcome(result: Result, *, attempts_left: int, do_not_call: bool = False) -> State:
    """The state that follows from a result, once the call has its verdict.

    `attempts_left` counts without the attempt that had this result. Who does not want to be called is never
    dialled again, whatever was reached: the rest goes in writing.
    """
    if do_not_call:
        return State.LETTER_DUE
    if result is Result.REACHED:
        return State.DONE
    return State.BOOKED if attempts_left > 0 else State.LETTER_DUE
