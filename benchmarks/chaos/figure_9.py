"""Figure 9: two agents accept one call at once, just when the offer passes from one to the other."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from benchmarks.chaos.floor_site import a_floor
from routing.rules.agent_states import AgentState
from routing.store.offers import Accepted
from tests.routing.crowded_floor import LiveFloor

AGENTS = ("ana", "ben")


@dataclass
class Raced:
    """One run. `won`: how often the one who was rung first had the call, and how often the other."""

    calls: int
    won: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    @property
    def is_passed(self) -> bool:
        return not self.wrong and sum(self.won.values()) == self.calls


def run(calls: int) -> Raced:
    """On a Valkey of its own."""
    with a_floor() as floor:
        return run_on(LiveFloor(floor), calls)


def run_on(live: LiveFloor, calls: int) -> Raced:
    """The first says yes by key and by desk while his offer lapses and the second says yes to his, twice."""
    found = Raced(calls)
    for name in AGENTS:
        live.agent(name)
    with ThreadPoolExecutor(4) as pool:
        for turn in range(calls):
            _race(live, pool, found, turn)
    return found


def _race(live: LiveFloor, pool: ThreadPoolExecutor, found: Raced, turn: int) -> None:
    for name in AGENTS:  # back from not answering: whoever passes a call on has missed it
        live.floor.agents.set_status(name, AgentState.AVAILABLE)
    sid = live.comes()
    first = live.offer(sid)

    def says_yes() -> set[str]:
        return {first.agent} if live.floor.offers.accept(first.id, first.agent) is Accepted.OK else set()

    def passes_on() -> set[str]:
        live.floor.offers.lapse(first.id, "declined")
        second = live.call(sid).get("offer", first.id)
        other = next(name for name in AGENTS if name != first.agent)
        said = {live.floor.offers.accept(second, other) for _ in range(2)}
        return {other} if Accepted.OK in said else set()

    both = [says_yes, passes_on, says_yes]
    tries = [pool.submit(both[(turn + index) % 3]) for index in range(3)]
    winners = sorted(set[str]().union(*(one.result() for one in tries)))
    has_it = [name for name in AGENTS if live.status(name) is AgentState.CONNECTING]
    if len(winners) != 1 or has_it != winners or [live.call(sid).get("agent")] != winners:
        found.wrong.append(f"{sid}: {winners} won, {has_it} have it, the call says {live.call(sid)}")
    found.won["first" if winners == [first.agent] else "second"] += 1
    live.hangs_up(sid)
