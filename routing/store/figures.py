"""What the floor is like now and was today: read for the wallboard and the metrics, in two round trips."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from config.connections import Store
from config.now import milliseconds, moment
from routing.rules.agent_states import AgentState
from routing.store.keys import Keys

SHOWN_ABANDONED = 20
_HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class QueueNow:
    """A queue: who waits, since when the first of them, when callers were answered (the latest first)."""

    waiting: int = 0
    busy_since: datetime | None = None
    pace: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class Counts:
    """Callers of a queue so far: `abandoned` without the `short` ones, who hung up at once."""

    answered: int = 0
    in_time: int = 0
    abandoned: int = 0
    short: int = 0
    waited_ms: int = 0


@dataclass(frozen=True, slots=True)
class Abandoned:
    """Somebody who hung up while he waited. `number` is E.164 as it was shown to us; "" for none."""

    call: str
    queue: str
    waited_ms: int
    at: datetime
    number: str = ""


@dataclass(frozen=True, slots=True)
class FloorNow:
    """The whole floor."""

    queues: Mapping[str, QueueNow] = field(default_factory=dict)
    today: Mapping[str, Counts] = field(default_factory=dict)
    agents: Mapping[AgentState, int] = field(default_factory=dict)
    abandoned: tuple[Abandoned, ...] = ()


class Figures:
    """The figures of one site."""

    def __init__(self, store: Store, keys: Keys) -> None:
        self._store, self._keys = store, keys

    def read(self, queues: Iterable[str], *, since: datetime, at: datetime) -> FloorNow:
        """The floor; counts of the hours from `since` to `at`, whole hours of UTC. Raises StoreAway."""
        names, hours = tuple(queues), _hours(since, at)
        per_queue = 3

        def read(redis: Any) -> tuple[list[Any], list[Any]]:
            with redis.pipeline(transaction=False) as pipe:
                for name in names:
                    pipe.zcard(self._keys.queue(name))
                    pipe.zrange(self._keys.queue(name), 0, 0, withscores=True)
                    pipe.lrange(self._keys.pace(name), 0, -1)
                for hour in hours:
                    pipe.hgetall(self._keys.figures(hour))
                pipe.scard(self._keys.agents)
                pipe.smembers(self._keys.signed_in)
                pipe.xrevrange(self._keys.abandoned, count=SHOWN_ABANDONED)
                found = pipe.execute()
                for agent_id in found[-2]:
                    pipe.hget(self._keys.agent(agent_id), "status")
                for _, entry in found[-1]:
                    pipe.hget(self._keys.call(entry["call"]), "number")
                return found, pipe.execute()

        found, more = self._store.run(read)
        counted = found[per_queue * len(names) :]
        rows = [found[place : place + per_queue] for place in range(0, per_queue * len(names), per_queue)]
        signed_in, gone = len(counted[-2]), counted[-1]
        return FloorNow(
            {name: _queue(*row) for name, row in zip(names, rows, strict=True)},
            _sum(counted[: len(hours)]),
            _states(more[:signed_in], known=counted[-3]),
            tuple(
                _abandoned(entry, number) for (_, entry), number in zip(gone, more[signed_in:], strict=True)
            ),
        )


def _hours(since: datetime, at: datetime) -> list[str]:
    return [str(hour) for hour in range(milliseconds(since) // _HOUR_MS, milliseconds(at) // _HOUR_MS + 1)]


def _queue(waiting: int, first: Sequence[tuple[str, float]], pace: Sequence[str]) -> QueueNow:
    began = moment(int(first[0][1])) if first else None
    return QueueNow(waiting, began, tuple(moment(int(float(ms))) for ms in pace))


def _sum(hours: Iterable[Mapping[str, str]]) -> dict[str, Counts]:
    sums: dict[str, Counter[str]] = {}
    for hour in hours:
        for name, count in hour.items():
            what, _, queue = name.partition(":")
            sums.setdefault(queue, Counter())[what] += int(float(count))
    known = Counts.__dataclass_fields__
    return {
        queue: Counts(**{what: count for what, count in counts.items() if what in known})
        for queue, counts in sums.items()
    }


def _states(statuses: Sequence[str | None], *, known: int) -> dict[AgentState, int]:
    """Every state, also those of nobody; who has not signed in is offline."""
    found = Counter(AgentState(status) for status in statuses if status)
    found[AgentState.OFFLINE] += max(known - found.total(), 0)
    return {state: found[state] for state in AgentState}


def _abandoned(entry: Mapping[str, str], number: str | None) -> Abandoned:
    return Abandoned(
        entry["call"],
        entry["queue"],
        int(float(entry["waited_ms"])),
        moment(int(float(entry["at_ms"]))),
        number or "",
    )
