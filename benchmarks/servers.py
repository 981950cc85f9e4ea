"""A running server on a free loopback port, and how it is ended: by process id, gently first."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.valkey import pid_of

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent


@dataclass
class Server:
    """A running server in a folder of its own."""

    name: str
    port: int
    folder: Path
    process: "subprocess.Popen[bytes]"
    valkey_socket: Path | None = None
    reads_nothing: bool = False

    def valkey_pid(self) -> int | None:
        """Process id of the Valkey it works with."""
        return pid_of(self.valkey_socket)

    def log_tail(self) -> str:
        """The last lines it wrote, for an error message."""
        return (self.folder / "log").read_text(errors="replace")[-800:]

    def stop(self) -> None:
        """End the process and its children. May be called twice."""
        if self.process.poll() is not None:
            return
        family = psutil.Process(self.process.pid).children(recursive=True)
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        # Its Valkey may be among them and has seconds of its own to end: see product.py.
        spared = self.valkey_pid()
        end([one for one in family if one.pid != spared], patience_s=10)


def launch(folder: Path, command: list[str], environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    """Start a command in that folder; what it writes goes to the file `log` there, never to a terminal."""
    wanted = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
    path = f"{BIN}:/usr/local/bin:/usr/bin:/bin"
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(
            command,
            cwd=folder,
            env=wanted | {"PATH": path} | environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )


def end(processes: Iterable[psutil.Process], *, patience_s: float) -> None:
    """Wait for these processes to end by themselves, then kill those that have not."""
    _, alive = psutil.wait_procs(list(processes), timeout=patience_s)
    for process in alive:
        with suppress(psutil.NoSuchProcess):
            process.kill()


def free_port() -> int:
    """A loopback port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
