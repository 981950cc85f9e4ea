"""What the figures were measured on, and how quiet it was meanwhile."""

import datetime
import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from benchmarks.rounds import spread
from benchmarks.valkey import client, own_valkey
from benchmarks.yardsticks import new_folder


def facts_of_machine() -> list[str]:
    """Date, python, processors, load of others before the start."""
    model = next(
        (
            line.split(":")[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.machine(),
    )
    now = datetime.datetime.now(datetime.UTC)
    return [
        f"measured {now:%Y-%m-%d %H:%M} UTC on Python {platform.python_version()}, "
        f"{os.cpu_count()} × {model}, Linux {platform.release()}",
        f"load average before the start {os.getloadavg()[0]:.2f} (others' work makes every figure worse)",
    ]


def redis_trip() -> str:
    """Time of one Redis trip here: absolute targets were set where it took 65–75 µs."""
    with new_folder() as folder, own_valkey(folder) as socket:
        floor = client(socket)
        times = [_timed_pings(floor, 1000) for _ in range(7)]
    return f"one Redis round trip before the rows: {spread(times).text()} µs (the targets assume 65–75)"


def _timed_pings(floor: redis.Redis, count: int) -> float:
    start = time.perf_counter()
    for _ in range(count):
        floor.ping()
    return (time.perf_counter() - start) / count * 1e6


class StolenTime:
    """Processor time that the host of a virtual machine took away, as a share of what was wanted."""

    share = 0.0


@contextmanager
def watch_stolen_time() -> Iterator[StolenTime]:
    """Measure it around a block."""
    stolen, (steal, wanted) = StolenTime(), _ticks()
    yield stolen
    steal_after, wanted_after = _ticks()
    stolen.share = (steal_after - steal) / max(1, wanted_after - wanted)


def _ticks() -> tuple[int, int]:
    """Stolen, and wanted in all (busy and stolen). First line of /proc/stat: see proc_stat(5)."""
    user, nice, system, _, _, irq, softirq, steal = map(int, Path("/proc/stat").read_text().split()[1:9])
    return steal, user + nice + system + irq + softirq + steal
