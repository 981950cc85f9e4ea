"""Every bad config made by hand is refused, with its place and with what would be right."""

from pathlib import Path

import pytest

from config.faults import ConfigError
from config.load import check_config
from config.settings import PACKAGED_CONFIG
from tests.config.bad_configs import ROWS

TEXT = PACKAGED_CONFIG.read_text("utf-8")


def refusals(file: Path, text: str | bytes) -> list[str]:
    """The faults of a config file with this text: `line:column: key: message`."""
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ConfigError) as refused:
        check_config(file)
    told = [str(fault) for fault in refused.value.faults]
    assert "\n".join(told) == str(refused.value)
    assert all(line.startswith(f"{file}:") for line in told)
    return [line.removeprefix(f"{file}:") for line in told]


def test_there_are_over_two_hundred_of_them_and_each_says_something_of_its_own() -> None:
    assert len({(old, new) for old, new, _ in ROWS}) == len(ROWS) > 300
    assert all(told and new.count("▸") == 1 for _, new, told in ROWS)


@pytest.mark.parametrize(("old", "new", "told"), ROWS)
def test_a_fault_is_named_with_its_place_and_what_is_right(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    assert old in TEXT, "the default file has changed; so must this row"
    before, _, after = TEXT.replace(old, new, 1).partition("▸")
    place = f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"
    found = refusals(tmp_path / "line.yaml", before + after)
    assert [line for line in found if line.startswith(f"{place}: {told}")], (place, found)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    text = TEXT.replace("tries: 3", "tries: 0").replace("zone: America/New_York", "zone: Nowhere")
    assert len(refusals(tmp_path / "line.yaml", text)) == 3
