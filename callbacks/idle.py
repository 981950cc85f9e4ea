"""Whether anything waits to be done: one question for each place where work waits, asked in turn."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from routing.floor import Floor


@dataclass(frozen=True, slots=True)
class Idle:
    """`idle`: nothing waits to be done now. `next` (aware): when the next thing falls due, if known."""

    idle: bool
    next: datetime | None = None


# What one place says at a moment of the site's time; may raise StoreAway.
Question = Callable[[Floor, datetime], Idle]

# In the order in which work travels, the place where it arises first: what moves on while we ask is then met
# again at its next place, and cannot slip past all of them.
QUESTIONS: tuple[Question, ...] = ()


def is_idle(floor: Floor, questions: Sequence[Question] = QUESTIONS) -> Idle:
    """All places together, at one moment of the site's time. Raises StoreAway."""
    at = floor.clock.now(floor.store)
    told = [ask(floor, at) for ask in questions]
    return Idle(
        all(place.idle for place in told),
        min((place.next for place in told if place.next), default=None),
    )
