"""Promised calls in numbers: booked for their moments, and what became of each."""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from benchmarks.chaos.site import Site
from benchmarks.chaos.town import OWNERS_AREA
from callbacks.booking import Wanted, book
from callbacks.records import Callback
from callbacks.rules.states import Kind, State
from config.connections import StoreAway
from config.now import moment
from routing.rules.agent_states import AgentState
from routing.rules.people import May, Person, Role

OWNER_NUMBERS = [f"+1{OWNERS_AREA}555{number:04d}" for number in range(100, 200)]
BRIEF = "A test."
# What is booked for so much later had an attempt that counted: it is owed, and not called again now.
_ANOTHER_DAY = timedelta(minutes=30)


@dataclass(frozen=True)
class Promise:
    """One call that is owed."""

    id: str
    number: str
    due: datetime


def hire(site: Site, count: int, *, for_each_other: bool = True, after_s: float = 0.2) -> list[str]:
    """Owners, on duty; their names. `for_each_other`: any of them may make anybody's calls."""
    numbers = OWNER_NUMBERS[:count]
    may = frozenset({May.FOLLOW_UP}) if for_each_other else frozenset[May]()
    names = [f"owner{index:02d}" for index in range(count)]
    for name, number in zip(names, numbers, strict=True):
        person = Person(name, Role.SUPERVISOR, site.now(), phone=number, may=may)
        site.floor.people.add(person, by="chaos")
        site.floor.agents.set_status(name, AgentState.AVAILABLE)
    site.town.owners(numbers, after_s)
    return names


def promise(
    site: Site, numbers: Sequence[str], dues: Sequence[datetime], owners: Sequence[str]
) -> list[Promise]:
    """Booked as everybody books, in threads: each is acknowledged when it is on disk."""

    def booked(index: int) -> Promise:
        wanted = Wanted(
            numbers[index], Kind.FOLLOW_UP, BRIEF, at=dues[index], owner=owners[index % len(owners)]
        )
        found = book(site.floor, site.ledger, wanted, by="chaos")
        return Promise(found.id, numbers[index], found.due_at or dues[index])

    # Else each booking waits for the disk's next second.
    site.floor.store.run(lambda redis: redis.config_set("appendfsync", "always"))
    with ThreadPoolExecutor(8) as pool:
        promises = list(pool.map(booked, range(len(dues))))
    site.floor.store.run(lambda redis: redis.config_set("appendfsync", "everysec"))
    return promises


def at_a_rate(start: datetime, count: int, per_second: float) -> list[datetime]:
    return [start + timedelta(seconds=index / per_second) for index in range(count)]


def open_now(site: Site) -> int:
    """How many promises are to be kept today, or are being kept; -1 while Redis is away."""
    try:
        counts, at = site.ledger.counts(), site.now()
        key = f"{site.floor.keys.site}:callbacks_in:{State.BOOKED}"
        until = round((at + _ANOTHER_DAY).timestamp() * 1000)
        soon: int = site.floor.store.run(lambda redis: redis.zcount(key, "-inf", until))
    except StoreAway:
        return -1
    return soon + sum(counts[state] for state in (State.DUE, State.DIALLING, State.NOT_REACHED))


@dataclass
class Verdict:
    """What became of all of them. `late_s`: from due to the owner's POST, sorted."""

    states: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    rang: int = 0
    late_s: list[float] = field(default_factory=list)
    because: Counter[str] = field(default_factory=Counter)
    unconfirmed: int = 0

    def late(self, share: float) -> float:
        """A percentile in seconds."""
        return self.late_s[min(int(len(self.late_s) * share), len(self.late_s) - 1)] if self.late_s else 0.0

    @property
    def lateness(self) -> str:
        shares = ((0.5, "p50"), (0.9, "p90"), (0.99, "p99"), (1.0, "most"))
        return ", ".join(f"{name} {self.late(share):.1f} s" for share, name in shares)

    @property
    def outcome(self) -> str:
        told = ", ".join(f"{count} {state}" for state, count in self.states.most_common())
        return told + (f" ({dict(self.because)})" if self.because else "")


def verdict(site: Site, promises: Sequence[Promise]) -> Verdict:
    """Lost is whatever is neither kept, nor owed at a later hour after an attempt, nor shown to a person."""
    found, ledger, at = Verdict(), site.ledger, site.now()
    rang = site.town.rang({one.number for one in promises})
    found.twice = [number for number, count in rang.items() if count > 1]
    found.rang = len(rang)
    posted = owners_posts(site)
    for one in promises:
        callback = ledger.find(one.id)
        state = _told(callback, at + _ANOTHER_DAY)
        found.states[state] += 1
        if state == "lost":
            found.lost.append(f"{one.id} {callback and (callback.state, callback.step, callback.due_at)}")
        if callback and callback.because:
            found.because[callback.because] += 1
        if one.id in posted:
            found.late_s.append((posted[one.id] - one.due).total_seconds())
    found.late_s.sort()
    found.unconfirmed = len(site.floor.legs.unconfirmed())
    return found


def _told(callback: Callback | None, later: datetime) -> str:
    if callback is None:
        return "lost"
    match callback.state:
        case State.REACHED | State.DONE | State.LETTER_DUE | State.NEEDS_PERSON:
            return str(callback.state)
        case State.BOOKED if callback.due_at and callback.due_at > later:
            return "owed at a later hour"
        case _:
            return "lost"


def owners_posts(site: Site) -> dict[str, datetime]:
    """When an owner was first rung for each promise, as the legs tell."""

    def read(redis: Any) -> list[list[str | None]]:
        keys = list(redis.scan_iter(f"{site.floor.keys.site}:leg:*", count=1000))
        with redis.pipeline(transaction=False) as pipe:
            for key in keys:
                pipe.hmget(key, "purpose", "role", "posted_ms")
            found: list[list[str | None]] = pipe.execute()
        return found

    first: dict[str, datetime] = {}
    for purpose, role, posted_ms in site.floor.store.run(read):
        if role == "owner" and purpose and posted_ms:
            at, id_ = moment(int(posted_ms)), purpose.removeprefix("callback:")
            first[id_] = min(first.get(id_, at), at)
    return first
