"""Whether a customer may be rung at a moment, on the customer's clock; if not, when (docs/policy.md 22)."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from callbacks.rules.clocks import instant, resolved
from config.policy_numbers import Callbacks
from routing.rules.business_days import LOOK_AHEAD_DAYS, LineDays, is_one, next_one

UNKNOWN_CLOCK = "The number does not say where it is, so the time of day there is not known."
NO_MOMENT = "No moment within a year is allowed: look at `callbacks` in the config, the hours and closures."


@dataclass(frozen=True, slots=True)
class Now:
    """The customer may be rung at this moment."""


@dataclass(frozen=True, slots=True)
class Later:
    """The customer may be rung at `at` (UTC), and not before."""

    at: datetime


@dataclass(frozen=True, slots=True)
class NeedsPerson:
    """No rule can say when; somebody has to look, and is told why."""

    because: str


@dataclass(frozen=True, slots=True)
class NotOwed:
    """Nobody owes the call any more: it is called off."""

    because: str


@dataclass(frozen=True, slots=True)
class Window:
    """The time of day on the called party's clock: from `earliest` until just before `latest`."""

    earliest: time
    latest: time

    def has(self, wall: time) -> bool:
        return self.earliest <= wall < self.latest


def window_of(numbers: Callbacks) -> Window:
    return Window(time.fromisoformat(numbers.earliest), time.fromisoformat(numbers.latest))


def may_ring(
    at: datetime, zones: tuple[str, ...], numbers: Callbacks, days: LineDays
) -> Now | Later | NeedsPerson:
    """Whether a customer on any of these clocks may be rung at `at`; asked when booked and when dialled.

    It must be allowed on all of the clocks, each on one of the line's days, and be one of those days at the
    line. How late a call is plays no part: one found late is made if it may be made now.
    Raises ValueError for a moment without a zone.
    """
    moment = instant(at)
    if not zones:
        return NeedsPerson(UNKNOWN_CLOCK)
    opens = _first_allowed(moment, zones, window_of(numbers), days)
    if opens is None:
        return NeedsPerson(NO_MOMENT)
    return Now() if opens == moment else Later(opens)


def _first_allowed(
    moment: datetime, zones: tuple[str, ...], window: Window, days: LineDays
) -> datetime | None:
    """Each clock says from when it allows; the latest of them is asked again until all agree."""
    end = moment + timedelta(days=LOOK_AHEAD_DAYS)
    while window.earliest < window.latest and moment < end:
        starts = [_at_the_line(moment, days), *(_on_clock(moment, zone, window, days) for zone in zones)]
        found = [start for start in starts if start is not None]
        if len(found) < len(starts):
            return None
        if max(found) == moment:
            return moment
        moment = max(found)
    return None


def _at_the_line(moment: datetime, days: LineDays) -> datetime | None:
    today = moment.astimezone(ZoneInfo(days.zone)).date()
    day = next_one(days, today)
    if day is None or day == today:
        return moment if day else None
    return resolved(day, time(), days.zone)


def _on_clock(moment: datetime, zone: str, window: Window, days: LineDays) -> datetime | None:
    wall = moment.astimezone(ZoneInfo(zone))
    if window.has(wall.time()) and is_one(days, wall.date()):
        return moment
    is_early = wall.time() < window.earliest
    day = next_one(days, wall.date() + timedelta(days=0 if is_early else 1))
    return resolved(day, window.earliest, zone, not_before=moment) if day else None
