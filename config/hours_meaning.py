"""What opening hours mean: weeks that never open or never close, rules and closures without effect."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta

from opening_hours import OpeningHours, State

from config.hours import OpenHours

# Two years from here meet every date that opening hours can name, a leap day among them.
_FROM, _TO = datetime(2027, 1, 1), datetime(2029, 1, 1)  # noqa: DTZ001 - wall times, of no zone
Finding = tuple[tuple[str | int, ...], str]


def check(hours: Mapping[str, OpenHours]) -> Iterator[Finding]:
    """What is written correctly and still wrong, each with the keys that lead to it."""
    for name, one in hours.items():
        yield from _week(("hours", name, "open"), one)
        yield from _closures(("hours", name), one)


def _week(here: tuple[str, ...], hours: OpenHours) -> Iterator[Finding]:
    week = OpeningHours(hours.open)
    if not _opens_between(week, _FROM, _TO):
        yield here, f'"{hours.open}" is never open'
        return
    if week.next_change(_FROM) is None and hours.open.strip() != "24/7":
        yield here, f'"{hours.open}" is never closed; write "24/7" if that is meant'
    rules = [rule.strip() for rule in hours.open.split(";")]
    for index, rule in enumerate(rules if len(rules) > 1 else []):
        without = "; ".join(rules[:index] + rules[index + 1 :])
        if _changes(OpeningHours(without)) == _changes(week):
            yield here, f'"{rule}" has no effect: the other rules say the same, or a later one overrides it'


def _closures(here: tuple[str, ...], hours: OpenHours) -> Iterator[Finding]:
    """A closure on days that are closed anyway says that somebody meant other days."""
    week = OpeningHours(hours.open)
    for index, closure in enumerate(hours.closures):
        begins = datetime.combine(closure.first, time())
        ends = datetime.combine(closure.last + timedelta(days=1), time())
        if not _opens_between(week, begins, ends):
            when = _said(closure.first, closure.last)
            yield (
                (*here, "closures", index),
                f"{closure.name}: `open` is closed then anyway ({when}); check the dates",
            )


def _opens_between(week: OpeningHours, begins: datetime, ends: datetime) -> bool:
    return any(state == State.OPEN for _, _, state, _ in week.intervals(begins, ends))


def _changes(week: OpeningHours) -> list[tuple[datetime, bool]]:
    return [(begins, state == State.OPEN) for begins, _, state, _ in week.intervals(_FROM, _TO)]


def _said(first: date, last: date) -> str:
    return f"{first:%A} {first}" if first == last else f"{first:%A} {first} to {last:%A} {last}"
