"""Runs a network: moves its clock, sends what lies in its outbox, and lets one thread in at a time."""

import threading
from collections.abc import Callable
from queue import SimpleQueue
from time import monotonic
from types import TracebackType
from urllib.parse import urlsplit

from ivr.lab.carrier import Outgoing
from ivr.lab.clocks import Clock
from ivr.lab.network import Network
from ivr.lab.story import Request
from ivr.lab.wire import Wire

LOOKS_EVERY_S = 0.25  # another process may have moved the site's clock
ASKS_IDLE_EVERY_S = 0.005


class NotAtRestError(Exception):
    """Something did not come to rest in time; the message says what was still going on."""


class Exchange:
    """`with exchange as network:` is the way in: the lock is held, the network is up to date.

    `idle` asks the other side whether it is at rest and when something becomes due there (seconds since
    1970, None for never); only `run` waits for it.
    """

    def __init__(
        self,
        network: Network,
        wire: Wire,
        clock: Clock,
        *,
        threads: int = 8,
        idle: Callable[[], tuple[bool, float | None]] | None = None,
    ) -> None:
        self._network, self._wire, self._clock, self._idle = network, wire, clock, idle
        self._changed = threading.Condition(threading.RLock())
        self._work: SimpleQueue[Outgoing | None] = SimpleQueue()
        self._in_flight = 0
        self._is_open = True
        self._threads = [threading.Thread(target=self._send, daemon=True) for _ in range(threads)]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Network:
        self._changed.acquire()
        self._catch_up()
        return self._network

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._catch_up()
        self._changed.notify_all()
        self._changed.release()

    def run_in_real_time(self) -> None:
        """From now on the network follows its clock by itself, until `close`."""
        driver = threading.Thread(target=self._drive, daemon=True)
        self._threads.append(driver)
        driver.start()

    def run(self, seconds: float) -> None:
        """Lets so much time pass on a clock that can be moved, event by event, and comes to rest.

        Raises NotAtRestError.
        """
        target = self._clock.now() + seconds
        while True:
            self.settle()
            due = self._next_due()
            if due >= target:
                break
            self._clock.move(due)
        if self._clock.now() < target:
            self._clock.move(target)
        self.settle()

    def wait(self, is_so: Callable[[], bool], seconds: float) -> bool:
        """In real time: True once it is so, False after so many seconds."""
        with self._changed:
            return self._changed.wait_for(is_so, seconds)

    def settle(self, within_s: float = 60.0) -> None:
        """Everything that is due has happened, and every request has been answered.

        Raises NotAtRestError after `within_s` real seconds.
        """
        until = monotonic() + within_s
        while True:
            with self._changed:
                self._catch_up()
                while self._in_flight:
                    if not self._changed.wait(max(0.0, until - monotonic())):
                        raise NotAtRestError(
                            f"{self._in_flight} requests without an answer:\n{self._story()}"
                        )
                    self._catch_up()
            if self._idle is None or self._is_idle():
                return
            if monotonic() > until:
                raise NotAtRestError(f"the web server's side does not come to rest:\n{self._story()}")
            threading.Event().wait(ASKS_IDLE_EVERY_S)

    def close(self) -> None:
        with self._changed:
            self._is_open = False
            self._changed.notify_all()
        for _ in self._threads:
            self._work.put(None)
        for thread in self._threads:
            thread.join()
        self._wire.close()

    def _is_idle(self) -> bool:
        assert self._idle is not None
        is_idle, _ = self._idle()
        with self._changed:
            self._catch_up()
            return is_idle and not self._in_flight

    def _next_due(self) -> float:
        with self._changed:
            due = self._network.next_event
        other = self._idle()[1] if self._idle is not None else None
        return due if other is None else min(due, max(other, self._clock.now() + 0.001))

    def _drive(self) -> None:
        with self._changed:
            while self._is_open:
                self._catch_up()
                pause = min(self._network.next_event - self._clock.now(), LOOKS_EVERY_S)
                self._changed.wait(max(pause, 0.001))

    def _catch_up(self) -> None:
        """Up to the clock, and everything to be sent is handed to the senders. Needs the lock."""
        self._network.catch_up(self._clock.now())
        outbox = self._network.carrier.outbox
        while outbox:
            self._in_flight += 1
            self._work.put(outbox.popleft())

    def _send(self) -> None:
        while (outgoing := self._work.get()) is not None:
            answer = self._wire.send(outgoing)
            with self._changed:
                path = urlsplit(outgoing.url).path
                self._network.carrier.asked(
                    Request(path, answer.status, answer.milliseconds, outgoing.call_sid)
                )
                outgoing.answer.succeed(answer)
                self._in_flight -= 1
                self._catch_up()
                self._changed.notify_all()

    def _story(self) -> str:
        return str(self._network.story)
