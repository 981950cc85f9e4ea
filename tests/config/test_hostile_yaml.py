"""A config file that somebody wrote to do harm is refused within a second, whatever it is."""

import os
import time
from pathlib import Path

import pytest

from config.faults import ConfigError
from config.load import check_config
from config.settings import PACKAGED_CONFIG
from config.yaml_file import MAX_BYTES

TEXT = PACKAGED_CONFIG.read_text("utf-8")
TRICK = "is one of YAML's anchors, aliases and tags, which are not known here"
DEEP, MUCH, LONG = (
    "is nested too deep; a routing config is not",
    "is too much; a routing",
    "is too long a line",
)
LARGE = "is larger than 150 kB; a routing config is not"


def filled_up(start: str, more: str, end: str = "") -> str:
    """As many times `more` as a file may hold."""
    return start + more * ((MAX_BYTES - len(start) - len(end)) // len(more.encode())) + end


WEEK = 'open: "Mo-Fr 09:00-17:00"'


def line_of(words: str) -> int:
    """The line of the default file that holds them first."""
    return TEXT[: TEXT.index(words)].count("\n") + 1


BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 30))
MERGES = "a0: &a0 {k: v}\n" + "".join(
    f"a{i}: &a{i} {{<<: [{', '.join([f'*a{i - 1}'] * 10)}]}}\n" for i in range(1, 30)
)
MARCH = [" " * depth for depth in range(int((2 * MAX_BYTES) ** 0.5) - 3)]

HOSTILE = {
    "alias bomb": (BOMB, "1:5: ", TRICK),
    "merge bomb": (MERGES, "1:5: ", TRICK),
    "alias of itself": ("a: &a [*a]\n", "1:4: ", TRICK),
    "alias hidden behind apostrophes": ("a: [b', *c, d']\n", "1:9: ", TRICK),
    "alias as a key": ("*a : b\n", "1:1: ", TRICK),
    "python object": ("a: !!python/object/apply:os.system [ls]\n", "1:4: ", TRICK),
    "python name": ("a: !!python/name:os.system\n", "1:4: ", TRICK),
    "tag of its own": ("a: !<tag:yaml.org,2002:set> {b}\n", "1:4: ", TRICK),
    "set": ("a: [b, !!set {c}]\n", "1:8: ", TRICK),
    "binary": ("a: !!binary aGVsbG8=\n", "1:4: ", TRICK),
    "tag directives": (filled_up("", "%TAG !a! x\n"), "2:", "is not YAML: duplicate tag handle"),
    "version 9": ("%YAML 9.9\n---\na: b\n", "1:1: ", "is not YAML: found incompatible YAML document"),
    "10 MB": (("#" * 79 + "\n") * 131_072, "1:1: ", LARGE),
    "documents": (filled_up("a: b\n", "---\n"), "2:1: ", "is a second document"),
    "brackets in one line": (filled_up("a: ", "["), "1:1: ", LONG),
    "brackets in many lines": (filled_up("a:\n", " [\n"), "22:", DEEP),
    "200 brackets a line": (filled_up("a:\n", " " + "[" * 199 + "\n"), "2:22: ", DEEP),
    "braces": (filled_up("a: ", "{b: "), "1:1: ", LONG),
    "braces in many lines": (filled_up("a:\n", " {b:\n"), "22:", DEEP),
    "indentation": ("".join(f"{spaces}a:\n" for spaces in MARCH), "22:22: ", DEEP),
    "dashes in one line": (filled_up("", "- "), "1:1: ", LONG),
    "dashes in many lines": ("".join(f"{spaces}- \n" for spaces in MARCH), "22:22: ", DEEP),
    "question marks": (filled_up("", "? "), "1:1: ", LONG),
    "question marks in many lines": (filled_up("", "?\n"), "2:2: ", "the key"),
    "mapping as a key": ("{a: b}: c\n", "1:1: ", "should be a key: a word or a number in quotes"),
    "nothing as a key": ("? \n: [{}]\n? \n", "3:2: ", 'the key "None" stands here twice, first in line 1'),
    "NULs": ("\0" * 10_000, "1:1: ", "holds a character that no text has (number 0)"),
    "a NUL in the middle": (
        TEXT.replace("welcome", "wel\0come", 1),
        f"{line_of('greeting:')}:18: ",
        "holds a character that no",
    ),
    "UTF-16": (TEXT.encode("utf-16"), "1:1: ", "is not text in UTF-8; save the file in that encoding"),
    "UTF-32": (TEXT.encode("utf-32"), "1:1: ", "is not text in UTF-8"),
    "half a surrogate": (b"a: \xed\xa0\x80\n", "1:4: ", "is not text in UTF-8"),
    "huge number": (
        "call_log_days: " + "9" * 19_000,
        "1:1: ",
        "Input should be a valid integer; here: 99999",
    ),
    "huge exponent": ("call_log_days: 1e999999999\n", "1:1: ", "Input should be a valid integer; here: 1e9"),
    "not a number": ("call_log_days: .nan\n", "1:1: ", "Input should be a valid integer; here: .nan"),
    "long key": ("k" * 19_000 + ": 1\n", "1:", "is not YAML: "),
    "long key in quotes": ('"' + "k" * 1_000 + '": 1\n', "1:1: ", "is not a key that Calmline knows here"),
    "long keys": ("".join(f"{f'k{i}' * 90}: 1\n" for i in range(400)), "1:1: ", "is not a key that Calmline"),
    "many keys": ("".join(f"k{i}: v\n" for i in range(14_000)), "4500:", MUCH),
    "many items": (filled_up("a: [\n", " 1,\n", "]"), "", MUCH),
    "many empty mappings": (filled_up("a: [\n", " {},\n", "]"), "", MUCH),
    "the same key": (filled_up("", "a: b\n"), "2:1: ", 'the key "a" stands here twice, first in line 1'),
    "long line": (filled_up("a: ", "x"), "1:1: ", LONG),
    "empty lines": (filled_up("", "\n"), "1:1: ", "should hold keys such as"),
    "comments": (filled_up("", "# a\n"), "1:1: ", "should hold keys such as"),
    "a text over many lines": (filled_up("a: b\n", " c\n"), "1:1: ", "is not a key that Calmline knows here"),
    "a text in quotes over many lines": (filled_up('a: "', "x\n", ' "'), "1:1: ", "is not a key that"),
    "a block text": (filled_up("a: |\n", " x\n"), "1:1: ", "is not a key that Calmline knows here"),
    "a folded text": (filled_up("a: >\n", " x\n"), "1:1: ", "is not a key that Calmline knows here"),
    "escapes": (filled_up('a: "', "\\\\n\n", ' "'), "", ""),
    "opening hours without end": (
        TEXT.replace('"Mo-Fr 09:00-17:00"', f'"{"Mo 09:00-10:00; " * 900}Tu off"'),
        f"{line_of(WEEK)}:5: ",
        "String should have at most 500 characters",
    ),
    "unknown keys": ("".join(f"k{i}: v\n" for i in range(3_900)), "1:1: ", "3808 more are wrong; put those"),
}


