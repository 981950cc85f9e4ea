"""A running server takes up a changed config file, and works by its last good one while the file is bad."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from config.schema import RoutingConfig
from config.settings import PACKAGED_CONFIG, load_settings
from config.versions import Configs, NoConfigError
from tests.twilio import ACCOUNT, TOKEN

TEXT = PACKAGED_CONFIG.read_text("utf-8")
Logged = Callable[[], list[dict[str, Any]]]
BAD = TEXT.replace("tries: 3", "tries: none")


def with_days(days: int) -> str:
    return TEXT.replace("call_log_days: 90", f"call_log_days: {days}")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "line.yaml").write_text(TEXT)
    return tmp_path / "line.yaml"


def events(logged: Logged) -> list[str]:
    return [line["event"] for line in logged() if line["event"].startswith("config_")]


def configs_of(file: Path) -> Configs:
    return Configs(load_settings(twilio_account_sid=ACCOUNT, twilio_auth_token=TOKEN, calmline_config=file))


def soon(is_so: Callable[[], bool], within_s: float = 5) -> bool:
    """True when it becomes so in time."""
    until = time.monotonic() + within_s
    while not is_so():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def replaced(file: Path, text: str) -> None:
    """As editors and deployments do it: another file, put in place of the first in one step."""
    new = file.with_name("new.yaml")
    new.write_text(text)
    new.rename(file)


@pytest.mark.parametrize("write", [Path.write_text, replaced], ids=["written over", "replaced"])
def test_a_changed_file_is_taken_within_five_seconds(
    file: Path, write: Callable[[Path, str], object]
) -> None:
    configs = configs_of(file)
    assert configs.in_force().call_log_days == 90
    write(file, with_days(7))
    assert soon(lambda: configs.in_force().call_log_days == 7)
    assert configs.fault == ""


def test_a_file_put_in_place_with_the_same_date_and_size_is_taken(file: Path) -> None:
    configs, before = configs_of(file), file.stat()
    new = file.with_name("new.yaml")
    new.write_text(with_days(91))
    os.utime(new, ns=(before.st_mtime_ns, before.st_mtime_ns))
    new.rename(file)
    assert file.stat().st_size == before.st_size
    assert soon(lambda: configs.in_force().call_log_days == 91)


def test_a_file_that_turns_bad_leaves_the_last_good_one_in_force_and_a_repaired_one_clears_the_fault(
    file: Path, logged: Logged
) -> None:
    configs = configs_of(file)
    good = configs.in_force()
    file.write_text(BAD)
    assert soon(lambda: bool(configs.in_force() and configs.fault))
    assert configs.in_force() is good
    assert "line.yaml:" in configs.fault
    assert "menus.main.tries: Input should be a valid integer; here: none" in configs.fault
    file.write_text(with_days(8))
    assert soon(lambda: configs.in_force().call_log_days == 8)
    assert configs.fault == ""
    assert events(logged) == ["config_refused", "config_changed"]
    [refused] = [line for line in logged() if line["event"] == "config_refused"]
    assert (refused["level"], refused["serving"]) == ("error", True)
    assert "menus.main.tries" in refused["faults"]


def test_a_deleted_file_leaves_the_last_good_one_in_force(file: Path, logged: Logged) -> None:
    configs = configs_of(file)
    good = configs.in_force()
    file.unlink()
    for _ in range(3):
        configs.refresh()
    assert configs.in_force() is good
    assert "cannot be read: No such file or directory" in configs.fault
    assert events(logged) == ["config_refused"]
    file.write_text(with_days(9))
    assert soon(lambda: configs.in_force().call_log_days == 9)
    assert configs.fault == ""


def test_a_server_that_starts_with_a_bad_file_has_none_until_it_is_repaired(file: Path) -> None:
    file.write_text(BAD)
    configs = configs_of(file)
    with pytest.raises(NoConfigError, match=r"menus\.main\.tries"):
        configs.in_force()
    file.write_text(TEXT)
    assert soon(lambda: configs.refresh() is None and configs.current is not None)
    assert configs.in_force().call_log_days == 90


def test_a_file_that_does_not_change_is_read_once(file: Path, logged: Logged) -> None:
    configs = configs_of(file)
    first = configs.in_force()
    for _ in range(50):
        configs.refresh()
        assert configs.in_force() is first
    file.write_text(BAD)
    for _ in range(50):
        configs.refresh()
    assert events(logged) == ["config_refused"]


def test_looking_at_the_file_costs_microseconds(file: Path) -> None:
    configs = configs_of(file)
    started = time.process_time()
    for _ in range(1_000):
        configs.refresh()
    assert time.process_time() - started < 0.2


def test_threads_that_ask_meanwhile_always_get_a_whole_config(file: Path) -> None:
    stop = threading.Event()
    seen: dict[int, RoutingConfig] = {}
    wrong: list[object] = []

    def ask() -> None:
        while not stop.is_set():
            configs.refresh()
            try:
                config = configs.in_force()
            except Exception as failed:
                wrong.append(failed)
                return
            days, tries = config.call_log_days, config.menus["main"].tries
            if config.twilio.calls_per_second != days or tries != 3 or "welcome" not in config.prompts["es"]:
                wrong.append((days, tries))
            seen[days] = config
            time.sleep(0.001)

    def paired(days: int) -> str:
        return with_days(days).replace("calls_per_second: 1", f"calls_per_second: {days}")

    replaced(file, paired(90))
    configs = configs_of(file)
    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    taken = [soon(lambda: 90 in seen)]
    for days in range(1, 11):
        is_bad = days % 3 == 0
        replaced(file, BAD if is_bad else paired(days))
        taken.append(soon(lambda days=days, is_bad=is_bad: bool(configs.fault) if is_bad else days in seen))
    stop.set()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert all(taken)
    assert sorted(seen) == [1, 2, 4, 5, 7, 8, 10, 90]


def test_a_published_version_that_cannot_be_read_is_said_until_redis_names_it_no_more(file: Path) -> None:
    configs = configs_of(file)
    configs.heard_of(4)
    assert configs.fault == "the published config 4 cannot be read here; the file stays in force"
    file.write_text(with_days(5))
    assert soon(lambda: configs.in_force().call_log_days == 5)
    assert "published config 4" in configs.fault
    configs.heard_of(0)
    assert configs.fault == ""
