"""Row D: Redis trips of one incoming call, counted by the running Valkey itself."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from benchmarks.one_call import OneByOne, one_by_one
from benchmarks.product import Product
from benchmarks.report import Figure
from benchmarks.servers import Server
from benchmarks.sizes import Sizes
from benchmarks.trips import commands, trips
from benchmarks.yardsticks import skeleton

ALLOWED = 2  # one read, one write
# A server that looks at its config or breaker beside the calls makes trips of its own: these are taken off,
# and what a few unevenly spread ones leave over must not fail the row.
TOLERANCE = 0.05
WARM_UP = 50


def measure(product: Product, sizes: Sizes) -> list[Figure]:
    """Trips per call of the product and of the skeleton."""
    with ExitStack() as stack:
        ours = _per_call(stack.enter_context(product.running()), sizes.trip_calls)
        bones = _per_call(stack.enter_context(skeleton()), sizes.trip_calls)
    return [
        Figure(
            "D",
            f"Redis trips per incoming call ({sizes.trip_calls} calls, one after the other)",
            f"{ours[0]:.2f}: {ours[1]}",
            f"skeleton {bones[0]:.2f}: {bones[1]}",
            "one read, one write = 2",
            ours[0] <= ALLOWED + TOLERANCE,
        )
    ]


def _per_call(server: Server, calls: int) -> tuple[float, str]:
    """Trips per call without the server's own beside it, and the commands that a call sends."""
    assert server.valkey_socket is not None
    with one_by_one(server) as caller:
        _calls(caller, WARM_UP)()
        counted, taken = trips(server.valkey_socket, _calls(caller, calls))
        idle, _ = trips(server.valkey_socket, lambda: time.sleep(taken))
        return (counted - idle) / calls, _commands(server.valkey_socket, caller)


def _calls(caller: OneByOne, count: int) -> Callable[[], None]:
    def work() -> None:
        for _ in range(count):
            status, body = caller.call()
            if status != 200 or "<Response" not in body:
                raise AssertionError(f"a call was answered {status} {body[:200]}")

    return work


def _commands(socket: Path, caller: OneByOne) -> str:
    count = 10
    seen = commands(socket, _calls(caller, count))
    often = {name: number for name, number in seen.items() if number >= count}
    return ", ".join(
        f"{name} × {number // count}" if number >= 2 * count else name for name, number in often.items()
    )
