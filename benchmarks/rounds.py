"""Measured rounds, A B A B: each server in turn, so that a noisy minute hits all of them."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.load import Caller, Load, LoadError
from benchmarks.processor_time import ProcessTree, process_seconds

SAME_ANSWER = 0.02  # an answer's mean size may differ by this share from the checked ones: cut-off edges


@dataclass(frozen=True)
class Round:
    """One counted run against one server."""

    rate: float  # calls a second
    cpu_us: float  # processor time of the server's processes per call
    valkey_cpu_us: float
    p50_ms: float
    p99_ms: float

    @property
    def us_per_call(self) -> float:
        """Time of a call with the worker saturated."""
        return 1e6 / self.rate


@dataclass(frozen=True)
class Spread:
    """Median with the least and the greatest of the rounds."""

    median: float
    least: float
    most: float
    rounds: int

    def text(self, digits: int = 0) -> str:
        """For people: the median, then the range."""
        return f"{self.median:,.{digits}f} ({self.least:,.{digits}f}–{self.most:,.{digits}f})"


def spread(values: Sequence[float]) -> Spread:
    """Median and range; ratios are taken within a round first, so that drift falls out."""
    return Spread(statistics.median(values), min(values), max(values), len(values))


def ratios(upper: Sequence[float], lower: Sequence[float]) -> Spread:
    """Spread of the ratios of values measured in the same round."""
    return spread([a / b for a, b in zip(upper, lower, strict=True)])


def alternate(callers: Sequence[Caller], *, rounds: int, seconds: float) -> list[list[Round]]:
    """Warm each up and check every answer of that, then count: A B A B. One list of rounds per caller."""
    checked = [caller.check(max(2.0, seconds / 2), expected_rate=3000) for caller in callers]
    found: list[list[Round]] = [[] for _ in callers]
    for _ in range(rounds):
        for caller, example, into in zip(callers, checked, found, strict=True):
            into.append(_counted(caller, example, seconds))
    return found


def _counted(caller: Caller, example: Load, seconds: float) -> Round:
    valkey = caller.server.valkey_pid()
    tree = ProcessTree(caller.server.process.pid, without=valkey)
    # wrk's own work (writing the calls to a file included) is another process's time
    before, valkey_before = tree.seconds(), process_seconds(valkey)
    load = caller.load(seconds, expected_rate=2 * example.rate)
    cpu, valkey_cpu = tree.seconds() - before, process_seconds(valkey) - valkey_before
    if abs(load.bytes_per_answer / example.bytes_per_answer - 1) > SAME_ANSWER:
        raise LoadError(
            f"{caller.server.name}: answers of {load.bytes_per_answer:.0f} bytes, "
            f"the checked ones had {example.bytes_per_answer:.0f}: it did something else under load"
        )
    return Round(
        rate=load.rate,
        cpu_us=1e6 * cpu / load.calls,
        valkey_cpu_us=1e6 * valkey_cpu / load.calls,
        p50_ms=load.p50_ms,
        p99_ms=load.p99_ms,
    )
