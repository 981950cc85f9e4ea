"""The threads that carry the network's requests to the web server."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from time import monotonic

from ivr.lab.carrier import Answer, Outgoing
from ivr.lab.wire import Wire

ENDS_WITHIN_S = 2.0  # a web server that hangs must not keep the lab from ending


@dataclass(eq=False)
class Errand:
    """A request under way, and its answer once it is there."""

    outgoing: Outgoing
    answer: Answer | None = None


class Senders:
    """So many requests travel at once; `answered` is called, by whichever thread it was, with each answer."""

    def __init__(self, wire: Wire, threads: int, answered: Callable[[Errand, Answer], None]) -> None:
        self._wire, self._answered = wire, answered
        self._work: SimpleQueue[Errand | None] = SimpleQueue()
        self._threads = [threading.Thread(target=self._send, daemon=True) for _ in range(threads)]
        for thread in self._threads:
            thread.start()

    def send(self, errand: Errand) -> None:
        self._work.put(errand)

    def close(self) -> None:
        for _ in self._threads:
            self._work.put(None)
        until = monotonic() + ENDS_WITHIN_S
        for thread in self._threads:
            thread.join(max(0.0, until - monotonic()))
        self._wire.close()

    def _send(self) -> None:
        while (errand := self._work.get()) is not None:
            self._answered(errand, self._wire.send(errand.outgoing))
