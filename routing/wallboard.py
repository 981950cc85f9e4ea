"""The floor at a glance: every queue with its waits and its day, agents by state, who hung up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from config.schema import RoutingConfig
from routing.floor import Floor
from routing.rules.agent_states import AgentState
from routing.rules.expected_wait import expected_wait
from routing.rules.service_level import service_level
from routing.store.figures import Abandoned, Counts, FloorNow, QueueNow


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A queue. `ewt_s`: what a caller who came now would wait; None where nothing can be said."""

    queue: str
    waiting: int
    longest_s: int
    service_level: float | None
    answered: int
    abandoned: int
    ewt_s: int | None


@dataclass(frozen=True, slots=True)
class Wallboard:
    """The floor at `at`; what is counted is counted since midnight on the default line's clock."""

    at: datetime
    queues: tuple[QueueRow, ...]
    agents: Mapping[AgentState, int]
    abandoned: tuple[Abandoned, ...]


def look(floor: Floor) -> Wallboard:
    """Raises StoreAway, NoConfigError."""
    config = floor.configs.in_force()
    at = floor.clock.now(floor.store)
    found = floor.figures.read(config.queues, since=midnight(config, at), at=at)
    rows = tuple(_row(queue, found, config, at) for queue in config.queues)
    return Wallboard(at, rows, found.agents, found.abandoned)


def midnight(config: RoutingConfig, at: datetime) -> datetime:
    """When the default line's day began; of counts the whole hour (UTC) that it lies in is taken."""
    zone = ZoneInfo(config.lines[config.default_line].zone)
    return datetime.combine(at.astimezone(zone).date(), time.min, zone).astimezone(UTC)


def _row(queue: str, found: FloorNow, config: RoutingConfig, at: datetime) -> QueueRow:
    now, today = found.queues.get(queue, QueueNow()), found.today.get(queue, Counts())
    wait = expected_wait(
        now.waiting + 1,
        now.pace,
        at,
        busy_since=now.busy_since,
        at_most_s=config.queues[queue].max_wait_s,
    )
    longest = (at - now.busy_since).total_seconds() if now.busy_since else 0
    share = service_level(in_time=today.in_time, answered=today.answered, abandoned=today.abandoned)
    return QueueRow(
        queue,
        now.waiting,
        max(int(longest), 0),
        None if share is None else round(share, 4),
        today.answered,
        today.abandoned,
        None if wait is None else round(wait),
    )
