"""What is no routing config at all, and what the server takes that `config check` does not."""

from pathlib import Path

import pytest

from config.faults import ConfigError
from config.load import check_config, load_config
from config.settings import PACKAGED_CONFIG
from tests.config.test_bad_configs import refusals

TEXT = PACKAGED_CONFIG.read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"", "1:1: should hold keys such as `lines:` and `menus:`"),
        (b"just words", "1:1: should hold keys such as"),
        (b"- a\n- list\n", "1:1: should hold keys such as"),
        (b"\x00\x01\x02", "1:1: holds a character that no text has (number 0); take it out"),
        (b"a: b\nc: \xff\xfe", "2:4: is not text in UTF-8; save the file in that encoding"),
        (b"\xff\xd8\xff\xe0 a picture", "1:1: is not text in UTF-8; save the file in that encoding"),
        (b"# a\n" * 50_001, "1:1: is larger than 150 kB; a routing config is not"),
    ],
    ids=["empty", "words", "list", "binary", "half text", "picture", "large"],
)
def test_what_is_no_routing_config_at_all_is_refused(tmp_path: Path, text: bytes, told: str) -> None:
    [fault] = refusals(tmp_path / "line.yaml", text)
    assert fault.startswith(told)


@pytest.mark.parametrize(
    ("name", "told"),
    [("missing.yaml", "No such file"), (".", "Is a directory"), ("file/below", "Not a directory")],
)
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, name: str, told: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match=f"cannot be read: {told}"):
        load_config(tmp_path / name)


@pytest.mark.parametrize("text", ["\ufeff" + TEXT, TEXT.replace("\n", "\r\n")], ids=["mark", "ends"])
def test_a_file_written_on_windows_is_the_same_config(tmp_path: Path, text: str) -> None:
    (tmp_path / "line.yaml").write_bytes(text.encode())
    assert check_config(tmp_path / "line.yaml").model_dump() == load_config(PACKAGED_CONFIG).model_dump()


def test_the_server_works_by_a_config_that_check_finds_odd(tmp_path: Path) -> None:
    odd = TEXT.replace("menus:\n", 'menus:\n  spare: {keys: {"1": {queue: general}}}\n')
    told = "menus.spare: no line, key or overflow leads to this menu"
    assert told in refusals(tmp_path / "line.yaml", odd)[0]
    assert "spare" in load_config(tmp_path / "line.yaml").menus


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Mo-Fr 09:00-17:00", "Mo-Fr 09:00-17:00; 2026 Dec 24 off"),
        ("Mo-Fr 09:00-17:00", "Mo-Fr 09:00-17:00; 2031 Dec 24 off"),
        ("Mo-Fr 09:00-17:00", "Mo-Fr 09:00-17:00; week 53 off"),
        ("Mo-Fr 09:00-17:00", "Mo-Fr 09:00-17:00; Feb 29 off"),
        ("Mo-Fr 09:00-17:00", "Mo-Fr 09:00-17:00; 2028 Feb 29 off"),
        ("Mo-Fr 09:00-17:00", "Mo-Fr 09:00-17:00; easter +1 day off"),
        ("Mo-Fr 09:00-17:00", "2031 Mo-Fr 09:00-17:00"),
        ("Mo-Fr 09:00-17:00", "Mo-Su 22:00-06:00"),
        ("Mo-Fr 09:00-17:00", "Mo-Fr 09:00-12:00,13:00-17:00; Sa[1] 10:00-12:00"),
        ("    closures:\n", "    closures: [{name: A, from: 2027-07-03, to: 2027-07-05}]"),
        ("    closures:\n", '    closures: [{name: A, from: "2028-02-29", to: 2028-02-29}]'),
        ("# subdivision: NY", "subdivision: NY"),
        ("[Columbus Day, Veterans Day]", "[]"),
        ("overflow: {queue: general}", "overflow: {menu: main}"),
        ("\nprompts:\n", "\nprompts: {en: {welcome: {ssml: 'Hi <break time=\"1s\"/>{company}'}}}"),
        ("\nprompts:\n", "\nprompts: {en: {welcome: 'Press *1* & wait!'}}"),
        ("\nprompts:\n", "\nprompts:\n  en:\n    welcome: >\n      *Hello*\n      &Co, [hi] {company}.\n"),
        ("\nprompts:\n", "\nprompts: {en: {welcome: \"a\n  *b\n  !c\"}}"),
    ],
)  # fmt: skip
def test_what_is_unusual_and_right_is_taken(tmp_path: Path, old: str, new: str) -> None:
    assert old in TEXT
    (tmp_path / "line.yaml").write_text(TEXT.replace(old, new, 1))
    assert check_config(tmp_path / "line.yaml").version == 0
