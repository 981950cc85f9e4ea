"""The site's now() for the lab: asked a few times a second, carried on in between by this machine's clock."""

import threading
import time
from collections.abc import Callable
from datetime import datetime

from config.connections import StoreAway

LOOKS_EVERY_S = 0.1  # the lab is never further than this, and its own look, behind `calmline lab advance`


class SiteTime:
    """Seconds since 1970 by the site's clock; never goes back.

    `ask` is the site's now(), a round trip to Redis. While Redis is away time goes on from the last answer
    by this machine's monotonic clock; before any answer it is this machine's time.
    """

    def __init__(self, ask: Callable[[], datetime]) -> None:
        self._ask = ask
        self._ahead_s = time.time() - time.monotonic()
        self._latest = 0.0
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._look()
        self._thread = threading.Thread(target=self._follow, name="site-time", daemon=True)
        self._thread.start()

    def now(self) -> float:
        with self._lock:
            self._latest = max(self._latest, time.monotonic() + self._ahead_s)
            return self._latest

    def close(self) -> None:
        self._ended.set()
        self._thread.join()

    def _follow(self) -> None:
        while not self._ended.wait(LOOKS_EVERY_S):
            self._look()

    def _look(self) -> None:
        began = time.monotonic()
        try:
            at = self._ask().timestamp()
        except StoreAway:
            return
        self._ahead_s = at - (began + time.monotonic()) / 2
