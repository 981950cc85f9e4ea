"""What `.env` in the working folder and a running demo add to the environment."""

import fcntl
import re
from pathlib import Path

import pytest

from config.settings import DEMO_ENVIRONMENT, load_settings
from tests.config.conftest import SID, TOKEN
from tests.config.test_settings import ROOT, refusal


def test_a_file_in_the_working_folder_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text(f"TWILIO_ACCOUNT_SID={SID}\nTWILIO_AUTH_TOKEN={TOKEN}\nPORT=8001\n")
    assert (load_settings().twilio_account_sid, load_settings().port) == (SID, 8001)


def test_the_environment_beats_the_file(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / ".env").write_text("PORT=8001\nCALMLINE_SITE=file\n")
    monkeypatch.setenv("PORT", "8002")
    assert (load_settings().port, load_settings().calmline_site) == (8002, "file")


def test_a_wrong_value_in_the_file_is_named_too(here: Path) -> None:
    (here / ".env").write_text("PORT=eighty\n")
    assert "PORT: Input should be a valid integer" in refusal()


def test_the_sample_file_as_it_is_only_misses_the_required_variables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text((ROOT / ".env.example").read_text())
    assert re.findall(r"^  (\w+)", refusal(), re.MULTILINE) == ["TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"]


@pytest.mark.parametrize("folder", ["var", "elsewhere"])
def test_a_demo_lends_its_values_only_while_it_runs(here: Path, folder: str) -> None:
    (here / ".env").write_text(f"CALMLINE_DATA={folder}\nPORT=8001\n")
    (here / folder).mkdir()
    with (here / folder / DEMO_ENVIRONMENT).open("w") as held:
        held.write("CALMLINE_SITE=demo\nPORT=8009\n")
        held.flush()
        assert load_settings().calmline_site == "main"
        fcntl.flock(held, fcntl.LOCK_EX)
        assert (load_settings().calmline_site, load_settings().port) == ("demo", 8001)
    assert load_settings().calmline_site == "main"
