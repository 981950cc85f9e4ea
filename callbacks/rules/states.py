"""The states of a promised call and the steps of dialling it, with the changes they allow, as data."""

from enum import StrEnum


class Kind(StrEnum):
    """Why a call is owed (docs/policy.md 21)."""

    FOLLOW_UP = "follow_up"
    REQUESTED = "requested"
    PROMISED = "promised"
    CORRECTION = "correction"


class State(StrEnum):
    """Where a promised call stands.

    - booked: to be made at a moment that is still to come.
    - due: that moment has come; the call waits for a worker, or for somebody who may speak.
    - dialling: an attempt is under way; its step says how far it has come.
    - needs_person: nothing more happens until a person has looked (no clock known, nobody to speak,
      a reply lost for good).
    - reached: the customer was spoken to; what came of it is still to be written down.
    - not_reached: an attempt ended without the customer; what follows is still to be decided.
    - letter_due: no more calls; the rest is owed in writing.
    - done: what was owed was given. cancelled: nothing is owed any more.
    """

    BOOKED = "booked"
    DUE = "due"
    DIALLING = "dialling"
    NEEDS_PERSON = "needs_person"
    REACHED = "reached"
    NOT_REACHED = "not_reached"
    LETTER_DUE = "letter_due"
    DONE = "done"
    CANCELLED = "cancelled"


class Step(StrEnum):
    """How far an attempt has come: whoever speaks is on the line before the customer is dialled (24)."""

    OWNER_RINGING = "owner_ringing"
    OWNER_READY = "owner_ready"
    CUSTOMER_POSTED = "customer_posted"
    CUSTOMER_RINGING = "customer_ringing"
    TALKING = "talking"


def _states(names: str) -> frozenset[State]:
    return frozenset(map(State, names.split()))


def _steps(names: str) -> frozenset[Step]:
    return frozenset(map(Step, names.split()))


MAY_BECOME: dict[State, frozenset[State]] = {
    # From booked and due straight to reached: the customer rang in first and met the owner (26). From booked
    # to dialling: he rang in, and the owner is rung for him.
    State.BOOKED: _states("booked due dialling needs_person reached letter_due cancelled"),
    # Back to booked: found when the window was closed.
    State.DUE: _states("booked dialling needs_person reached letter_due cancelled"),
    # Back to due: the customer was not dialled, and somebody else may speak.
    State.DIALLING: _states("booked due needs_person reached not_reached cancelled"),
    State.NEEDS_PERSON: _states("booked reached not_reached letter_due cancelled"),
    # Between reached and not_reached the speaker's word corrects what the telephone suggested.
    State.REACHED: _states("not_reached letter_due done"),
    State.NOT_REACHED: _states("booked needs_person reached letter_due cancelled"),
    State.LETTER_DUE: _states("reached done cancelled"),
    State.DONE: _states(""),
    State.CANCELLED: _states(""),
}

STEP_MAY_BECOME: dict[Step, frozenset[Step]] = {
    # Ringing again: the first one declined or went away, and the next one is rung.
    Step.OWNER_RINGING: _steps("owner_ringing owner_ready"),
    # Straight to talking: the customer rang in himself (26).
    Step.OWNER_READY: _steps("owner_ringing customer_posted talking"),
    # Twilio tells `ringing` and `answered` in any order.
    Step.CUSTOMER_POSTED: _steps("customer_ringing talking"),
    Step.CUSTOMER_RINGING: _steps("talking"),
    Step.TALKING: _steps(""),
}

# The call is still owed: no second one of its kind is booked beside it.
OPEN = _states("booked due dialling needs_person not_reached")
# From here on an attempt counts (23): the customer's call was posted.
COUNTED = _steps("customer_posted customer_ringing talking")


def may_lead_to(state: State) -> frozenset[State]:
    """The states from which a promised call may come to `state`."""
    return frozenset(before for before, after in MAY_BECOME.items() if state in after)


def may_cancel(state: State, step: Step | None) -> bool:
    """True while the call can be called off: not once the customer's telephone may ring."""
    return State.CANCELLED in MAY_BECOME[state] and step not in COUNTED
