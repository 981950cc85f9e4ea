"""Counts network trips to Valkey: how often it had to read from a connection.

`total_reads_processed` rises by one for each packet of requests that Valkey reads, so a pipeline of three
counts once and an EVALSHA once, whatever they run inside. `total_commands_processed` and `commandstats`
count commands, also those inside scripts: they tell what a trip carried, not how many there were.
"""

import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.valkey import client

OUR_OWN_READS = 1  # the second INFO itself; the first is counted before its reading is told


def trips(socket: Path, work: Callable[[], None]) -> tuple[int, float]:
    """Packets that Valkey read while the work was done, and the seconds it took."""
    floor = client(socket)
    before, start = _reads(floor.info("stats")), time.monotonic()
    work()
    taken = time.monotonic() - start
    return _reads(floor.info("stats")) - before - OUR_OWN_READS, taken


def _reads(stats: dict[str, int]) -> int:
    return int(stats["total_reads_processed"])


def commands(socket: Path, work: Callable[[], None]) -> Counter[str]:
    """Commands that clients sent meanwhile (not those run inside scripts), by MONITOR."""
    seen: Counter[str] = Counter()
    with _monitor(socket, seen):
        work()
    return seen


@contextmanager
def _monitor(socket: Path, seen: Counter[str]) -> Iterator[None]:
    connection = client(socket).connection_pool.get_connection()
    connection.send_command("MONITOR")
    connection.read_response()
    stop = "calmline-bench-stop"

    def listen() -> None:
        while stop not in (line := str(connection.read_response())):
            found = re.search(r"^\S+ \[\d+ (\S+)\] \"(\w+)\"", line)
            if found and found[1] != "lua":
                seen[found[2].lower()] += 1

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    try:
        yield
    finally:
        client(socket).execute_command("ECHO", stop)
        listener.join(10)
        connection.disconnect()
