"""A working folder of its own for tests of the environment."""

from pathlib import Path

import pytest

SID, TOKEN = "AC00000000000000000000000000000001", "hush-hush-token"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder with the two required variables in the environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", SID)
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", TOKEN)
    return tmp_path
