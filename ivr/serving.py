"""The server we ship: granian with Flask behind it (docs/decisions/0002-granian.md)."""

import errno
import json
import logging
import multiprocessing
import os
import shutil
import signal
import socket
import threading
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from multiprocessing.process import BaseProcess
from queue import SimpleQueue
from typing import TYPE_CHECKING

from flask import Flask
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from config.observe import masked
from config.settings import Settings, SettingsError, load_settings
from ivr.app import create_app
from ivr.live import MOST_PAGES, Pages, live_pages
from routing.floor import open_floor

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

HOST = "0.0.0.0"
# So many requests are answered at once. More would take turns at the interpreter and each be later.
THREADS = 4
# The others hold a live page each, or wait for their turn (docs/decisions/0012-live-pages.md).
ALL_THREADS = MOST_PAGES + 36
LAST_ANSWERS_S = 10
_PORT_FREE_WITHIN_S = 3.0
_LOGGING = {
    "formatters": {"line": {"()": "ivr.serving.JsonLine"}},
    "handlers": {
        "out": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "line"},
    },
    "loggers": {"_granian": {"level": "INFO"}},
    "root": {"handlers": ["out"], "level": "WARNING"},
}


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; raises SettingsError before the port is opened."""
    # Opened here as well, so that what refuses to start is said once, by this process, and to people.
    open_floor(settings)
    _wait_for(settings.port)
    _collect_metrics_of_all(settings)
    # Forked processes would count as this one does: prometheus_client looks for its folder when imported.
    multiprocessing.set_start_method("spawn")
    Granian(
        "ivr.serving:application",
        address=HOST,
        port=settings.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=settings.web_concurrency,
        blocking_threads=ALL_THREADS,
        factory=True,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=LAST_ANSWERS_S,
        log_level=LogLevels(settings.log_level.lower()),
        log_dictconfig=_LOGGING,
        log_access=False,
    ).serve()


def application() -> Flask:
    """What each of the server's processes runs."""
    if main := multiprocessing.parent_process():
        threading.Thread(target=_end_after, args=(main,), name="end-after-main", daemon=True).start()
    app = create_app(load_settings())
    _end_pages_with_process(live_pages(app))
    take_turns(app)
    return app


def take_turns(app: Flask) -> None:
    """Answer THREADS requests at once. A live page streams after its turn and keeps nobody waiting."""
    turns: SimpleQueue[None] = SimpleQueue()
    for _ in range(THREADS):
        turns.put(None)
    answer = app.wsgi_app

    def in_turn(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        turns.get()
        try:
            return answer(environ, start_response)
        finally:
            turns.put(None)

    app.wsgi_app = in_turn  # type: ignore[method-assign]


def _end_pages_with_process(pages: Pages) -> None:
    """Granian waits for open streams when it is asked to end; these would go on for minutes.

    It sets its own signal handlers after this, so the signals are heard of by the way that Python has for it:
    https://docs.python.org/3/library/signal.html#signal.set_wakeup_fd
    """
    hears, told = os.pipe()
    os.set_blocking(told, False)
    signal.set_wakeup_fd(told, warn_on_full_buffer=False)
    threading.Thread(target=_end_pages, args=(hears, pages), name="end-pages", daemon=True).start()


def _end_pages(hears: int, pages: Pages) -> None:
    while not {signal.SIGTERM, signal.SIGINT} & set(os.read(hears, 64)):
        pass
    pages.end()


class JsonLine(logging.Formatter):
    """The lines of granian and of libraries in the shape of ours (config/observe.py)."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "event": "server",
            "said": masked(record.getMessage()),
            "level": record.levelname.lower(),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
        }
        if record.exc_info:
            line["exception"] = masked(self.formatException(record.exc_info))
        return json.dumps(line)


def _wait_for(port: int) -> None:
    """Return when nobody listens at the port; a server that is just ending gets time for it.

    Granian's own sockets share ports (SO_REUSEPORT): a second server would silently take half of the calls.
    """
    give_up_at = time.monotonic() + _PORT_FREE_WITHIN_S
    while refusal := _refusal(port):
        if refusal.errno != errno.EADDRINUSE or time.monotonic() > give_up_at:
            raise SettingsError(
                f"Calmline cannot listen at port {port}: {refusal.strerror}. "
                "Stop the other program, or choose another port with PORT."
            )
        time.sleep(0.05)


def _refusal(port: int) -> OSError | None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as refused:
            return refused
    return None


def _end_after(main: BaseProcess) -> None:
    """End with the main process, also when it is killed: an orphan would keep the port and be nobody's."""
    main.join()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(LAST_ANSWERS_S)
    os._exit(1)


def _collect_metrics_of_all(settings: Settings) -> None:
    """Several processes count into files of one folder, which any of them can add up."""
    if settings.web_concurrency == 1:
        return
    folder = settings.calmline_data / "metrics" / str(settings.port)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
