"""Theory: callers come at random and talk at random, on the real floor, and wait as long as Erlang C says.

The time is simulated: the site's clock is put to the moment of each arrival and each end. Each seed is an
independent replication, its first calls not counted; the interval is Student's, over the seeds' means.
"""

import heapq
import random
import statistics
import time
from dataclasses import dataclass, field
from math import factorial, sqrt

from benchmarks.chaos.floor_site import a_floor
from routing.floor import Floor
from routing.rules.agent_states import AgentState
from routing.store.offers import Accepted
from tests.routing.crowded_floor import LiveFloor

AGENTS, LOAD, TALK_S = 5, 0.8, 180.0
WARM_UP = 0.1
# Student's t for a two-sided interval of 99 %, by degrees of freedom:
# https://www.itl.nist.gov/div898/handbook/eda/section3/eda3672.htm
T_99 = {4: 4.604, 9: 3.250}


@dataclass
class Waits:
    """One seed: how long each caller waited (s), and how many first offers came out of order."""

    waited: list[float] = field(default_factory=list)
    out_of_order: int = 0

    @property
    def counted(self) -> list[float]:
        return self.waited[round(len(self.waited) * WARM_UP) :]

    @property
    def mean(self) -> float:
        return statistics.fmean(self.counted)

    @property
    def share(self) -> float:
        """Of the callers who had to wait at all."""
        return sum(one > 0 for one in self.counted) / len(self.counted)


@dataclass(frozen=True)
class Interval:
    """Of 99 %."""

    middle: float
    half: float
    theory: float

    @property
    def holds(self) -> bool:
        return abs(self.theory - self.middle) <= self.half

    def __str__(self) -> str:
        return f"{self.middle:.3f} ± {self.half:.3f}, Erlang C {self.theory:.3f}"


@dataclass
class Queueing:
    """All seeds."""

    seeds: list[Waits]

    @property
    def calls(self) -> int:
        return sum(len(one.waited) for one in self.seeds)

    @property
    def out_of_order(self) -> int:
        return sum(one.out_of_order for one in self.seeds)

    @property
    def mean_wait_s(self) -> Interval:
        return _interval([one.mean for one in self.seeds], erlang_c() * TALK_S / (AGENTS * (1 - LOAD)))

    @property
    def share_waiting(self) -> Interval:
        return _interval([one.share for one in self.seeds], erlang_c())

    @property
    def is_passed(self) -> bool:
        return self.mean_wait_s.holds and self.share_waiting.holds and not self.out_of_order


def erlang_c() -> float:
    """The share of callers who wait, of AGENTS agents at LOAD."""
    offered = AGENTS * LOAD
    busy = offered**AGENTS / factorial(AGENTS) / (1 - LOAD)
    return busy / (sum(offered**k / factorial(k) for k in range(AGENTS)) + busy)


def run(seeds: int, calls: int) -> Queueing:
    """On a Valkey of its own, for each seed."""
    found = []
    for seed in range(seeds):
        with a_floor() as floor:
            found.append(run_on(floor, seed, calls))
    return Queueing(found)


def run_on(floor: Floor, seed: int, calls: int) -> Waits:
    """One seed, on an empty floor."""
    return _Simulation(LiveFloor(floor), random.Random(seed)).run(calls)


class _Simulation:
    def __init__(self, live: LiveFloor, chance: random.Random) -> None:
        self._live, self._chance, self._found = live, chance, Waits()
        self._came: dict[str, tuple[int, float]] = {}
        self._ends: list[tuple[float, str, str]] = []
        self._offered = -1
        self._begin_ms = live.now_ms
        for index in range(AGENTS):
            live.agent(f"agent{index}", languages=("en",))

    def run(self, calls: int) -> Waits:
        at, rate = 0.0, AGENTS * LOAD / TALK_S
        for number in range(calls):
            at += self._chance.expovariate(rate)
            self._end_all_before(at)
            self._is(at)
            sid = self._live.comes()
            self._came[sid] = number, at
            if offer := self._live.call(sid).get("offer"):
                self._talk(offer, at)
        self._end_all_before(float("inf"))
        return self._found

    def _end_all_before(self, at: float) -> None:
        while self._ends and self._ends[0][0] < at:
            ended, sid, agent = heapq.heappop(self._ends)
            self._is(ended)
            self._live.hangs_up(sid)
            self._live.floor.conversations.write_up(sid, agent, {}, logged={}, keep_log_ms=1000)
            if offer := self._live.floor.agents.read(agent).offer:
                self._talk(offer, ended)

    def _talk(self, offer_id: str, at: float) -> None:
        offers, conversations = self._live.floor.offers, self._live.floor.conversations
        offer = offers.find(offer_id)
        assert offer is not None
        number, came = self._came.pop(offer.call)
        self._found.waited.append(at - came)
        self._found.out_of_order += number < self._offered
        self._offered = max(self._offered, number)
        assert offers.accept(offer.id, offer.agent) is Accepted.OK
        room = conversations.agent_ready(offer.id)
        assert conversations.caller_joins(offer.call, room, recorded=False)
        assert self._live.status(offer.agent) is AgentState.ON_CALL
        heapq.heappush(self._ends, (at + self._chance.expovariate(1 / TALK_S), offer.call, offer.agent))

    def _is(self, at: float) -> None:
        """The site's clock shows this moment of the simulation."""
        ahead_ms = self._begin_ms + at * 1000 - time.time() * 1000
        self._live.floor.store.client.set(self._live.floor.clock.offset_key, round(ahead_ms))


def _interval(means: list[float], theory: float) -> Interval:
    half = T_99[len(means) - 1] * statistics.stdev(means) / sqrt(len(means))
    return Interval(statistics.fmean(means), half, theory)
