"""Figure 1: promised calls at a rate while everything that takes part is killed again and again."""

import random
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from benchmarks.chaos.kills import Kills
from benchmarks.chaos.promises import Verdict, at_a_rate, hire, open_now, promise, verdict
from benchmarks.chaos.site import Site, a_site
from benchmarks.chaos.town import PACIFIC, hangs_up_after_a_moment, numbers_in
from ivr.lab.phone import Ringing

OWNERS = 40
AFTER_S = 180.0  # what is still on its way when the last was due; a lost call is found after 10 + 52 s


@dataclass(frozen=True)
class Size:
    """How much of it."""

    calls: int
    per_second: float
    kills: int
    valkeys: int


@dataclass
class Killed:
    """One run."""

    seed: int
    size: Size
    kills: str = ""
    hits: int = 0
    restarts: dict[str, int] = field(default_factory=dict)
    verdict: Verdict = field(default_factory=Verdict)
    second_calls_hung_up: int = 0
    errors: list[str] = field(default_factory=list)

    @property
    def is_passed(self) -> bool:
        found = self.verdict
        return not found.lost and not found.twice and found.late(0.99) <= 60 and self.hits > 0


def run(seed: int, size: Size, say: Callable[[str], None] = print) -> Killed:
    """All of it for one seed."""
    with (
        tempfile.TemporaryDirectory(prefix="ch", dir="/tmp", ignore_cleanup_errors=True) as folder,
        a_site(Path(folder), calls_per_second=50) as site,
    ):
        return _run(site, seed, size, say)


def _run(site: Site, seed: int, size: Size, say: Callable[[str], None]) -> Killed:
    owners, numbers = hire(site, OWNERS), numbers_in(PACIFIC, size.calls)
    site.town.customers(numbers, Ringing("answer", 0.3), hangs_up_after_a_moment)
    with site.running() as keeper:
        begin = site.now() + timedelta(seconds=2 + size.calls / 100)
        promises = promise(site, numbers, at_a_rate(begin, size.calls, size.per_second), owners)
        kills = Kills(site, keeper, random.Random(seed))
        time.sleep(max((begin - site.now()).total_seconds(), 0))
        lasts_s = size.calls / size.per_second
        killing = threading.Thread(
            target=kills.spread_over, args=(lasts_s, size.kills, size.valkeys), daemon=True
        )
        killing.start()
        until_all_is_done(
            site, lasts_s + AFTER_S, lambda left: say(f"seed {seed}: {left} to go, {kills.text()}")
        )
        killing.join()
        until_all_is_done(site, AFTER_S)
        found = verdict(site, promises)
    return Killed(
        seed, size, kills.text(), kills.hits.total(), dict(keeper.restarts), found, errors=errors_in(site)
    )


def until_all_is_done(site: Site, within_s: float, say: Callable[[int], None] = lambda _: None) -> None:
    """Returns when nothing is left to do today, or after that time."""
    until, told = time.monotonic() + within_s, time.monotonic()
    while (left := open_now(site)) and time.monotonic() < until:
        if time.monotonic() - told > 10:
            told = time.monotonic()
            say(left)
        time.sleep(0.25)


def errors_in(site: Site) -> list[str]:
    """What the site's own log calls errors."""
    return [line for line in site.here.lines() if '"level": "error"' in line or '"level":"error"' in line]
