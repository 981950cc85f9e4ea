"""The floor at a glance: what stands in Redis, added up for the default line's day."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from config.now import milliseconds
from routing.floor import Floor
from routing.rules.agent_states import AgentState
from routing.store.figures import Abandoned
from routing.wallboard import QueueRow, Wallboard, look, midnight

QUEUES = ("general", "specialist", "slow", "team_leader", "urgent")


def write(floor: Floor, *command: Any) -> None:
    floor.store.run(lambda redis: redis.execute_command(*command))


def now(floor: Floor) -> datetime:
    return floor.clock.now(floor.store)


def at_noon(floor: Floor) -> datetime:
    """Noon in New York, to come, and so that all day before lies on that day."""
    noon = (now(floor) + timedelta(days=1)).replace(hour=17, minute=0, second=0, microsecond=0)
    floor.clock.advance(floor.store, noon)
    return noon


def counted(floor: Floor, at: datetime, **counts: int) -> None:
    """In that hour, of the queue general."""
    key = floor.keys.figures(str(milliseconds(at) // 3_600_000))
    for what, count in counts.items():
        write(floor, "HINCRBY", key, f"{what}:general", count)


def row(board: Wallboard, queue: str = "general") -> QueueRow:
    return next(one for one in board.queues if one.queue == queue)


def test_an_empty_floor(floor: Floor) -> None:
    board = look(floor)
    assert [one.queue for one in board.queues] == list(QUEUES)
    assert row(board) == QueueRow("general", 0, 0, None, 0, 0, None)
    assert set(board.agents) == set(AgentState)
    assert not any(board.agents.values())
    assert board.abandoned == ()


def test_who_waits_and_since_when(floor: Floor) -> None:
    at = at_noon(floor)
    for seconds, call in ((90, "CA1"), (30, "CA2"), (10, "CA3")):
        write(floor, "ZADD", floor.keys.queue("general"), milliseconds(at) - seconds * 1000, call)
    found = row(look(floor))
    assert found.waiting == 3
    assert 90 <= found.longest_s <= 92


def test_today_is_since_midnight_on_the_default_line_s_clock(floor: Floor) -> None:
    at = at_noon(floor)
    counted(floor, at, answered=4, in_time=3, abandoned=1, short=7, waited_ms=90_000)
    counted(floor, at - timedelta(hours=11), answered=1, in_time=1)
    counted(floor, at - timedelta(hours=13), answered=100, abandoned=100)
    found = row(look(floor))
    assert (found.answered, found.abandoned) == (5, 1)
    assert found.service_level == pytest.approx(4 / 6, abs=0.0001)
    assert row(look(floor), "urgent").answered == 0


@pytest.mark.parametrize(
    ("at", "began"),
    [
        ("2026-11-23T04:59:00Z", "2026-11-22T05:00:00Z"),
        ("2026-11-23T05:00:00Z", "2026-11-23T05:00:00Z"),
        ("2026-11-01T20:00:00Z", "2026-11-01T04:00:00Z"),  # the clocks went back at two
        ("2026-03-08T20:00:00Z", "2026-03-08T05:00:00Z"),  # the clocks went forward at two
    ],
)
def test_midnight_in_new_york(floor: Floor, at: str, began: str) -> None:
    found = midnight(floor.configs.in_force(), datetime.fromisoformat(at))
    assert found == datetime.fromisoformat(began)
    assert found.tzinfo is UTC


def test_a_wait_is_foretold_from_the_pace(floor: Floor) -> None:
    at = at_noon(floor)
    for number in range(10, 0, -1):
        write(floor, "LPUSH", floor.keys.pace("general"), milliseconds(at) - number * 20_000)
    for number in range(3):
        write(floor, "ZADD", floor.keys.queue("general"), milliseconds(at) - 1000 - number, f"CA{number}")
    assert row(look(floor)).ewt_s == 80
    assert row(look(floor), "specialist").ewt_s is None


def test_agents_by_state_whoever_has_not_signed_in_is_offline(floor: Floor) -> None:
    write(floor, "SADD", floor.keys.agents, "ana", "bob", "cy", "di", "Eve")
    for name, status in (("ana", "available"), ("bob", "available"), ("Eve", "on_call")):
        write(floor, "HSET", floor.keys.agent(name), "status", status)
        write(floor, "SADD", floor.keys.signed_in, name)
    found = {state: count for state, count in look(floor).agents.items() if count}
    assert found == {AgentState.AVAILABLE: 2, AgentState.ON_CALL: 1, AgentState.OFFLINE: 2}


def test_the_last_twenty_who_hung_up_the_latest_first(floor: Floor) -> None:
    at = at_noon(floor)
    write(floor, "HSET", floor.keys.call("CA24"), "number", "+14155550142")
    for number in range(25):
        entry = {"call": f"CA{number}", "queue": "general", "waited_ms": 7000, "at_ms": milliseconds(at)}
        fields = [str(part) for pair in entry.items() for part in pair]
        write(floor, "XADD", floor.keys.abandoned, "*", *fields)
    found = look(floor).abandoned
    assert [one.call for one in found] == [f"CA{number}" for number in range(24, 4, -1)]
    assert found[0] == Abandoned("CA24", "general", 7000, at, "+14155550142")
    assert found[1].number == ""
