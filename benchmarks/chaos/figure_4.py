"""Figure 4: a dispatcher is paused past its lease with work in its hands, and wakes when another did it."""

import os
import random
import signal
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from benchmarks.chaos.figure_1 import OWNERS, until_all_is_done
from benchmarks.chaos.keeper import DISPATCHER, WEB, WORKER, Keeper
from benchmarks.chaos.kills import effects_of
from benchmarks.chaos.promises import Verdict, at_a_rate, hire, promise, verdict
from benchmarks.chaos.site import Site, a_site
from benchmarks.chaos.town import PACIFIC, hangs_up_after_a_moment, numbers_in
from ivr.lab.phone import Ringing

TWO = (WEB, WORKER, DISPATCHER, f"{DISPATCHER} 2")
_WAITS_FOR_WORK_S = 5.0


@dataclass
class Pauses:
    """One run. `in_hand`: the effects that paused dispatchers held, by verb."""

    pauses: int
    seconds: float
    done: int = 0
    in_hand: Counter[str] = field(default_factory=Counter)
    verdict: Verdict = field(default_factory=Verdict)

    @property
    def is_passed(self) -> bool:
        return not self.verdict.lost and not self.verdict.twice and self.in_hand.total() > 0


def run(seed: int, pauses: int, seconds: float, per_second: float) -> Pauses:
    """Two dispatchers, one of them paused at a time while calls go on. An effect's lease is 5 s, a due
    call's 30 s."""
    found, chance = Pauses(pauses, seconds), random.Random(seed)
    calls = min(int(pauses * (seconds + 3) * per_second), 2000)
    with (
        tempfile.TemporaryDirectory(prefix="ch", dir="/tmp", ignore_cleanup_errors=True) as folder,
        a_site(Path(folder), calls_per_second=50) as site,
    ):
        owners, numbers = hire(site, OWNERS), numbers_in(PACIFIC, calls)
        site.town.customers(numbers, Ringing("answer", 0.3), hangs_up_after_a_moment)
        with site.running(TWO) as keeper:
            begin = site.now() + timedelta(seconds=2 + calls / 100)
            promises = promise(site, numbers, at_a_rate(begin, calls, per_second), owners)
            time.sleep(max((begin - site.now()).total_seconds(), 0))
            pausing = threading.Thread(target=_pause, args=(site, keeper, found, chance), daemon=True)
            pausing.start()
            pausing.join()
            until_all_is_done(site, calls / per_second + 150)
            found.verdict = verdict(site, promises)
    return found


def _pause(site: Site, keeper: Keeper, found: Pauses, chance: random.Random) -> None:
    for number in range(found.pauses):
        pid = keeper.pid(TWO[2 + number % 2])
        until = time.monotonic() + _WAITS_FOR_WORK_S
        while time.monotonic() < until and not effects_of(site, pid):
            time.sleep(0.002)
        time.sleep(chance.uniform(0, 0.01))
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)
            found.in_hand.update(_verbs(site, effects_of(site, pid)))
            time.sleep(found.seconds)
            os.kill(pid, signal.SIGCONT)
            found.done += 1
        time.sleep(chance.uniform(0.5, 2))


def _verbs(site: Site, ids: list[str]) -> list[str]:
    key = site.floor.keys.effects
    entries = [site.floor.store.run(lambda redis, id_=id_: redis.xrange(key, id_, id_)) for id_ in ids]
    return [found[0][1]["verb"] for found in entries if found]
