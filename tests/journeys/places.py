"""A folder where a test starts real processes; whatever happens, each is ended by its id."""

import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import redis

from config.embedded_valkey import socket_path
from tests.twilio import ACCOUNT, TOKEN

ROOT = Path(__file__).parents[2]
CALMLINE = Path(sys.executable).with_name("calmline")
REQUIRED = {"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN}


def wait_until(is_so: Callable[[], object], seconds: float, what: object = "") -> float:
    """Seconds until it was so; fails after `seconds`."""
    began = time.monotonic()
    while not is_so():
        assert time.monotonic() - began < seconds, f"waited {seconds} s for {what or is_so}"
        time.sleep(0.02)
    return time.monotonic() - began


def measured(what: str, seconds: float) -> None:
    """For people who run pytest with -s."""
    sys.stdout.write(f"{what}: {seconds:.2f} s\n")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _words(process: psutil.Process) -> list[str]:
    try:
        return [process.name(), *process.cmdline()]
    except psutil.Error:
        return []


@dataclass
class Place:
    """An empty folder, and whatever a test starts there, known by a mark in its environment."""

    folder: Path
    mark: str = field(default_factory=lambda: secrets.token_hex(8))
    started: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    @property
    def data(self) -> Path:
        return self.folder / "var"

    def environment(self, given: Mapping[str, str]) -> dict[str, str]:
        """A bare shell's, what is given, and the way to the tree that is being tested."""
        return {"PATH": "/usr/bin:/bin", "JOURNEY": self.mark, "PYTHONPATH": str(ROOT)} | given

    def start(self, *words: object, cwd: Path | None = None, **given: str) -> "subprocess.Popen[bytes]":
        """A process (group) of its own; what it writes goes to the file `log`."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [str(word) for word in words],
                cwd=cwd or self.folder,
                env=self.environment(given),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.started.append(process)
        return process

    def run(
        self, *words: object, cwd: Path | None = None, **given: str
    ) -> "subprocess.CompletedProcess[str]":
        """`calmline …` in the foreground, until it ends."""
        return subprocess.run(
            [str(word) for word in (CALMLINE, *words)],
            cwd=cwd or self.folder,
            env=self.environment(given),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def lines(self) -> list[str]:
        return self.log.read_text(errors="replace").splitlines()

    def processes(self, word: str = "") -> list[psutil.Process]:
        """What runs of this place now; of those, whose command has the word."""
        return [process for process in psutil.process_iter() if self._is_ours(process, word)]

    def _is_ours(self, process: psutil.Process, word: str) -> bool:
        try:
            if not is_alive(process) or word not in " ".join(process.cmdline()):
                return False
            # Valkey writes its title over its environment, but it works in a folder of ours.
            if process.name() == "valkey-server":
                return self.folder in Path(process.cwd()).parents
            return process.environ().get("JOURNEY") == self.mark
        except psutil.Error:
            return False

    @property
    def valkey(self) -> "redis.Redis":
        """The embedded one, without becoming one of its users."""
        return redis.Redis(unix_socket_path=str(socket_path(self.data)), decode_responses=True)

    def end(self) -> None:
        """Nothing that was started here is left: users of the embedded Valkey first, asked, then killed."""
        for process in self.processes():
            with suppress(psutil.Error):
                process.send_signal(signal.SIGCONT)
        self._end(lambda process: not {"valkey-server", "config.valkey_guardian"} & set(_words(process)))
        self._end(lambda process: True)
        for started in self.started:
            # One that ended just now is not known to have: Python complains of it later, in another test.
            with suppress(subprocess.TimeoutExpired):
                started.wait(5)

    def _end(self, is_meant: Callable[[psutil.Process], bool]) -> None:
        for sign in (signal.SIGTERM, signal.SIGKILL):
            for process in filter(is_meant, self.processes()):
                with suppress(psutil.Error):
                    process.send_signal(sign)
            with suppress(AssertionError):
                wait_until(lambda: not self._left(is_meant), 11)

    def _left(self, is_meant: Callable[[psutil.Process], bool]) -> list[psutil.Process]:
        for process in self.started:
            process.poll()
        return [process for process in self.processes() if is_meant(process)]


@contextmanager
def place(folder: Path) -> Iterator[Place]:
    """Whatever happens, its processes are gone afterwards."""
    here = Place(folder)
    try:
        yield here
    finally:
        here.end()
