"""What a change may make of a promised call: the tables of states and steps, and what never changes."""

from callbacks.records import Callback
from callbacks.rules.states import MAY_BECOME, STEP_MAY_BECOME, State, Step

_OVER = frozenset({State.DONE, State.CANCELLED})
_FOR_GOOD = ("id", "kind", "number", "caller", "booked_by", "booked_at")


class NotAllowed(Exception):
    """A change that the tables do not have. It is our fault and never the customer's."""


def check(before: Callback, after: Callback) -> None:
    """Raises NotAllowed. A call may stay in its state, and at its step.

    The number of one that is over may be erased.
    """
    changed = [name for name in _FOR_GOOD if getattr(before, name) != getattr(after, name)]
    if after.number == "" and after.state in _OVER and "number" in changed:
        changed.remove("number")
    if changed:
        raise NotAllowed(f"{', '.join(changed)} of a promised call never changes")
    if after.state is not before.state and after.state not in MAY_BECOME[before.state]:
        raise NotAllowed(f"a promised call that is {before.state} does not become {after.state}")
    if (after.state is State.DIALLING) is not (after.dialling is not None):
        raise NotAllowed(f"a promised call that is {after.state} and at the step {after.step or 'none'}")
    if after.step and not _may_step(before.step, after.step):
        raise NotAllowed(f"the step {before.step or 'none'} does not become {after.step}")


def _may_step(before: Step | None, after: Step) -> bool:
    if before is None:
        return after is Step.OWNER_RINGING
    return after is before or after in STEP_MAY_BECOME[before]
