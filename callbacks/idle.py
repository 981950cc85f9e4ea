"""Whether anything waits to be done: one question for each place where work waits, asked in turn."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from callbacks.rq_queues import Carrier
from routing.floor import Floor


@dataclass(frozen=True, slots=True)
class Idle:
    """`idle`: nothing waits to be done now. `next` (aware): when the next thing falls due, if known."""

    idle: bool
    next: datetime | None = None


# What one place says at a moment of the site's time; may raise StoreAway.
Question = Callable[[Floor, datetime], Idle]


def questions_of(carrier: Carrier) -> tuple[Question, ...]:
    """Every place where work waits, in the order in which it travels, the place where it arises first.

    What moves on while we ask is then met again at its next place, and cannot slip past all of them.
    """
    return _deadlines, lambda _floor, _at: Idle(carrier.waiting() == 0), _effects


def _deadlines(floor: Floor, at: datetime) -> Idle:
    due, in_hand = floor.deadlines.next(), floor.deadlines.in_hand()
    return Idle(in_hand == 0 and (due is None or due > at), due)


def _effects(floor: Floor, _at: datetime) -> Idle:
    return Idle(floor.effects.waiting() == 0)


def is_idle(floor: Floor, questions: Sequence[Question]) -> Idle:
    """All places together, at one moment of the site's time. Raises StoreAway."""
    at = floor.clock.now(floor.store)
    told = [ask(floor, at) for ask in questions]
    return Idle(
        all(place.idle for place in told),
        min((place.next for place in told if place.next), default=None),
    )
