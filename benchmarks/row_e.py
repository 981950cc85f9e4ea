"""Row E: growth from 1 to 1,000,000 known callers, both at once on two servers, and bytes per caller."""

import random
from contextlib import ExitStack
from dataclasses import dataclass

from benchmarks.known_callers import (
    Remember,
    fill_callers,
    first_numbers,
    remember_for_product,
    remember_for_skeleton,
)
from benchmarks.load import Caller
from benchmarks.product import SITE, Product
from benchmarks.report import Figure
from benchmarks.rounds import alternate, ratios, spread
from benchmarks.servers import Server
from benchmarks.sizes import Sizes
from benchmarks.valkey import client, settled_memory

GROWTH = 1.1
BYTES = 200


@dataclass(frozen=True)
class Filled:
    """A server that knows these callers."""

    server: Server
    bytes_per_caller: float


def measure(product: Product, sizes: Sizes) -> list[Figure]:
    """All calls come from known callers: from the one, and spread over the million."""
    remember = remember_for_skeleton if product.is_control else remember_for_product
    numbers = first_numbers(sizes.known_callers)
    with ExitStack() as stack:
        few = _fill(stack.enter_context(product.running(", 1 known caller")), numbers[:1], remember)
        many = _fill(stack.enter_context(product.running(", many known callers")), numbers, remember)
        sample = tuple(random.Random(1).sample(numbers, min(len(numbers), 100_000)))
        callers = [Caller(few.server, numbers[:1]), Caller(many.server, sample)]
        one, all_of_them = alternate(callers, rounds=sizes.growth_rounds, seconds=sizes.seconds)
    time = ratios([r.us_per_call for r in all_of_them], [r.us_per_call for r in one])
    cpu = ratios([r.cpu_us + r.valkey_cpu_us for r in all_of_them], [r.cpu_us + r.valkey_cpu_us for r in one])
    label = f"{len(numbers):,} known callers"
    return [
        Figure(
            "E",
            f"time of a call with {label} ({sizes.growth_rounds} × {sizes.seconds} s)",
            f"{time.text(2)} ×: {spread([r.us_per_call for r in all_of_them]).text()} µs",
            f"1 known caller {spread([r.us_per_call for r in one]).text()} µs",
            f"≤ {GROWTH} ×",
            time.median <= GROWTH,
        ),
        Figure("E", f"processor time, server and Valkey, with {label}", f"{cpu.text(2)} ×", "1 known caller"),
        Figure(
            "E",
            f"Redis memory per caller without offences ({label})",
            f"{many.bytes_per_caller:.0f} bytes",
            "",
            f"≤ {BYTES} bytes",
            many.bytes_per_caller <= BYTES,
        ),
    ]


def _fill(server: Server, numbers: tuple[str, ...], remember: Remember) -> Filled:
    assert server.valkey_socket is not None
    floor = client(server.valkey_socket)
    before = settled_memory(floor)
    fill_callers(floor, SITE, numbers, remember)
    return Filled(server, (settled_memory(floor) - before) / len(numbers))