@pytest.mark.parametrize(("text", "place", "told"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_is_refused_within_a_second(
    tmp_path: Path, text: str | bytes, place: str, told: str
) -> None:
    file = tmp_path / "line.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    started = time.process_time()
    with pytest.raises(ConfigError) as refused:
        check_config(file)
    assert time.process_time() - started < 1
    found = [str(fault).removeprefix(f"{file}:") for fault in refused.value.faults]
    assert [fault for fault in found if fault.startswith(place) and told in fault], found[:3]
    assert all(len(fault) < 1_500 for fault in found)


@pytest.mark.parametrize(
    "week",
    [
        ",".join(f"{minute // 30 + 8:02}:{minute % 30 * 2:02}-20:00" for minute in range(40)),
        "; ".join(f"{2030 + rule % 5} Jan {rule + 1:02} 09:00-10:{rule + 10}" for rule in range(18))
        + "; week 53",
    ],
    ids=["spans", "rules"],
)
def test_opening_hours_as_long_as_they_may_be_are_checked_within_a_second(tmp_path: Path, week: str) -> None:
    (tmp_path / "line.yaml").write_text(TEXT.replace("Mo-Fr 09:00-17:00", week))
    assert 450 < len(week) <= 500
    started = time.process_time()
    assert check_config(tmp_path / "line.yaml").hours["weekdays"].open == week
    assert time.process_time() - started < 1


def test_a_device_without_end_is_refused() -> None:
    with pytest.raises(ConfigError, match="is no file but a device or a pipe"):
        check_config(Path("/dev/zero"))


def test_a_pipe_that_nobody_writes_to_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    started = time.monotonic()
    with pytest.raises(ConfigError, match="is no file but a device or a pipe"):
        check_config(tmp_path / "pipe.yaml")
    assert time.monotonic() - started < 1


def test_a_link_to_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "line.yaml").symlink_to(tmp_path / "line.yaml")
    with pytest.raises(ConfigError, match="cannot be read: "):
        check_config(tmp_path / "line.yaml")
