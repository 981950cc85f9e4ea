"""`calmline config`: check says what is wrong, show fills in what is left out, schema is for editors."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from ruamel.yaml import YAML

from config.load import check_config
from config.settings import PACKAGED_CONFIG
from ivr.cli import calmline
from tests.ivr.json_schema import unfit

TEXT = PACKAGED_CONFIG.read_text("utf-8")
WRONG = TEXT.replace("tries: 3", "trys: 3").replace("zone: America/New_York", "zone: Nowhere")


def calmline_config(*words: str | Path) -> Result:
    return CliRunner().invoke(calmline, ["config", *map(str, words)])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "line.yaml"


def test_the_config_that_comes_with_calmline_is_right(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    found = calmline_config("check")
    assert (found.exit_code, found.stderr) == (0, "")
    assert found.stdout == f"{PACKAGED_CONFIG}: 2 lines, 1 menu, 5 queues; nothing is wrong.\n"


def test_the_file_of_the_environment_is_looked_at(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    file.write_text(WRONG)
    monkeypatch.setenv("CALMLINE_CONFIG", str(file))
    assert calmline_config("check").exit_code == 1
    assert calmline_config("check", PACKAGED_CONFIG).exit_code == 0


def test_every_fault_begins_with_its_file_line_and_column(file: Path) -> None:
    file.write_text(WRONG)
    found = calmline_config("check", file)
    assert found.exit_code == 1
    places = re.findall(rf"^{re.escape(str(file))}:(\d+):(\d+): (\S+): .+$", found.stdout, re.MULTILINE)
    lines = WRONG.splitlines()
    assert [key for _, _, key in places] == ["lines.support.zone", "lines.office.zone", "menus.main.trys"]
    for line, column, key in places:
        assert lines[int(line) - 1][int(column) - 1 :].startswith(key.rpartition(".")[2])
    assert len(places) == len(found.stdout.splitlines())


def test_a_file_in_the_working_folder_is_named_from_there(
    monkeypatch: pytest.MonkeyPatch, file: Path
) -> None:
    file.write_text(WRONG)
    monkeypatch.chdir(file.parent)
    assert calmline_config("check", file).stdout.startswith("line.yaml:")


def test_the_faults_are_also_to_be_had_as_json(file: Path) -> None:
    file.write_text(WRONG)
    found = calmline_config("check", "--json", file)
    assert found.exit_code == 1
    told = json.loads(found.stdout)
    assert (list(told), told["next"], len(told["items"])) == (["items", "next"], None, 3)
    assert told["items"][2] == {
        "file": str(file),
        "line": WRONG[: WRONG.index("trys")].count("\n") + 1,
        "column": 5,
        "key": "menus.main.trys",
        "message": "is not a key that Calmline knows here; did you mean `tries`?",
    }


def test_a_sound_file_has_no_items(file: Path) -> None:
    file.write_text(TEXT)
    found = calmline_config("check", "--json", file)
    assert (found.exit_code, json.loads(found.stdout)) == (0, {"items": [], "next": None})


@pytest.mark.parametrize("command", ["check", "show"])
def test_a_file_that_is_not_there_is_said(command: str, file: Path) -> None:
    found = calmline_config(command, file)
    assert found.exit_code == 1
    assert found.output == f"{file}:1:1: cannot be read: No such file or directory\n"


RICH = (
    TEXT.replace("    closures:\n", "    closures: [{name: A, from: '2027-07-06', to: '2027-07-07'}]\n")
    .replace("# subdivision: NY", "subdivision: NY")
    .replace("tries: 3", "tries: 3\n    speech: {confidence: 0.7, hints: [adviser]}")
    .replace('"1": {queue: general,', '"1": {queue: general, words: [person],')
    .replace("# notice: outage", "notice: outage")
    .replace("after_hours: {message: closed_hours}", "after_hours: {voicemail: leave_message}")
    .replace(
        "\nprompts:\n",
        "\nprompts:\n  en: {outage: {ssml: '<p>Down. \u2603</p>'}, goodbye: {play: 'https://a.example/b.mp3'}}\n"
        '  es: {outage: "Sí: no funciona.\\nEstamos en ello."}',
    )
)


@pytest.mark.parametrize("text", [TEXT, RICH], ids=["the default", "with everything"])
@pytest.mark.parametrize("more", [[], ["--json"]], ids=["yaml", "json"])
def test_what_show_prints_is_itself_a_config_and_the_same_one(file: Path, text: str, more: list[str]) -> None:
    file.write_text(text)
    shown = calmline_config("show", file, *more)
    assert (shown.exit_code, shown.stderr) == (0, "")
    again = file.with_name("shown.yaml")
    again.write_text(shown.stdout)
    assert calmline_config("check", again).exit_code == 0
    assert check_config(again).model_dump() == check_config(file).model_dump()


def test_show_fills_in_what_the_file_leaves_out(file: Path) -> None:
    file.write_text(TEXT[: TEXT.index("# The conduct policy's numbers")])
    shown = YAML(typ="safe", pure=True).load(calmline_config("show", file).stdout)
    assert shown["conduct"]["offence_days"] == 365
    assert shown["queues"]["urgent"]["service_level_s"] == 20
    assert shown["prompts"]["es"]["welcome"] == {"text": "Gracias por llamar a {company}."}
    assert list(shown)[:3] == ["company", "lines", "languages"]


def test_show_refuses_a_bad_file_and_prints_nothing_of_it(file: Path) -> None:
    file.write_text(WRONG)
    found = calmline_config("show", file)
    assert (found.exit_code, found.stdout) == (1, "")
    assert len(found.stderr.splitlines()) == 3


SCHEMA = json.loads(calmline_config("schema").stdout)


@pytest.mark.parametrize("text", [TEXT, RICH], ids=["the default", "with everything"])
def test_an_editor_with_the_schema_takes_what_check_takes(text: str) -> None:
    assert unfit(YAML(typ="safe", pure=True).load(text), SCHEMA, SCHEMA) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("tries: 3", "trys: 3", ".menus.main.trys: is not known"),
        ("tries: 3", "tries: 30", ".menus.main.tries: 30 is not what it may be"),
        ("tries: 3", "tries: many", ".menus.main.tries: 'many' is no integer"),
        ("call_log_days: 90", "call_log: 90", ".call_log: is not known"),
        ("  name: Example Company\n", "", ".company.name: is missing"),
        ('{consent: "off"', '{consent: "no"', ".recordings.consent: 'no' is not what it may be"),
        ('"1": {queue', '"12": {queue', ".menus.main.keys.12: is not known"),
    ],
)
def test_an_editor_with_the_schema_marks_what_check_refuses(old: str, new: str, told: str) -> None:
    assert unfit(YAML(typ="safe", pure=True).load(TEXT.replace(old, new, 1)), SCHEMA, SCHEMA) == [told]


def test_the_schema_describes_every_section() -> None:
    assert set(SCHEMA["properties"]) == set(YAML(typ="safe", pure=True).load(TEXT))
    assert all(kind["description"] for kind in SCHEMA["$defs"].values())
    assert set(SCHEMA["required"]) <= set(SCHEMA["properties"])
