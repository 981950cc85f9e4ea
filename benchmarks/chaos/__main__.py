"""`make chaos`: every figure at its full size, or a share of it; the report is written after each run."""

import argparse
import signal
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from benchmarks.chaos import (
    figure_1,
    figure_2,
    figure_3,
    figure_4,
    figure_5,
    figure_6,
    figure_7,
    figure_8,
    figure_9,
    figure_10,
    figure_14,
    figure_15,
    theory,
)
from benchmarks.chaos.report import Run, told, write
from benchmarks.machine import facts_of_machine, watch_stolen_time

REPORT = Path(__file__).parent.with_name("chaos.md")
SEEDS = 5
THEORY = "theory"
FIGURES = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "14", "15", THEORY)
# Signed by the machine that these were set on: four calls a second are about half of its two processors.
PER_SECOND = 4.0


def main() -> int:
    """Exit code 1 when a figure was missed."""
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    began, runs = time.monotonic(), list[Run]()
    facts = [*facts_of_machine(), f"share of the full size: {options.share:g}; seeds from {options.seed}"]
    with watch_stolen_time() as stolen:
        try:
            for what, run in _runs(options.figures, options.share, options.seed):
                print(f"{what} …", flush=True)
                runs.append(run())
                print(told(runs[-1]).row(), flush=True)
                write(options.out, runs, [*facts, "not complete: later runs are missing"])
        except KeyboardInterrupt:
            facts.append("interrupted: later runs are missing")
    facts += [
        f"took {time.monotonic() - began:.0f} s",
        f"the host took {100 * stolen.share:.0f} % of the processor time asked for",
    ]
    write(options.out, runs, facts)
    print(f"written: {options.out}")
    return int(not all(run.is_passed for run in runs))


def _runs(figures: list[str], share: float, seed: int) -> Iterator[tuple[str, Callable[[], Run]]]:
    def of(full: int) -> int:
        return max(round(full * share), 1)

    if "1" in figures:
        size = figure_1.Size(of(2000), PER_SECOND, max(of(60), 12), max(of(4), 2))
        for one in range(seed, seed + (SEEDS if share >= 1 else 1)):
            yield f"figure 1, seed {one}, {size}", partial(figure_1.run, one, size)
    if "2" in figures:
        yield "figure 2", partial(figure_2.run, seed, of(1000), PER_SECOND)
    if "3" in figures:
        yield "figure 3", partial(figure_3.run, of(200))
    if "4" in figures:
        # An effect's lease is 5 s, a deadline's 10 s, a worker's 15 s; the long pause stands for itself.
        pause_s = 31.0 if share >= 1 else 6.0
        yield f"figure 4, {pause_s:g} s", partial(figure_4.run, seed, of(50), pause_s, 1.0)
        if share >= 1:
            yield "figure 4, 120 s", partial(figure_4.run, seed, 1, 120.0, 1.0)
    if "5" in figures:
        faults = figure_5.FULL if share >= 1 else (figure_5.Fault(5), figure_5.Fault(5, hangs=True))
        yield "figure 5", partial(figure_5.run, of(1000), faults)
    if "6" in figures:
        yield "figure 6", partial(figure_6.run, seed, of(10_000))
    if "7" in figures:
        yield "figure 7", partial(figure_7.run, of(750))
    if "8" in figures:
        yield "figure 8", partial(figure_8.run, seed, of(1000))
    if "9" in figures:
        yield "figure 9", partial(figure_9.run, of(10_000))
    if "10" in figures:
        yield "figure 10", partial(figure_10.run, seed, of(500))
    if "14" in figures:
        yield "figure 14", partial(figure_14.run, of(4000), 8)
    if "15" in figures:
        yield "figure 15", partial(figure_15.run, seed, of(1300), PER_SECOND)
    if THEORY in figures:
        yield THEORY, partial(theory.run, SEEDS, of(20_000))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chaos", description=__doc__)
    parser.add_argument("--figures", default=",".join(FIGURES), help="which, for example 1,14")
    parser.add_argument("--share", type=float, default=1.0, help="of the full size, for example 0.1")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=REPORT)
    options = parser.parse_args()
    options.figures = options.figures.split(",")
    if unknown := set(options.figures) - set(FIGURES):
        parser.error(f"no such figure: {', '.join(sorted(unknown))}")
    return options


if __name__ == "__main__":
    sys.exit(main())
