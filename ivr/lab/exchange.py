"""Runs a network: moves its clock, sends what lies in its outbox, and lets one thread in at a time."""

import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from types import TracebackType
from urllib.parse import urlsplit

from ivr.lab.carrier import Answer
from ivr.lab.clocks import Clock
from ivr.lab.network import Network
from ivr.lab.senders import ENDS_WITHIN_S, Errand, Senders
from ivr.lab.story import Request
from ivr.lab.wire import Wire

LOOKS_EVERY_S = 0.1  # another process may have moved the site's clock
ASKS_IDLE_EVERY_S = 0.005
AT_LEAST_S = 0.001  # a deadline of the other side that is due now must not stop the clock

Idle = Callable[[], tuple[bool, float | None]]


class Mistake(Exception):
    """The lab itself is wrong: a verb at work raised, and the network stands still."""


class NotAtRestError(Exception):
    """Something did not come to rest in time; the message says what was still going on."""


class Exchange:
    """`with exchange as network:` is the way in: the lock is held, the network is up to date.

    On a clock that is moved, answers take effect in the order in which the requests left, once all of them
    are there: a run is the same however fast each answer came. In real time each takes effect at once.
    `idle` asks the other side whether it is at rest and when something becomes due there (seconds since
    1970, None for never); only `run` waits for it. With `grain_s`, requests that fall due within so many
    seconds leave together at their end, so that thousands of calls need fewer steps.
    """

    def __init__(
        self,
        network: Network,
        wire: Wire,
        clock: Clock,
        *,
        threads: int = 8,
        idle: Idle | None = None,
        grain_s: float = 0.0,
    ) -> None:
        self._network, self._clock = network, clock
        self._idle, self._grain_s = idle, grain_s
        self._changed = threading.Condition(threading.RLock())
        self._errands: list[Errand] = []
        self._unanswered = 0
        self._flows, self._is_open = False, True
        self._mistake: Exception | None = None
        # When something falls due on the other side; without `idle` nobody says so.
        self._was_touched, self._next_there = True, math.inf
        self._senders = Senders(wire, threads, self._answered)
        self._driver: threading.Thread | None = None

    def __enter__(self) -> Network:
        self._changed.acquire()
        self._was_touched = True
        try:
            self._catch_up()
        except BaseException:
            self._changed.release()
            raise
        return self._network

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._catch_up()
        finally:
            self._changed.notify_all()
            self._changed.release()

    def run_in_real_time(self) -> None:
        """From now on the network follows its clock by itself, until `close`."""
        self._flows = True
        self._driver = threading.Thread(target=self._drive, daemon=True)
        self._driver.start()

    def run(self, seconds: float) -> None:
        """Lets so much time pass on a clock that can be moved, event by event, and comes to rest.

        Raises NotAtRestError.
        """
        target = self._clock.now() + seconds
        while self._clock.now() < target:
            self.settle()
            self._leap(target)
        self.settle()

    def wait(self, is_so: Callable[[], bool], seconds: float) -> bool:
        """In real time: True once it is so, False after so many seconds."""
        with self._changed:
            found = self._changed.wait_for(lambda: self._mistake is not None or is_so(), seconds)
            self._catch_up()
            return found

    def is_asking(self, call_sid: str) -> bool:
        """Whether a request about this call has not been answered yet."""
        with self._changed:
            self._catch_up()
            return any(errand.outgoing.call_sid == call_sid for errand in self._errands)

    def settle(self, within_s: float = 60.0) -> None:
        """Everything that is due has happened, and every request has been answered.

        Raises NotAtRestError after `within_s` real seconds.
        """
        until = monotonic() + within_s
        while True:
            with self._changed:
                self._answer_all(until)
                if self._is_known_idle():
                    return
                self._was_touched = False
            if self._is_idle():
                return
            if monotonic() > until:
                raise NotAtRestError(f"the web server's side does not come to rest:\n{self._story()}")
            threading.Event().wait(ASKS_IDLE_EVERY_S)

    def close(self) -> None:
        with self._changed:
            self._is_open = False
            self._changed.notify_all()
        if self._driver is not None:
            self._driver.join(ENDS_WITHIN_S)
        self._senders.close()

    def _leap(self, target: float) -> None:
        """What needs nobody's answer happens without a stop; the clock moves once for all of it."""
        with self._changed:
            if not self._errands:
                with self._mistakes():
                    reached = self._network.advance(min(target, self._next_there), self._grain_s)
                self._clock.move(reached)

    def _answer_all(self, until: float) -> None:
        """Until nothing is under way any more. Needs the lock."""
        self._catch_up()
        while self._errands:
            if self._unanswered and not self._changed.wait(max(0.0, until - monotonic())):
                raise NotAtRestError(f"{self._unanswered} requests without an answer:\n{self._story()}")
            if not self._unanswered:
                self._deliver()
            self._catch_up()
        self._changed.notify_all()  # whoever waits for something may have it now

    def _is_known_idle(self) -> bool:
        """Whether there is no reason to ask: nothing was sent there, and nothing became due there."""
        return self._idle is None or not (self._was_touched or self._clock.now() >= self._next_there)

    def _is_idle(self) -> bool:
        assert self._idle is not None
        is_idle, due = self._idle()
        with self._changed:
            self._catch_up()
            self._next_there = math.inf if due is None else max(due, self._clock.now() + AT_LEAST_S)
            self._was_touched = self._was_touched or not is_idle
            return not self._was_touched and not self._errands

    def _drive(self) -> None:
        with self._changed, suppress(Mistake):
            while self._is_open:
                self._catch_up()
                self._changed.notify_all()
                pause = min(self._network.next_event - self._clock.now(), LOOKS_EVERY_S)
                self._changed.wait(max(pause, 0.001))

    def _catch_up(self) -> None:
        """Up to the clock, and everything to be sent is handed to the senders. Needs the lock.

        Raises Mistake, again and again: what the network was doing cannot go on.
        """
        with self._mistakes():
            self._network.catch_up(self._clock.now())
        outbox = self._network.carrier.outbox
        while outbox:
            errand = Errand(outbox.popleft())
            self._errands.append(errand)
            self._unanswered += 1
            self._senders.send(errand)

    @contextmanager
    def _mistakes(self) -> Iterator[None]:
        try:
            if self._mistake is None:
                yield
                return
        except Exception as mistake:
            self._mistake = mistake
            self._changed.notify_all()
        raise Mistake(f"{type(self._mistake).__name__} in the network:\n{self._story()}") from self._mistake

    def _answered(self, errand: Errand, answer: Answer) -> None:
        with self._changed:
            errand.answer = answer
            self._unanswered -= 1
            if self._flows:
                self._deliver()
                with suppress(Mistake):
                    self._catch_up()
            if self._flows or not self._unanswered:
                self._changed.notify_all()

    def _deliver(self) -> None:
        """What has been answered takes effect, in the order in which it was asked. Needs the lock."""
        answered = [errand for errand in self._errands if errand.answer is not None]
        self._errands = [errand for errand in self._errands if errand.answer is None]
        self._was_touched = True
        for errand in answered:
            assert errand.answer is not None
            asked, answer = errand.outgoing, errand.answer
            self._network.carrier.asked(
                Request(urlsplit(asked.url).path, answer.status, answer.milliseconds, asked.call_sid)
            )
            asked.answer.succeed(answer)

    def _story(self) -> str:
        return str(self._network.story)
