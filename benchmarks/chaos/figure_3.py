"""Figure 3: the worker's parent is killed while its child lives on, and wakes when another did the job."""

import os
import signal
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from benchmarks.chaos.figure_1 import OWNERS, until_all_is_done
from benchmarks.chaos.keeper import WORKER, Keeper
from benchmarks.chaos.kills import children_of, is_alive
from benchmarks.chaos.promises import Verdict, at_a_rate, hire, open_now, promise, verdict
from benchmarks.chaos.site import Site, a_site
from benchmarks.chaos.town import PACIFIC, hangs_up_after_a_moment, numbers_in
from ivr.lab.phone import Ringing

# One job every so often: a worker takes some seconds to start again.
EVERY_S = 2.5
_LOOKS_EVERY_S = 0.001
_HANDED_OVER_AGAIN_S = 31.0


@dataclass
class Orphans:
    """One run. `orphans`: children that lived on; `woken`: those that ran to their end afterwards."""

    calls: int
    orphans: int = 0
    woken: int = 0
    verdict: Verdict = field(default_factory=Verdict)

    @property
    def is_passed(self) -> bool:
        return not self.verdict.lost and not self.verdict.twice and self.orphans > 0


def run(kills: int, batch: int = 20) -> Orphans:
    """In batches, for sleeping children fill the memory."""
    whole = Orphans(kills)
    with (
        tempfile.TemporaryDirectory(prefix="ch", dir="/tmp", ignore_cleanup_errors=True) as folder,
        a_site(Path(folder), calls_per_second=50) as site,
    ):
        owners, numbers = hire(site, OWNERS), numbers_in(PACIFIC, 2 * kills)
        site.town.customers(numbers, Ringing("answer", 0.3), hangs_up_after_a_moment)
        promises = []
        with site.running() as keeper:
            while whole.orphans < kills and len(promises) < len(numbers):
                some = numbers[len(promises) :][: min(batch, kills - whole.orphans)]
                dues = at_a_rate(site.now() + timedelta(seconds=2), len(some), 1 / EVERY_S)
                promises += promise(site, some, dues, owners)
                _one_batch(site, keeper, len(some), whole)
        whole.verdict = verdict(site, promises)
    return whole


def _one_batch(site: Site, keeper: Keeper, count: int, whole: Orphans) -> None:
    asleep: list[int] = []
    until = time.monotonic() + count * EVERY_S + 5
    while len(asleep) < count and time.monotonic() < until:
        if child := _orphaned(keeper):
            asleep.append(child)
        time.sleep(_LOOKS_EVERY_S)
    whole.orphans += len(asleep)
    # Long enough for the ledger to hand every job over again: others have done the work when they wake.
    until_all_is_done(site, _HANDED_OVER_AGAIN_S + 10)
    for child in asleep:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGCONT)
    gone_by = time.monotonic() + 10
    while any(map(is_alive, asleep)) and time.monotonic() < gone_by:
        time.sleep(0.05)
    whole.woken += sum(not is_alive(child) for child in asleep)
    until_all_is_done(site, 60)
    assert open_now(site) == 0, "what was promised is still open"


def _orphaned(keeper: Keeper) -> int:
    """The child of the worker, asleep, its parent dead; 0 while there is none."""
    parent = keeper.running[WORKER].pid
    for child in children_of(parent):
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGSTOP)
            os.kill(parent, signal.SIGKILL)
            return child
    return 0
