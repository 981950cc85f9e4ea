"""One embedded Valkey for the whole run, a site of its own for every test, and a signing Twilio."""

import io
import itertools
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from config.observe import configure_logging, log
from config.settings import Settings, load_settings
from ivr.app import create_app
from routing.floor import Floor, open_floor
from tests.twilio import ACCOUNT, TOKEN, Twilio

_sites = itertools.count()
_ENVIRONMENT = [name.upper() for name in Settings.model_fields]


@pytest.fixture(scope="session")
def data_folder() -> Iterator[Path]:
    """Where the run's Valkey keeps its data; the folder's end is the server's end."""
    folder = Path(tempfile.mkdtemp(prefix="calmline-test-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test depends on what the developer's shell exports."""
    for name in _ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def settings(data_folder: Path) -> Settings:
    """The settings of a site that no other test uses."""
    return load_settings(
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=TOKEN,
        calmline_data=data_folder,
        calmline_site=f"test{next(_sites)}",
        calmline_lab=True,
        log_level="ERROR",
    )


@pytest.fixture
def logged() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """What this process has logged since; every level, whatever an app of the test asks for."""
    stream = io.StringIO()
    configure_logging("DEBUG", stream)
    vars(log).pop("bind", None)  # structlog keeps the first set-up of a logger in it
    log.info("a test looks")
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    vars(log).pop("bind", None)


@pytest.fixture
def app(settings: Settings) -> Flask:
    return create_app(settings)


@pytest.fixture
def floor(settings: Settings) -> Floor:
    """The site as another process sees it."""
    return open_floor(settings)


@pytest.fixture
def twilio(app: Flask, settings: Settings) -> Twilio:
    """Twilio, asking the app of this test."""
    return Twilio(app.test_client(), settings.public_url)
