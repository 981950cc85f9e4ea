"""How often a customer is rung, and when the next attempt is made (docs/policy.md 23)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from callbacks.rules.clocks import day_on, instant, resolved
from callbacks.rules.window import NO_MOMENT, Later, NeedsPerson, Now, may_ring
from config.policy_numbers import Callbacks
from routing.rules.business_days import LineDays

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Exhausted:
    """All attempts are made: the rest goes in writing."""


def attempts_left(made: int, numbers: Callbacks) -> int:
    """How many attempts are left of a call, after so many in which the customer's call was posted.

    The week's number is all that a call ever gets, so that it can never be more in any seven days.
    """
    return max(numbers.per_week - made, 0)


def after_attempt(
    attempts: Sequence[datetime],
    at: datetime,
    zones: tuple[str, ...],
    numbers: Callbacks,
    days: LineDays,
    others: Sequence[datetime] = (),
) -> Later | NeedsPerson | Exhausted:
    """When the next attempt may be made, seen from `at`: spaced, in the window, on a day with room.

    `attempts` are the moments at which this promise's calls to the customer were posted, `others` those of
    other promises to the same number; they count for the day, not for the week and the spacing.
    Raises ValueError for a moment without a zone.
    """
    if not attempts_left(len(attempts), numbers):
        return Exhausted()
    rested = (instant(made) + timedelta(hours=numbers.spacing_hours) for made in attempts)
    earliest = max((instant(at), *rested))
    verdict = may_ring_again((*attempts, *others), earliest, zones, numbers, days)
    return Later(earliest) if isinstance(verdict, Now) else verdict


def may_ring_again(
    calls: Sequence[datetime],
    at: datetime,
    zones: tuple[str, ...],
    numbers: Callbacks,
    days: LineDays,
) -> Now | Later | NeedsPerson:
    """`may_ring`, and the number has not had its calls of the day: what is asked just before dialling.

    `calls` are the moments at which calls to this number were posted, whatever was promised.
    """
    at = moment = instant(at)
    while numbers.per_day > 0:
        verdict = may_ring(moment, zones, numbers, days)
        if isinstance(verdict, NeedsPerson):
            return verdict
        moment = verdict.at if isinstance(verdict, Later) else moment
        full = _full_clocks(calls, moment, zones, numbers)
        if not full:
            return Now() if moment == at else Later(moment)
        moment = max(resolved(day_on(moment, zone) + _DAY, time(), zone) for zone in full)
    return NeedsPerson(NO_MOMENT)


def _full_clocks(
    calls: Sequence[datetime], at: datetime, zones: tuple[str, ...], numbers: Callbacks
) -> list[str]:
    """The clocks by whose date the number has had its calls of the day."""
    return [
        zone
        for zone in zones
        if sum(day_on(instant(call), zone) == day_on(at, zone) for call in calls) >= numbers.per_day
    ]
