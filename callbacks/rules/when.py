"""When a promised call is first due, on the called party's clock (docs/policy.md 11, 22)."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from callbacks.rules.clocks import day_on, instant, resolved
from callbacks.rules.states import Kind
from callbacks.rules.window import UNKNOWN_CLOCK, Later, NeedsPerson, Now, may_ring
from config.policy_numbers import Callbacks
from routing.rules.business_days import LineDays, next_one

_DAY = timedelta(days=1)
# Beyond so many days `at` is not a time at which this customer may ever be rung.
_DAYS_TRIED = 10


def first_due(
    kind: Kind,
    booked_at: datetime,
    wanted: datetime | None,
    zones: tuple[str, ...],
    numbers: Callbacks,
    days: LineDays,
) -> Later | NeedsPerson:
    """When a call booked at `booked_at` is due: at the time that was given, else as its kind has it.

    A given time outside the window moves later, never earlier: at the time itself the customer expects us,
    and before it what we promised may not be ready. Raises ValueError for a moment without a zone.
    """
    if wanted is not None:
        return soonest(max(instant(wanted), instant(booked_at)), zones, numbers, days)
    if kind is Kind.REQUESTED:
        return soonest(booked_at, zones, numbers, days)
    return next_business_day(booked_at, zones, numbers, days)


def soonest(at: datetime, zones: tuple[str, ...], numbers: Callbacks, days: LineDays) -> Later | NeedsPerson:
    """At `at` if the customer may be rung then, else as soon as the window opens."""
    verdict = may_ring(at, zones, numbers, days)
    return Later(instant(at)) if isinstance(verdict, Now) else verdict


def next_business_day(
    booked_at: datetime, zones: tuple[str, ...], numbers: Callbacks, days: LineDays
) -> Later | NeedsPerson:
    """At `callbacks.at` on the first of the line's days after today's, both on the called party's clock.

    On several clocks it is then that time or later on each. A day on which that time is not allowed is passed
    over (a Monday that is still Sunday at the line); if it never is, the window's first moment is taken.
    """
    booked_at = instant(booked_at)
    if not zones:
        return NeedsPerson(UNKNOWN_CLOCK)
    for due in _mornings_after(booked_at, zones, numbers, days):
        verdict = may_ring(due, zones, numbers, days)
        if not isinstance(verdict, Later):
            return Later(due) if isinstance(verdict, Now) else verdict
    first = next(_mornings_after(booked_at, zones, numbers, days), booked_at)
    return soonest(first, zones, numbers, days)


def same_day(
    booked_at: datetime, zones: tuple[str, ...], numbers: Callbacks, days: LineDays
) -> Later | NeedsPerson:
    """`same_day_after_hours` after `booked_at`, or when the window opens if that is still today.

    Otherwise the next business day. `booked_at` is when it happened, or when it is booked if that is later.
    """
    booked_at = instant(booked_at)
    due = soonest(booked_at + timedelta(hours=numbers.same_day_after_hours), zones, numbers, days)
    if isinstance(due, NeedsPerson) or all(day_on(due.at, zone) == day_on(booked_at, zone) for zone in zones):
        return due
    return next_business_day(booked_at, zones, numbers, days)


def _mornings_after(
    at: datetime, zones: tuple[str, ...], numbers: Callbacks, days: LineDays
) -> Iterator[datetime]:
    """`callbacks.at` on each of the line's next days."""
    wall = time.fromisoformat(numbers.at)
    day = next_one(days, max(day_on(at, zone) for zone in zones) + _DAY)
    for _ in range(_DAYS_TRIED):
        if day is None:
            return
        yield max(resolved(day, wall, zone) for zone in zones)
        day = next_one(days, day + _DAY)
