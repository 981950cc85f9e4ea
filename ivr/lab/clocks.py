"""The clocks that a network can run by."""

import time
from collections.abc import Callable
from typing import Protocol


class Clock(Protocol):
    """Seconds since 1970; `move` sets it forward where it can be set."""

    def now(self) -> float: ...
    def move(self, to: float, /) -> None: ...


class RealClock:
    """Time that flows by itself and that nobody here moves: this machine's, or what `now` says."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now

    def now(self) -> float:
        return self._now()

    def move(self, _to: float) -> None:
        raise TypeError("real time cannot be moved")


class ManualClock:
    """Time that stands still until it is moved: hours pass in milliseconds, and every run is the same."""

    def __init__(self, at: float = 1_790_000_000.0) -> None:
        self._at = at

    def now(self) -> float:
        return self._at

    def move(self, to: float) -> None:
        self._at = max(self._at, to)
