"""Calls at a rate that does not wait for answers: each wait counts from when the call was due."""

import itertools
import random
import socket
import threading
import time
from collections.abc import Callable, Sequence
from queue import SimpleQueue

from benchmarks.load import ANSWER_HOLDS, LoadError
from benchmarks.servers import Server
from benchmarks.signed_calls import CallTemplate

LINES = 16  # more calls than these at once wait for one another, and that counts


def paced(
    server: Server,
    numbers: Sequence[str],
    *,
    rate: float,
    seconds: float,
    after_each: Callable[[], None] = lambda: None,
) -> list[float]:
    """Waits in ms, sorted; calls come at random (Poisson), the same each time. Raises LoadError."""
    due: SimpleQueue[tuple[float, bytes] | None] = SimpleQueue()
    waits: list[float] = []
    wrong: list[bytes] = []
    lines = [threading.Thread(target=_line, args=(server.port, due, waits, wrong)) for _ in range(LINES)]
    for line in lines:
        line.start()
    template, chance, callers = CallTemplate(server.port), random.Random(5), itertools.cycle(numbers)
    at, end = time.perf_counter(), time.perf_counter() + seconds
    while (at := at + chance.expovariate(rate)) < end:
        request = template.request(next(callers))
        time.sleep(max(at - time.perf_counter(), 0))
        due.put((at, request))
        after_each()
    for _ in lines:
        due.put(None)
    for line in lines:
        line.join()
    if wrong:
        raise LoadError(f"{server.name}: {len(wrong)} wrong answers, the first {wrong[0][:300]!r}")
    return sorted(waits)


def _line(
    port: int, due: "SimpleQueue[tuple[float, bytes] | None]", waits: list[float], wrong: list[bytes]
) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        while (call := due.get()) is not None:
            line.sendall(call[1])
            answer = b""
            while b"</Response>" not in answer:
                if not (more := line.recv(65536)):
                    break
                answer += more
            waits.append(1000 * (time.perf_counter() - call[0]))
            if ANSWER_HOLDS.encode() not in answer:
                wrong.append(answer)
