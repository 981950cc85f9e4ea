"""Row I: from the start of `calmline serve` in an empty folder to its first answered call."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial

from benchmarks.load import ANSWER_HOLDS
from benchmarks.one_call import wait_until_answered
from benchmarks.product import Product
from benchmarks.report import Figure
from benchmarks.rounds import spread
from benchmarks.servers import Server
from benchmarks.sizes import Sizes
from benchmarks.yardsticks import new_folder, start_bare_on_granian

LIMIT_S = 4.0


def measure(product: Product, sizes: Sizes) -> list[Figure]:
    """Product and bare Flask in turn, each in a new empty folder with the required variables only."""
    ours, bare, menus = [], [], 0
    with ExitStack() as ending:  # Valkeys end by themselves some seconds later: nobody waits for each
        for _ in range(sizes.starts):
            folder = ending.enter_context(new_folder())
            seconds, answer = _timed(partial(product.start, folder, ending))
            ours.append(seconds)
            menus += ANSWER_HOLDS in answer
            bare.append(_timed(partial(start_bare_on_granian, ending.enter_context(new_folder())))[0])
    found = spread(ours)
    return [
        Figure(
            "I",
            f"start to first answered call ({sizes.starts} starts; {menus} first answers were the menu)",
            f"{found.text(2)} s",
            f"bare Flask on granian {spread(bare).text(2)} s",
            f"≤ {LIMIT_S:.0f} s",
            found.median <= LIMIT_S,
        )
    ]


def _timed(start: Callable[[], Server]) -> tuple[float, str]:
    """Seconds from exec to the first 200 with TwiML, and that answer."""
    began = time.perf_counter()
    server = start()
    try:
        answer = wait_until_answered(server)
        return time.perf_counter() - began, answer
    finally:
        server.stop()
