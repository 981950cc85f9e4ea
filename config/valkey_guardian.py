"""The small process that keeps one Valkey running for a data folder and stops it when nobody uses it."""

import contextlib
import ctypes
import fcntl
import os
import signal
import socket
import sys
import time
from pathlib import Path

IN_USE = "in-use"  # every user holds it shared
GUARDIAN_LOCK = "guardian.lock"  # one guardian: it inherits the lock from the process that started it
SERVER_LOCK = "server.lock"  # one Valkey: it inherits the lock from its guardian

_TICK = 0.1
_UNUSED_FOR = 5.0
_RESTART_GAP = 1.0
_GRACE = 10.0
_LOG_LIMIT = 1_000_000
_PR_SET_PDEATHSIG = 1  # linux/prctl.h

_OPTIONS = {
    "--port": "0",
    "--unixsocketperm": "700",
    "--dir": ".",
    "--save": "",
    "--appendonly": "yes",
    "--appendfsync": "everysec",
    "--aof-use-rdb-preamble": "yes",
    "--maxmemory-policy": "noeviction",
}


def try_lock(fd: int, kind: int) -> bool:
    """True if `fd` now holds the flock of this kind (LOCK_SH, LOCK_EX); never waits."""
    try:
        fcntl.flock(fd, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def lock_file(path: Path) -> int:
    """The file's descriptor, to be locked. The file stays for ever: to delete one would allow two holders."""
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def is_same_file(fd: int, path: Path) -> bool:
    """True if `path` still leads to the open file `fd`."""
    try:
        return os.path.samestat(os.fstat(fd), path.stat())
    except OSError:
        return False


class Guardian:
    """Watches over the Valkey of one folder, which must be the working directory."""

    def __init__(self, folder: Path, path: Path, binary: Path, lock: int) -> None:
        self.folder = folder
        self.socket = path
        self.command = [str(binary), "--unixsocket", str(path)]
        self.command += [word for option in _OPTIONS.items() for word in option]
        self.lock = lock
        self.in_use = lock_file(folder / IN_USE)
        self.used_at = time.monotonic()
        self.started_at = -_RESTART_GAP
        self.valkey = 0
        self.is_asked_to_stop = False

    def keep_running(self) -> None:
        """Return when nobody has used the server for 5 s, on SIGTERM, or when the folder was deleted."""
        signal.signal(signal.SIGTERM, self._ask_to_stop)
        if not self._claim_server():
            return
        while not self.is_asked_to_stop and is_same_file(self.lock, self.folder / GUARDIAN_LOCK):
            self._start_if_dead()
            if self._is_unused():
                break
            time.sleep(_TICK)
        self._stop()

    def _ask_to_stop(self, *_: object) -> None:
        self.is_asked_to_stop = True

    def _claim_server(self) -> bool:
        """Wait for the end of a Valkey whose guardian was killed: it still holds the lock."""
        lock = lock_file(self.folder / SERVER_LOCK)
        os.set_inheritable(lock, True)
        give_up_at = time.monotonic() + 3 * _GRACE
        while not try_lock(lock, fcntl.LOCK_EX):
            if self.is_asked_to_stop or time.monotonic() > give_up_at:
                _say("an earlier Valkey of this folder does not end")
                return False
            _shut_down(self.socket)
            time.sleep(_TICK / 5)
        return True

    def _start_if_dead(self) -> None:
        if self.valkey and _has_ended(self.valkey):
            _say("Valkey ended, starting it again")
            self.valkey = 0
        # A server that cannot start must not eat the processor.
        if not self.valkey and time.monotonic() - self.started_at >= _RESTART_GAP:
            self.started_at = time.monotonic()
            self.valkey = _start(self.command)

    def _is_unused(self) -> bool:
        """True after 5 s without users, and then `in-use` stays ours, so that newcomers wait for the stop."""
        if not try_lock(self.in_use, fcntl.LOCK_EX):
            self.used_at = time.monotonic()
            return False
        if time.monotonic() - self.used_at >= _UNUSED_FOR:
            return True
        fcntl.flock(self.in_use, fcntl.LOCK_UN)
        return False

    def _stop(self) -> None:
        # With its folder deleted, a polite stop would unlink the socket of a newcomer at the same path.
        is_deleted = not is_same_file(self.lock, self.folder / GUARDIAN_LOCK)
        if self.valkey:
            _end(self.valkey, signal.SIGKILL if is_deleted else signal.SIGTERM)
        if is_deleted and self.folder.exists():
            return
        self.socket.unlink(missing_ok=True)
        if self.socket.parent != self.folder:
            with contextlib.suppress(OSError):
                self.socket.parent.rmdir()


def _start(command: list[str]) -> int:
    """The new server's process id."""
    if os.fstat(sys.stderr.fileno()).st_size > _LOG_LIMIT:
        os.ftruncate(sys.stderr.fileno(), 0)
    guardian = os.getpid()
    if process := os.fork():
        return process
    try:
        _end_with(guardian)
        os.execv(command[0], command)
    except OSError as error:
        _say(f"cannot start {command[0]}: {error.strerror}")
    finally:
        os._exit(127)


def _end_with(guardian: int) -> None:
    """Ask the kernel to stop this process when its guardian dies, even by kill -9 (Linux only)."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != guardian:
        os._exit(1)


def _has_ended(process: int) -> bool:
    return os.waitpid(process, os.WNOHANG)[0] == process


def _end(process: int, sign: signal.Signals) -> None:
    """Ask, wait 10 s, then kill."""
    os.kill(process, sign)
    kill_at = time.monotonic() + _GRACE
    while not _has_ended(process):
        if time.monotonic() > kill_at:
            os.kill(process, signal.SIGKILL)
        time.sleep(_TICK / 10)


def _shut_down(path: Path) -> None:
    """Ask a Valkey that is not our child. On Linux the kernel has asked already."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(_TICK)
        connection.connect(str(path))
        connection.sendall(b"SHUTDOWN NOW FORCE\r\n")


def _say(what: str) -> None:
    sys.stderr.write(f"guardian {os.getpid()} {time.strftime('%Y-%m-%d %H:%M:%S')} {what}\n")
    sys.stderr.flush()


def main(folder: str, path: str, binary: str, lock: str) -> None:
    """Arguments: the server's folder, its socket, the binary, the descriptor of the held guardian.lock."""
    if os.fork():
        os._exit(0)  # the starter waits for this process only; the other one is nobody's child
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    os.umask(0o077)
    os.chdir(folder)
    os.set_inheritable(int(lock), False)
    Guardian(Path(folder), Path(path), Path(binary), int(lock)).keep_running()


if __name__ == "__main__":
    main(*sys.argv[1:])
