"""Which routing config is in force."""

import threading

from config.load import ConfigError, load_config
from config.schema import RoutingConfig
from config.settings import Settings


class NoConfigError(Exception):
    """There is no routing config to work by; the message says why."""


class Configs:
    """The routing config of this process: the file, read at start. `fault` says why there is none."""

    def __init__(self, settings: Settings) -> None:
        self._file = settings.calmline_config
        self._lock = threading.Lock()
        self._unreadable = 0
        self.fault = ""
        self.current: RoutingConfig | None = None
        self.read()

    def read(self) -> None:
        """Read the file; a bad one leaves what was in force and sets `fault`."""
        with self._lock:
            try:
                self.current = load_config(self._file)
                self.fault = ""
            except ConfigError as refused:
                self.fault = str(refused)

    def heard_of(self, version: int) -> None:
        """Redis names a published version: one that this process cannot read leaves the file in force."""
        if version and version != self._unreadable:
            self._unreadable = version
            self.fault = f"the published config {version} cannot be read here; the file stays in force"

    def in_force(self) -> RoutingConfig:
        """The config to work by; raises NoConfigError."""
        if self.current is None:
            raise NoConfigError(self.fault)
        return self.current
