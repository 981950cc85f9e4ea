"""The monthly figures of conduct: read from the ledger, the reports and the call log (docs/policy.md 33)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from config.now import milliseconds
from routing import call_history
from routing.floor import Floor
from routing.rules.conduct_events import Fact
from routing.rules.conduct_figures import Span, Tally, in_queue_s, month_of, year_to
from routing.store.chain import unsalted
from routing.store.dossiers import LedgerBroken
from routing.store.facts import UnreadableFact, from_text
from routing.store.ledger_pages import entries

SLOW = "slow"
# No call lasts longer at Twilio: one that began in the month is looked for so long after it.
_LONGEST_CALL = timedelta(hours=24)
_AT_ONCE = 500


class MonthNotBegun(Exception):
    """There is nothing to count yet."""


@dataclass(frozen=True, slots=True)
class Breaks:
    """Protected breaks that began in the month; the minutes are of those that are over."""

    count: int
    minutes: float


@dataclass(frozen=True, slots=True)
class SlowQueue:
    """Calls that were sent to the slow queue, and what they waited there; those still waiting cost more.

    `is_known_whole`: the call log still has all of the month.
    """

    calls: int
    minutes: float
    is_known_whole: bool


@dataclass(frozen=True, slots=True)
class MonthOfConduct:
    """All figures of one month, as of `now`. `erased`: entries of the whole ledger that say nothing now."""

    tally: Tally
    breaks: Breaks
    slow: SlowQueue
    erased: int
    zone: str

    @property
    def is_over(self) -> bool:
        return self.tally.month.until <= self.tally.now


def month_of_conduct(floor: Floor, year: int, month: int) -> MonthOfConduct:
    """The month is that of the default line's clock.

    Raises MonthNotBegun, NoConfigError, LedgerBroken, StoreAway, and ValueError for no month of a calendar.
    """
    config, now = floor.configs.in_force(), floor.clock.now(floor.store)
    zone = config.lines[config.default_line].zone
    span = month_of(year, month, zone)
    if now < span.since:
        raise MonthNotBegun(f"{year}-{month:02} has not begun")
    tally = Tally(span, year_to(year, month, zone), now, config.conduct)
    facts, erased = _facts(floor)
    for known in facts.values():
        tally.add(known)
    whole = now - timedelta(days=config.call_log_days) <= span.since
    return MonthOfConduct(tally, _breaks(floor, span), _slow_queue(floor, span, whole=whole), erased, zone)


def _facts(floor: Floor) -> tuple[Mapping[str, list[Fact]], int]:
    """By caller; and how many entries were erased."""
    found: dict[str, list[Fact]] = defaultdict(list)
    erased = 0
    for written in entries(floor.store, floor.keys):
        if written.content is None:
            erased += 1
            continue
        try:
            found[written.entry.caller].append(from_text(unsalted(written.content)))
        except UnreadableFact as wrong:
            raise LedgerBroken(f"Entry {written.entry.seq} cannot be read: {wrong}.") from wrong
    return found, erased


def _breaks(floor: Floor, month: Span) -> Breaks:
    """From the reports: a break begins with the report that is its reason."""
    began_and_ended = [
        (int(float(began)), int(float(ended)) if ended else None)
        for began, ended in _recoveries(floor, month)
        if began
    ]
    lasted = [ended - began for began, ended in began_and_ended if ended is not None]
    return Breaks(len(began_and_ended), sum(lasted) / 60_000)


def _recoveries(floor: Floor, month: Span) -> Iterable[tuple[str | None, str | None]]:
    since, until = milliseconds(month.since), f"({milliseconds(month.until)}"
    ids: list[str] = floor.store.run(lambda redis: redis.zrangebyscore(floor.keys.reports, since, until))
    for first in range(0, len(ids), _AT_ONCE):
        yield from _recoveries_of(floor, ids[first : first + _AT_ONCE])


def _recoveries_of(floor: Floor, report_ids: list[str]) -> list[tuple[str | None, str | None]]:
    def read(redis: Any) -> list[tuple[str | None, str | None]]:
        with redis.pipeline(transaction=False) as pipe:
            for report_id in report_ids:
                pipe.hmget(floor.keys.report(report_id), "recovery_began_ms", "recovery_ended_ms")
            return [(began, ended) for began, ended in pipe.execute()]

    return floor.store.run(read)


def _slow_queue(floor: Floor, month: Span, *, whole: bool) -> SlowQueue:
    """From the call log: calls that began in the month."""
    steps: dict[str, list[tuple[datetime, str]]] = {}
    calls, seconds = 0, 0.0
    for entry in call_history.entries(floor, since=month.since, until=month.until + _LONGEST_CALL):
        if entry.kind == "begin" and month.has(entry.at):
            steps.setdefault(entry.call_sid, [])
        if entry.kind in ("begin", "step") and entry.call_sid in steps:
            before = steps[entry.call_sid]
            queue = _queue(entry.said["decision"])
            calls += queue == SLOW and all(name != SLOW for _, name in before)
            before.append((entry.at, queue))
        elif entry.kind == "end":
            seconds += in_queue_s(SLOW, steps.pop(entry.call_sid, []), entry.said.get("waited_ms", 0) / 1000)
    return SlowQueue(calls, seconds / 60, whole)


def _queue(decision: Mapping[str, Any]) -> str:
    return decision["name"] if decision["do"] == "enqueue" else ""
