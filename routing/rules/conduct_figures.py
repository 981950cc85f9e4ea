"""The monthly figures of conduct, from the facts of one caller after the other (docs/policy.md 33)."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import zip_longest
from math import ceil
from statistics import median
from zoneinfo import ZoneInfo

from config.policy_numbers import Conduct
from routing.rules.conduct_events import (
    Fact,
    Judged,
    NuisanceReported,
    Overridden,
    Reported,
)
from routing.rules.conduct_words import Finding, Outcome
from routing.rules.dossier import Dossier
from routing.rules.ladder import Episode, Ladder
from routing.rules.remedies import CLOSED_STAGE

STAGES = (1, 2, 3, 4)
# Fewer reports in a year are chance, and would point at a person.
A_PATTERN_TAKES = 5
_DECEMBER = 12


@dataclass(frozen=True, slots=True)
class Span:
    """From a moment on and before another."""

    since: datetime
    until: datetime

    def has(self, at: datetime) -> bool:
        return self.since <= at < self.until


def month_of(year: int, month: int, zone: str) -> Span:
    """A month on the clock of `zone`. Raises ValueError for one that no calendar has."""
    return Span(_first(year, month, zone), _first(year, month + 1, zone))


def year_to(year: int, month: int, zone: str) -> Span:
    """The twelve months that end with this one."""
    return Span(_first(year - 1, month + 1, zone), _first(year, month + 1, zone))


@dataclass(frozen=True, slots=True)
class Repeat:
    """Of the `callers` whose offence reached a stage in the month, how many had another one since."""

    callers: int = 0
    repeated: int = 0

    @property
    def rate(self) -> float | None:
        """0 to 1; None when there was nobody."""
        return self.repeated / self.callers if self.callers else None


@dataclass(frozen=True, slots=True)
class Pattern:
    """What became of one adviser's reports in a year; the rest of them has no verdict yet."""

    adviser: str
    reports: int
    upheld: int
    not_upheld: int

    @property
    def share_not_upheld(self) -> float | None:
        """0 to 1, of those with a verdict; None without any."""
        decided = self.upheld + self.not_upheld
        return self.not_upheld / decided if decided else None


@dataclass(slots=True)
class Tally:
    """Callers are added one by one; what happened after `now` is not looked at."""

    month: Span
    year: Span
    now: datetime
    conduct: Conduct
    reports: int = 0
    open: int = 0
    nuisance_reports: int = 0
    overrides: int = 0
    verdicts: Counter[Finding] = field(default_factory=Counter)
    nuisance_verdicts: Counter[Finding] = field(default_factory=Counter)
    appeals: Counter[Outcome] = field(default_factory=Counter)
    hours: list[float] = field(default_factory=list)
    _reached: Counter[int] = field(default_factory=Counter)
    _repeated: Counter[int] = field(default_factory=Counter)
    _advisers: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, facts: Iterable[Fact]) -> None:
        """All that is written about one caller."""
        dossier = Dossier(facts, self.now)
        for report in dossier.reports.values():
            self._add_report(report, dossier)
        for nuisance in dossier.all(NuisanceReported):
            self.nuisance_reports += self.month.has(nuisance.at)
            verdict = dossier.verdicts.get(nuisance.id)
            if verdict is not None and self.month.has(verdict.at):
                self.nuisance_verdicts[verdict.finding] += 1
        self.overrides += sum(self.month.has(one.at) for one in dossier.all(Overridden))
        self._add_repeats(Ladder(dossier, self.conduct))

    @property
    def not_upheld(self) -> int:
        """The inconclusive ones among them."""
        return self.verdicts.total() - self.verdicts[Finding.UPHELD]

    @property
    def overturned(self) -> int:
        return self.appeals[Outcome.QUASHED] + self.appeals[Outcome.VARIED]

    def repeat_after(self, stage: int) -> Repeat:
        return Repeat(self._reached[stage], self._repeated[stage])

    def patterns(self) -> list[Pattern]:
        """Of advisers with enough reports to show one, by name."""
        return [
            Pattern(adviser, said["reports"], said["upheld"], said["not_upheld"])
            for adviser, said in sorted(self._advisers.items())
            if said["reports"] >= A_PATTERN_TAKES
        ]

    def _add_report(self, report: Reported, dossier: Dossier) -> None:
        verdict = dossier.verdicts.get(report.id)
        self.reports += self.month.has(report.at)
        self.open += report.at < self.month.until and (verdict is None or verdict.at >= self.month.until)
        if verdict is not None and self.month.has(verdict.at):
            self.verdicts[verdict.finding] += 1
            self.hours.append((verdict.at - report.at) / timedelta(hours=1))
        appeal = dossier.appeal_of(report.id)
        if appeal is not None and appeal.decision is not None and self.month.has(appeal.decision.at):
            self.appeals[appeal.decision.outcome] += 1
        if self.year.has(report.at):
            self._add_to_pattern(report, verdict)

    def _add_to_pattern(self, report: Reported, verdict: Judged | None) -> None:
        said = self._advisers[report.by]
        said["reports"] += 1
        if verdict is not None and verdict.at < self.year.until:
            said["upheld" if verdict.finding is Finding.UPHELD else "not_upheld"] += 1

    def _add_repeats(self, ladder: Ladder) -> None:
        """An episode is one offence; one that was quashed since neither reached a stage nor is a repeat."""
        live = [one for one in ladder.episodes if one.holder(self.now) is not None]
        reached: dict[int, int] = {}
        for index, one in enumerate(live):
            if self.month.has(one.decided_at):
                reached.setdefault(_stage(one, ladder), index)
        for stage, index in reached.items():
            self._reached[stage] += 1
            self._repeated[stage] += index + 1 < len(live)


def _stage(episode: Episode, ladder: Ladder) -> int:
    """The stage that an episode brought; a fourth that nobody signed, or one person, stays a third."""
    stage = ladder.rank(episode, episode.decided_at)
    is_signed = any(one.signed_at is not None for one in episode.members)
    return stage if stage < CLOSED_STAGE or is_signed else CLOSED_STAGE - 1


def middle(values: Collection[float]) -> float | None:
    """None of nothing."""
    return median(values) if values else None


def ninth_tenth(values: Collection[float]) -> float | None:
    """The least value that nine in ten do not exceed; None of nothing."""
    return sorted(values)[ceil(len(values) * 9 / 10) - 1] if values else None


def in_queue_s(queue: str, steps: Sequence[tuple[datetime, str]], waited_s: float) -> float:
    """How long a call waited in one queue, in seconds.

    `steps`: when it was decided about, and the queue that it went to ("" for none); `waited_s`: all its
    waiting, as its end says. In the queue of the last step it waited for what the others leave of that.
    """
    found = 0.0
    for (at, name), after in zip_longest(steps, steps[1:]):
        if not name:
            continue
        here = min(waited_s, (after[0] - at).total_seconds()) if after else waited_s
        found += here if name == queue else 0
        waited_s -= here
    return found


def _first(year: int, month: int, zone: str) -> datetime:
    if month == _DECEMBER + 1:
        year, month = year + 1, 1
    return datetime(year, month, 1, tzinfo=ZoneInfo(zone))
