"""Row H: due calls. A claim out of 100,000, never early, and from due to the owner's POST."""

import statistics
import time
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from benchmarks.chaos.figure_1 import OWNERS, until_all_is_done
from benchmarks.chaos.promises import at_a_rate, hire, promise, verdict
from benchmarks.chaos.site import Site, a_site
from benchmarks.chaos.town import PACIFIC, hangs_up_after_a_moment, numbers_in
from benchmarks.product import Product
from benchmarks.report import Figure
from benchmarks.rounds import ratios, spread
from benchmarks.sizes import Sizes
from benchmarks.yardsticks import new_folder
from callbacks.dispatcher import AT_A_TIME
from config.now import milliseconds
from ivr.lab.phone import Ringing

CLAIM_MS, LATE_S = 5.0, 2.0
PER_SECOND = 0.3
FEW = 100


def measure(product: Product, sizes: Sizes) -> list[Figure]:
    """The claim by a dispatcher's own way to Redis; the calls with every process and the lab."""
    if product.is_control:
        return []
    with ExitStack() as stack:
        few, many = (
            stack.enter_context(a_site(stack.enter_context(new_folder()), calls_per_second=1))
            for _ in range(2)
        )
        _fill(few, FEW)
        _fill(many, sizes.due_calls)
        times: list[tuple[float, float]] = []
        early = 0
        for _ in range(sizes.claims):
            (ours, early_ours), (yardstick, early_there) = _claim(many), _claim(few)
            times.append((ours, yardstick))
            early += early_ours + early_there
    ratio = ratios([ours for ours, _ in times], [there for _, there in times])
    found = spread([ours for ours, _ in times])
    with new_folder() as folder:
        late = _lateness(folder, sizes.paced_calls)
    p99 = late[min(int(len(late) * 0.99), len(late) - 1)]
    return [
        Figure(
            "H",
            f"claim of the next {AT_A_TIME} due calls out of {sizes.due_calls:,} ({sizes.claims} claims)",
            f"{found.text(2)} ms",
            f"out of {FEW}: {ratio.text(2)} ×, {spread([there for _, there in times]).text(2)} ms",
            f"≤ {CLAIM_MS:.0f} ms",
            found.median <= CLAIM_MS,
        ),
        Figure("H", "due calls claimed before their time", str(early), "", "never early", early == 0),
        Figure(
            "H",
            f"due → owner's POST at {PER_SECOND} a second ({len(late)} calls)",
            f"p99 {p99:.2f} s, median {statistics.median(late):.2f} s, earliest {late[0]:.2f} s",
            "",
            f"p99 ≤ {LATE_S:.0f} s, never early",
            p99 <= LATE_S and late[0] >= 0,
        ),
    ]


def _fill(site: Site, count: int) -> None:
    """Half of them due, a tenth of a second apart; the others around now and to come."""
    now_ms, key = milliseconds(site.now()), site.floor.keys.deadlines
    for first in range(0, count, 10_000):
        some = range(first, min(first + 10_000, count))
        moments = {f"callback:cb{index:020x}": now_ms + (index - count // 2) * 100 for index in some}
        site.floor.store.run(lambda redis, moments=moments: redis.zadd(key, moments))


def _claim(site: Site) -> tuple[float, int]:
    """Milliseconds of one claim, and how many of it were not due yet."""
    began = time.perf_counter()
    # No lease: what was claimed stays due, so that a hundred never run out.
    due = site.floor.deadlines.claim_due(AT_A_TIME, 0)
    took_ms = (time.perf_counter() - began) * 1000
    at = site.now()
    return took_ms, sum(one.at > at for one in due)


def _lateness(folder: Path, calls: int) -> list[float]:
    with a_site(folder, calls_per_second=1) as site:
        owners, numbers = hire(site, min(OWNERS, 10)), numbers_in(PACIFIC, calls)
        site.town.customers(numbers, Ringing("answer", 0.3), hangs_up_after_a_moment)
        with site.running():
            begin = site.now() + timedelta(seconds=10)
            promises = promise(site, numbers, at_a_rate(begin, calls, PER_SECOND), owners)
            until_all_is_done(site, calls / PER_SECOND + 60)
            return verdict(site, promises).late_s
