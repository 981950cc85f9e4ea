"""kill -9 at seeded moments: over which process, and whether a job, an effect or a request was under way."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.chaos.keeper import DISPATCHER, WEB, WORKER, Keeper
from benchmarks.chaos.site import Site
from config.connections import StoreAway
from routing.store.effects import GROUP

# As often as each of them is drawn; Valkey's share is set apart, for there is a least number of it.
VICTIMS = (
    *("dispatcher", "dispatcher", "dispatcher"),
    *("worker's parent", "worker's job", "worker and job"),
    *("web's process", "web"),
)
VALKEY = "valkey"
_WAITS_FOR_WORK_S, _LOOKS_EVERY_S = 10.0, 0.001


@dataclass
class Kills:
    """What was killed so far: how often each, and how often in the middle of something."""

    site: Site
    keeper: Keeper
    chance: random.Random
    done: Counter[str] = field(default_factory=Counter)
    hits: Counter[str] = field(default_factory=Counter)

    def text(self) -> str:
        told = ", ".join(f"{who} {count} ({self.hits[who]} hit)" for who, count in self.done.most_common())
        return f"{self.done.total()} kills, {self.hits.total()} in the middle of work: {told}"

    def spread_over(self, seconds: float, count: int, valkeys: int) -> None:
        """So many kills at random moments of this time."""
        victims = [VALKEY] * valkeys + [self.chance.choice(VICTIMS) for _ in range(count - valkeys)]
        self.chance.shuffle(victims)
        moments = sorted(self.chance.uniform(0, seconds) for _ in victims)
        began = time.monotonic()
        for at, victim in zip(moments, victims, strict=True):
            time.sleep(max(at - (time.monotonic() - began), 0))
            self.kill(victim)

    def kill(self, victim: str) -> None:
        """One of them, now or as soon as it has work."""
        was_hit = _WAYS[victim](self)
        self.done[victim] += 1
        self.hits[victim] += was_hit

    def _at_a_random_moment_of_work(self, has_work: Callable[[], object], longest_s: float) -> None:
        until = time.monotonic() + _WAITS_FOR_WORK_S
        while time.monotonic() < until and not has_work():
            time.sleep(_LOOKS_EVERY_S)
        time.sleep(self.chance.uniform(0, longest_s))

    def _worker(self, *, parent: bool, job: bool) -> bool:
        children: list[int] = []

        def has_job() -> bool:
            children[:] = children_of(self.keeper.running[WORKER].pid)
            return bool(children)

        self._at_a_random_moment_of_work(has_job, 0.02)
        pid = self.keeper.pid(WORKER)
        under_way = [child for child in children if is_alive(child)]
        # The job first where both die: else it would be the parent's end alone for a moment.
        for one in [*(children if job else []), *([pid] if parent else [])]:
            _kill(one)
        return bool(under_way)

    def _dispatcher(self) -> bool:
        pid = self.keeper.pid(DISPATCHER)
        self._at_a_random_moment_of_work(lambda: effects_of(self.site, pid), 0.005)
        _kill(pid)
        # What it has not acknowledged is still under its name.
        return bool(effects_of(self.site, pid))

    def _web(self, *, main: bool) -> bool:
        requests = lambda: self.site.lab.exchange._unanswered  # noqa: E731
        pids = [self.keeper.pid(WEB)]
        if not main:
            pids = [one.pid for one in self.keeper.children(WEB) if _is_serving(one.cmdline())]
        self._at_a_random_moment_of_work(requests, 0.005)
        was_asked = bool(requests())
        for pid in pids:
            _kill(pid)
        return was_asked and bool(pids)

    def _valkey(self) -> bool:
        pid = self.keeper.pid(DISPATCHER)
        self._at_a_random_moment_of_work(lambda: effects_of(self.site, pid), 0.005)
        self.site.valkey.send(signal.SIGKILL)
        self.site.valkey.start()
        return bool(effects_of(self.site, pid))


_WAYS: dict[str, Callable[[Kills], bool]] = {
    "dispatcher": Kills._dispatcher,
    "worker's parent": lambda kills: kills._worker(parent=True, job=False),
    "worker's job": lambda kills: kills._worker(parent=False, job=True),
    "worker and job": lambda kills: kills._worker(parent=True, job=True),
    "web's process": lambda kills: kills._web(main=False),
    "web": lambda kills: kills._web(main=True),
    VALKEY: Kills._valkey,
}


def effects_of(site: Site, pid: int) -> list[str]:
    """The ids of the effects that the dispatcher of this process has taken and not done."""
    key = site.floor.keys.effects
    with suppress(StoreAway):
        pending = site.floor.store.run(lambda redis: redis.xpending_range(key, GROUP, "-", "+", 50))
        return [one["message_id"] for one in pending if f".{pid}." in one["consumer"]]
    return []


def children_of(pid: int) -> list[int]:
    """Without psutil, which looks at every process of the machine: a job lasts some 50 ms."""
    with suppress(OSError):
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def is_alive(pid: int) -> bool:
    with suppress(OSError, IndexError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    return False


def _is_serving(words: list[str]) -> bool:
    """Python's own tracker of resources is among a server's children too."""
    return any("spawn_main" in word for word in words)


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
