"""The server we ship: granian with Flask behind it (docs/decisions/0002-granian.md)."""

import os
import shutil

from flask import Flask
from granian import Granian
from granian.constants import HTTPModes, Interfaces

from config.settings import Settings, load_settings
from ivr.app import create_app
from routing.floor import open_floor

HOST = "0.0.0.0"
THREADS = 4


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; raises SettingsError before the port is opened."""
    # Opened here as well, so that what refuses to start is said once, by this process, and to people.
    open_floor(settings)
    _collect_metrics_of_all(settings)
    Granian(
        "ivr.serving:application",
        address=HOST,
        port=settings.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=settings.web_concurrency,
        blocking_threads=THREADS,
        factory=True,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=10,
        log_access=False,
    ).serve()


def application() -> Flask:
    """What each of the server's processes runs."""
    return create_app(load_settings())


def _collect_metrics_of_all(settings: Settings) -> None:
    """Several processes count into files of one folder, which any of them can add up."""
    if settings.web_concurrency == 1:
        return
    folder = settings.calmline_data / "metrics" / str(settings.port)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
