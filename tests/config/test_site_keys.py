"""The site's secret key: made once, for this user only, and the same for everybody who starts."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from config.settings import Settings, SettingsError, load_settings
from config.site_keys import ledger_key, secret_key
from tests.twilio import ACCOUNT, TOKEN

ROOT = Path(__file__).parents[2]
STARTER = """
import sys
from pathlib import Path
from types import SimpleNamespace
from config.site_keys import secret_key
sys.stdin.readline()
print(secret_key(SimpleNamespace(secret_key=None, calmline_data=Path(sys.argv[1]))).decode())
"""


def a_site(data: Path, **more: str) -> Settings:
    return load_settings(twilio_account_sid=ACCOUNT, twilio_auth_token=TOKEN, calmline_data=data, **more)


def test_the_key_is_made_once_and_kept(tmp_path: Path) -> None:
    first = secret_key(a_site(tmp_path / "new" / "var"))
    assert len(first) == 64
    assert secret_key(a_site(tmp_path / "new" / "var")) == first
    assert [file.name for file in (tmp_path / "new" / "var").iterdir()] == ["secret_key"]


def test_two_sites_have_two_keys(tmp_path: Path) -> None:
    assert secret_key(a_site(tmp_path / "a")) != secret_key(a_site(tmp_path / "b"))


def test_nobody_else_may_read_the_key(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        secret_key(a_site(tmp_path))
    finally:
        os.umask(before)
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_threads_that_start_at_once_get_one_key(tmp_path: Path) -> None:
    for round_ in range(20):
        site, start = a_site(tmp_path / str(round_)), Barrier(8)
        with ThreadPoolExecutor(8) as threads:
            keys = {
                started.result()
                for started in [threads.submit(lambda: (start.wait(), secret_key(site))[1]) for _ in range(8)]  # noqa: B023
            }
        assert len(keys) == 1
        assert [file.name for file in (tmp_path / str(round_)).iterdir()] == ["secret_key"]


@pytest.mark.processes
def test_processes_that_start_at_once_get_one_key(tmp_path: Path) -> None:
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", STARTER, str(tmp_path / "var")]
    started = [subprocess.Popen(command, cwd=ROOT, text=True, stdin=pipe, stdout=pipe) for _ in range(4)]
    for process in started:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    keys = {process.communicate(timeout=30)[0].strip() for process in started}
    assert keys == {secret_key(a_site(tmp_path / "var")).decode()}


def test_a_folder_that_cannot_be_written_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file where the folder should be")
    with pytest.raises(SettingsError, match=r"cannot keep its secret key in .*var/secret_key") as refused:
        secret_key(a_site(tmp_path / "var"))
    assert "Let CALMLINE_DATA name a folder that this user may write to, or set SECRET_KEY." in str(
        refused.value
    )


def test_a_key_in_the_environment_wins_and_nothing_is_written(tmp_path: Path) -> None:
    kept = secret_key(a_site(tmp_path))
    given = secret_key(a_site(tmp_path, secret_key="0123456789abcdef"))
    assert given == b"0123456789abcdef" != kept
    secret_key(a_site(tmp_path / "other", secret_key="0123456789abcdef"))
    assert not (tmp_path / "other").exists()


def test_the_ledger_has_a_key_of_its_own(tmp_path: Path) -> None:
    site = a_site(tmp_path)
    kept = ledger_key(site)
    assert kept == ledger_key(site)
    assert kept != secret_key(site)
    assert (tmp_path / "ledger_key").stat().st_mode & 0o777 == 0o600
    assert ledger_key(a_site(tmp_path, ledger_key="0123456789abcdef")) == b"0123456789abcdef"


def test_a_folder_that_cannot_keep_the_ledger_s_key_is_named(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("not a folder")
    with pytest.raises(SettingsError, match=r"cannot keep its ledger key in .*set LEDGER_KEY\."):
        ledger_key(a_site(tmp_path / "var"))
