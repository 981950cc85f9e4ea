"""Row C: the waiting-room document, the most frequent of all, with a full waiting room."""

from collections.abc import Iterator

from benchmarks.load import Prepared, send
from benchmarks.processor_time import ProcessTree, process_seconds
from benchmarks.product import Product
from benchmarks.report import Figure
from benchmarks.rounds import spread
from benchmarks.servers import Server
from benchmarks.sizes import Sizes
from benchmarks.waiting_calls import fill_waiting_room

CPU_US = 600
EVERY_S = 20  # how often each waiting caller asks


def measure(product: Product, sizes: Sizes) -> list[Figure]:
    """Everybody waits; the worker is saturated with documents."""
    if product.is_control:
        return []
    with product.running() as server:
        prepared = fill_waiting_room(server, sizes.waiting)
        send(server, prepared, 2.0, check=True)
        rounds = [_round(server, prepared, sizes.seconds) for _ in range(sizes.rounds)]
    return list(_figures(rounds, sizes))


def _round(server: Server, prepared: Prepared, seconds: float) -> tuple[float, float, float, float]:
    """Documents a second, processor time of each in the server and in Valkey (µs), p99 (ms)."""
    valkey = server.valkey_pid()
    tree = ProcessTree(server.process.pid, without=valkey)
    before, valkey_before = tree.seconds(), process_seconds(valkey)
    load = send(server, prepared, seconds)
    cpu, valkey_cpu = tree.seconds() - before, process_seconds(valkey) - valkey_before
    return load.rate, 1e6 * cpu / load.calls, 1e6 * valkey_cpu / load.calls, load.p99_ms


def _figures(rounds: list[tuple[float, float, float, float]], sizes: Sizes) -> Iterator[Figure]:
    rates, cpu, valkey, p99 = (spread(list(column)) for column in zip(*rounds, strict=True))
    needed = sizes.waiting / EVERY_S
    label = f"{sizes.waiting:,} waiting"
    yield Figure(
        "C",
        f"waiting-room documents a second, {label} ({sizes.rounds} × {sizes.seconds} s)",
        rates.text(),
        f"{label}, each asking every {EVERY_S} s",
        f"≥ {needed:.0f} a second",
        rates.median >= needed,
    )
    yield Figure(
        "C",
        "processor time of one in the server",
        f"{cpu.text()} µs",
        "",
        f"≤ {CPU_US} µs",
        cpu.median <= CPU_US,
    )
    yield Figure("C", "processor time of one in Valkey", f"{valkey.text()} µs")
    yield Figure("C", "wait for one, p99 (worker saturated)", f"{p99.median:.1f} ms")
