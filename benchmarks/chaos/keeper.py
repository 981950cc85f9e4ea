"""Keeps the site's processes running: whatever ends is started again at once, as systemd would do it.

honcho ends all when one ends, and granian ends its server when the same worker dies twice within seconds.
"""

import os
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

import psutil

from tests.journeys.places import CALMLINE, Place

LOOKS_EVERY_S = 0.02
WEB, WORKER, DISPATCHER = "serve", "worker", "dispatcher"


class Keeper:
    """The processes of one site by name ("worker", or "worker 2" for a second one)."""

    def __init__(self, here: Place, environment: Mapping[str, str], names: tuple[str, ...]) -> None:
        self._here, self._environment = here, dict(environment)
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.restarts: Counter[str] = Counter()
        self._lock, self._is_over = threading.Lock(), threading.Event()
        for name in names:
            self._start(name)

    def pid(self, name: str) -> int:
        """Of the process that runs now; one that was just killed is waited for."""
        while True:
            with self._lock:
                process = self.running[name]
                if process.poll() is None:
                    return process.pid
            time.sleep(LOOKS_EVERY_S)

    def children(self, name: str) -> list[psutil.Process]:
        """What that process has started, and is alive."""
        with suppress(psutil.Error):
            found = psutil.Process(self.pid(name)).children()
            return [one for one in found if one.status() != psutil.STATUS_ZOMBIE]
        return []

    def keep(self) -> None:
        """Until `end`."""
        while not self._is_over.wait(LOOKS_EVERY_S):
            for name, process in list(self.running.items()):
                if process.poll() is not None and not self._is_over.is_set():
                    self._start_again(name, process)

    def end(self) -> None:
        """Nothing is started again after this."""
        self._is_over.set()

    def _start_again(self, name: str, ended: "subprocess.Popen[bytes]") -> None:
        if name == WEB:
            # What it left would share its port with the next one. A worker's jobs live on: that is harder.
            with suppress(ProcessLookupError):
                os.killpg(ended.pid, signal.SIGKILL)
        self.restarts[name] += 1
        self._start(name)

    def _start(self, name: str) -> None:
        with self._lock:
            self.running[name] = self._here.start(CALMLINE, name.split()[0], **self._environment)


@contextmanager
def kept(here: Place, environment: Mapping[str, str], names: tuple[str, ...]) -> Iterator[Keeper]:
    """The processes run, and start again, until the end of the block."""
    keeper = Keeper(here, environment, names)
    thread = threading.Thread(target=keeper.keep, daemon=True)
    thread.start()
    try:
        yield keeper
    finally:
        keeper.end()
        thread.join()
