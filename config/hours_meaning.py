"""What opening hours mean: weeks that never open or never close, rules and closures without effect."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches

from opening_hours import OpeningHours, State

from config.hours import Holidays, OpenHours

# Every date that opening hours can name without a year comes in these two, a leap day among them; only
# week 53 is as rare as 2032.
_FIRST, _LAST = 2027, 2028
_LAST_WITH_WEEKS = 2032
_YEAR = re.compile(r"\b(20[0-9]{2})\b")
Finding = tuple[tuple[str | int, ...], str]


def check(hours: Mapping[str, OpenHours]) -> Iterator[Finding]:
    """What is written correctly and still wrong, each with the keys that lead to it."""
    for name, one in hours.items():
        yield from _week(("hours", name, "open"), one.open)
        yield from _closures(("hours", name), one)
        if one.holidays is not None:
            yield from _worked(("hours", name, "holidays", "open_on"), one.holidays)


def _week(here: tuple[str, ...], written: str) -> Iterator[Finding]:
    week, years = OpeningHours(written), _years(written)
    if not any(_opens_between(week, datetime(year, 1, 1), datetime(year + 1, 1, 1)) for year in years):  # noqa: DTZ001 - wall times, of no zone
        yield here, f'"{written}" is never open'
        return
    means = _changes(week, years)
    if not any(len(changes) > 1 for changes in means) and written.strip() != "24/7":
        yield here, f'"{written}" is never closed; write "24/7" if that is meant'
    rules = [rule.strip() for rule in _rules(written)]
    for index, rule in enumerate(rules if len(rules) > 1 else []):
        without = "; ".join(rules[:index] + rules[index + 1 :])
        if _changes(OpeningHours(without), years) == means:
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


def _worked(here: tuple[str, ...], rules: Holidays) -> Iterator[Finding]:
    """A name that no holiday has opens nothing."""
    names = {name for year in (_FIRST, _LAST) for _, found in rules.named(year) for name in found}
    for index, name in enumerate(rules.open_on):
        if name not in names:
            near = get_close_matches(name[:60], names, n=1) or sorted(names)
            yield (
                (*here, index),
                f'no public holiday there is named "{name[:60]}"; there is {", ".join(near)}',
            )


def _years(written: str) -> list[int]:
    last = _LAST_WITH_WEEKS if "week" in written.lower() else _LAST
    return sorted({*range(_FIRST, last + 1), *map(int, _YEAR.findall(written))})


def _rules(written: str) -> list[str]:
    """The rules between semicolons; a comment in quotes may hold one too."""
    return re.findall(r'(?:"[^"]*"|[^;"])+', written)


def _opens_between(week: OpeningHours, begins: datetime, ends: datetime) -> bool:
    return any(state == State.OPEN for _, _, state, _ in week.intervals(begins, ends))


def _changes(week: OpeningHours, years: list[int]) -> list[list[tuple[datetime, bool]]]:
    """For each year the moments at which the state becomes another, and which."""
    return [
        [
            (begins, state == State.OPEN)
            for begins, _, state, _ in week.intervals(datetime(year, 1, 1), datetime(year + 1, 1, 1))  # noqa: DTZ001
        ]
        for year in years
    ]


def _said(first: date, last: date) -> str:
    return f"{first:%A} {first}" if first == last else f"{first:%A} {first} to {last:%A} {last}"
