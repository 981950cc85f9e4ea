"""`calmline …` in this process, at the site of a test."""

import json
from collections.abc import Callable
from typing import Any

from click.testing import CliRunner, Result

from config.settings import Settings
from ivr.cli import calmline
from tests.journeys.places import REQUIRED

Run = Callable[..., Result]


def calmline_at(settings: Settings) -> Run:
    """Takes the words of a command line, and variables; what the command raised is in the result."""
    environment = REQUIRED | {
        "CALMLINE_DATA": str(settings.calmline_data),
        "CALMLINE_SITE": settings.calmline_site,
    }

    def run(*words: str, **more: str) -> Result:
        return CliRunner().invoke(calmline, words, env=environment | more)

    return run


def said(result: Result) -> Any:
    """What a command printed with --json."""
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)
