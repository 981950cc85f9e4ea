"""What the product is measured against: bare Flask on two servers, and the skeleton on the product's."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.one_call import wait_until_answered
from benchmarks.servers import BIN, ROOT, Server, free_port, launch
from benchmarks.signed_calls import AUTH_TOKEN
from benchmarks.valkey import own_valkey
from ivr.serving import THREADS

# As in ivr/serving.py, so that yardstick and product stand on the same server.
GRANIAN = ["--interface", "wsgi", "--http", "1", "--no-ws", "--workers", "1"]
GRANIAN += ["--blocking-threads", str(THREADS)]
GTHREAD = ["--worker-class", "gthread", "--workers", "1", "--threads", "8"]


def _on_granian(application: str, port: int) -> list[str]:
    place = ["--host", "127.0.0.1", "--port", str(port), "--log-level", "warning"]
    return [str(BIN / "granian"), *GRANIAN, *place, application]


def _on_gthread(application: str, port: int) -> list[str]:
    place = ["--bind", f"127.0.0.1:{port}", "--log-level", "warning"]
    return [str(BIN / "gunicorn"), *GTHREAD, *place, application]


@contextmanager
def new_folder() -> Iterator[Path]:
    """An empty folder with a short path (unix sockets live in it), removed at the end."""
    with tempfile.TemporaryDirectory(prefix="cb", dir="/tmp", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@contextmanager
def _running(server: Server) -> Iterator[Server]:
    try:
        wait_until_answered(server)
        yield server
    finally:
        server.stop()


def start_bare_on_granian(folder: Path) -> Server:
    """Start bare Flask and return at once: the caller waits for its answer and stops it."""
    port = free_port()
    process = launch(folder, _on_granian("benchmarks.bare:app", port), {"PYTHONPATH": str(ROOT)})
    return Server("bare Flask on granian", port, folder, process, reads_nothing=True)


@contextmanager
def bare_on_granian() -> Iterator[Server]:
    """Flask answering a constant, on the product's server."""
    with new_folder() as folder, _running(start_bare_on_granian(folder)) as server:
        yield server


@contextmanager
def bare_on_gthread() -> Iterator[Server]:
    """Flask answering a constant on gunicorn gthread, what people would take without thinking."""
    with new_folder() as folder:
        port = free_port()
        process = launch(folder, _on_gthread("benchmarks.bare:app", port), {"PYTHONPATH": str(ROOT)})
        with _running(
            Server("bare Flask on gunicorn gthread", port, folder, process, reads_nothing=True)
        ) as it:
            yield it


def start_skeleton(folder: Path, socket: Path, name: str = "skeleton on granian") -> Server:
    """Start the skeleton on a running Valkey and return at once."""
    port = free_port()
    environment = {
        "PYTHONPATH": str(ROOT),
        "PORT": str(port),
        "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
        "SKELETON_SOCKET": str(socket),
    }
    process = launch(folder, _on_granian("benchmarks.skeleton:app", port), environment)
    return Server(name, port, folder, process, valkey_socket=socket)


@contextmanager
def skeleton(name: str = "skeleton on granian") -> Iterator[Server]:
    """Parse, signature, one read, one write, constant answer, on the product's server and its own Valkey."""
    with (
        new_folder() as folder,
        own_valkey(folder) as socket,
        _running(start_skeleton(folder, socket, name)) as it,
    ):
        yield it
