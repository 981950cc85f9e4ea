"""Which routing config is in force: the file as it last was good, read again when it changes."""

import threading
import time
from pathlib import Path

from config.faults import ConfigError
from config.load import load_config
from config.observe import log
from config.schema import RoutingConfig
from config.settings import Settings

# A changed file is noticed this soon; looking at its date costs a few microseconds.
LOOK_EVERY_S = 1.0


class NoConfigError(Exception):
    """There is no routing config to work by; the message says why."""


class Configs:
    """The routing config of this process. `fault` says what is wrong with the file now, "" for nothing."""

    def __init__(self, settings: Settings) -> None:
        self._file: Path = settings.calmline_config
        self._lock = threading.Lock()
        self._looked_at = 0.0
        self._seen: tuple[int, int] | None = None
        self._unreadable = 0
        self.fault = ""
        self.current: RoutingConfig | None = None
        self.refresh()

    def in_force(self) -> RoutingConfig:
        """The config to work by; raises NoConfigError."""
        if time.monotonic() - self._looked_at > LOOK_EVERY_S:
            self.refresh()
        if self.current is None:
            raise NoConfigError(self.fault)
        return self.current

    def refresh(self) -> None:
        """Read the file again if it changed. Whoever comes while it is read works by what was in force."""
        if not self._lock.acquire(blocking=False):
            return
        try:
            self._looked_at = time.monotonic()
            state = _state(self._file)
            if state != self._seen or state is None:
                self._seen = state
                self._read()
        finally:
            self._lock.release()

    def heard_of(self, version: int) -> None:
        """Redis names a published version: one that this process cannot read leaves the file in force."""
        if version and version != self._unreadable:
            self._unreadable = version
            self.fault = f"the published config {version} cannot be read here; the file stays in force"

    def _read(self) -> None:
        try:
            config = load_config(self._file)
        except ConfigError as refused:
            if str(refused) != self.fault:
                log.error("config_refused", faults=str(refused), serving=self.current is not None)
            self.fault = str(refused)
            return
        if self.current is not None:
            log.info("config_changed", file=self._file.name)
        self.current, self.fault = config, ""


def _state(file: Path) -> tuple[int, int] | None:
    """What changes with the file; None while there is none."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
