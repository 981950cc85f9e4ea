"""The product as an operator starts it: `calmline serve` in an empty folder. As a control: the skeleton."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psutil

from benchmarks.one_call import wait_until_answered
from benchmarks.servers import BIN, Server, end, free_port, launch
from benchmarks.signed_calls import ACCOUNT_SID, AUTH_TOKEN
from benchmarks.valkey import own_valkey
from benchmarks.yardsticks import new_folder, start_skeleton

NAME = "calmline serve"
CONTROL = "skeleton in the product's place"
SITE = "main"  # CALMLINE_SITE's default
VALKEY_ENDS_WITHIN_S = 20  # its guardian stops it 5 s after nobody uses it any more


class Product:
    """Starts the product, or the skeleton (`--product skeleton`): how far apart two equals measure here."""

    def __init__(self, *, is_control: bool) -> None:
        self.is_control = is_control
        self.name = CONTROL if is_control else NAME

    @contextmanager
    def running(self, label: str = "", **environment: str) -> Iterator[Server]:
        """A product that answers; ended at the end, its Valkey too."""
        with ExitStack() as ending, new_folder() as folder:
            server = self.start(folder, ending, WEB_CONCURRENCY="1", LOG_LEVEL="INFO", **environment)
            server.name += label
            try:
                wait_until_answered(server)
                yield server
            finally:
                server.stop()
                ending.close()  # before the folder goes: Valkey still writes into it

    def start(self, folder: Path, ending: ExitStack, **environment: str) -> Server:
        """Start in that empty folder and return at once; `ending` waits for what outlives the server."""
        if self.is_control:
            return start_skeleton(folder, ending.enter_context(own_valkey(folder)), CONTROL)
        server = _calmline_serve(folder, environment)
        ending.callback(_end_embedded_valkey, server)
        return server


def _calmline_serve(folder: Path, environment: dict[str, str]) -> Server:
    from config.embedded_valkey import socket_path

    port = free_port()
    required = {"TWILIO_ACCOUNT_SID": ACCOUNT_SID, "TWILIO_AUTH_TOKEN": AUTH_TOKEN, "PORT": str(port)}
    process = launch(folder, [str(BIN / "calmline"), "serve"], required | environment)
    return Server(NAME, port, folder, process, valkey_socket=socket_path(folder / "var"))


def _end_embedded_valkey(server: Server) -> None:
    """Wait until Valkey and its guardian have ended by themselves; kill them, by id, when they don't."""
    server.stop()
    pid = server.valkey_pid()
    if pid is None:
        return
    with suppress(psutil.NoSuchProcess):
        valkey = psutil.Process(pid)
        guardian = [one for one in valkey.parents()[:1] if one.pid not in (1, psutil.Process().pid)]
        end(guardian, patience_s=VALKEY_ENDS_WITHIN_S)  # first: a living guardian would restart Valkey
        end([valkey], patience_s=2)
