"""A circuit breaker: after a few failures in a row nobody waits for Redis until one probe succeeds."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


class BreakerOpen(ConnectionError):
    """Redis failed a moment ago and is not asked again yet."""


class Breaker:
    """Closed (all pass), open (all refused at once), half open (one probe passes, the rest are refused).

    `failures` in a row open it; after `rest_s` seconds one call may probe. Safe for threads: no lock is held
    while a call runs, which is why no library serves here (docs/decisions/0003-own-breaker.md).
    """

    def __init__(
        self,
        failing_with: type[Exception] | tuple[type[Exception], ...],
        *,
        failures: int = 3,
        rest_s: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._failing_with = failing_with
        self._limit, self._rest_s, self._clock = failures, rest_s, clock
        self._failures = 0
        self._probe_at = 0.0
        self._lock = threading.Lock()

    @property
    def is_open(self) -> bool:
        return self._failures >= self._limit

    def run(self, action: Callable[[], Result]) -> Result:
        """What `action` returns. Raises BreakerOpen, or whatever `action` raises."""
        if self.is_open and not self._may_probe():
            raise BreakerOpen("Redis failed a moment ago; it is asked again within a second")
        try:
            result = action()
        except self._failing_with:
            self._count_failure()
            raise
        except Exception:
            # It answered, if only to refuse.
            self._failures = 0
            raise
        if self._failures:
            self._failures = 0
        return result

    def _may_probe(self) -> bool:
        with self._lock:
            if self._clock() < self._probe_at:
                return False
            self._probe_at = self._clock() + self._rest_s
            return True

    def _count_failure(self) -> None:
        with self._lock:
            self._failures += 1
            if self._failures >= self._limit:
                self._probe_at = self._clock() + self._rest_s
