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
_State = tuple[int, int, int]


class NoConfigError(Exception):
    """There is no routing config to work by; the message says why."""


class Configs:
    """The routing config of this process."""

    def __init__(self, settings: Settings) -> None:
        self._file: Path = settings.calmline_config
        self._lock = threading.Lock()
        self._looked_at = 0.0
        self._seen: _State | None = None
        self._of_the_file = self._of_the_version = ""
        self.current: RoutingConfig | None = None
        self.refresh()

    @property
    def fault(self) -> str:
        """What is wrong with the file, or with the version that Redis names; "" for nothing."""
        return self._of_the_file or self._of_the_version

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
                self._read(state)
        finally:
            self._lock.release()

    def heard_of(self, version: int) -> None:
        """Redis names a published version: one that this process cannot read leaves the file in force."""
        said = f"the published config {version} cannot be read here; the file stays in force"
        self._of_the_version = said if version else ""

    def _read(self, state: _State | None) -> None:
        try:
            config = load_config(self._file)
        except ConfigError as refused:
            self._seen = state
            if str(refused) != self._of_the_file:
                log.error("config_refused", faults=str(refused), serving=self.current is not None)
            self._of_the_file = str(refused)
            return
        if self.current is not None and _state(self._file) != state:
            return  # it is being written: what was read may lack its end
        self._seen = state
        if self.current is not None:
            log.info("config_changed", file=self._file.name)
        self.current, self._of_the_file = config, ""


def _state(file: Path) -> _State | None:
    """What changes with the file; None while there is none.

    A copy put in its place may have the same date and size, but it is another file.
    """
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
