"""A routing config that cannot be used is refused with file, line, column, key and what is right."""

import random
import time
from pathlib import Path

import pytest

from config.faults import ConfigError
from config.load import load_config
from config.settings import PACKAGED_CONFIG

TEXT = PACKAGED_CONFIG.read_text("utf-8")
ANOTHER = "{default: true, numbers: [], region: US, zone: UTC, hours: always, menu: main, languages: [en]}"

# What in the default file is changed, into what (▸ marks the place that the refusal names), key and message.
WRONG = [
    ("call_log_days", "▸call_log_dayz", "call_log_dayz: is not a key that Calmline knows here"),
    ("tries: 3", "▸trys: 3", "menus.main.trys: is not a key that Calmline knows here; check its spelling"),
    ("tries: 3", "▸tries: many", "menus.main.tries: Input should be a valid integer; here: many"),
    ("tries: 3", "▸tries: 0", "menus.main.tries: Input should be greater than or equal to 1; here: 0"),
    ("tries: 3", "▸tries: true", "menus.main.tries: Input should be a valid integer; here: True"),
    ("default: true", '▸default: "yes"', "lines.support.default: Input should be a valid boolean; here: yes"),
    ("call_log_days: 90", "▸call_log_days: 1.5", "call_log_days: Input should be a valid integer; here: 1.5"),
    ("lines:\n  support:", "▸lines: []\nlinez:\n  support:", "lines: Input should be a valid dictionary"),
    ("support:\n    default: true", "▸support: {}\n  s:\n    default: true", "lines.support.zone: is"),
    ('["+12125550100"]', '[▸"+1212555"]', 'lines.support.numbers.0: "+1212555" is not a telephone number'),
    ('["+12125550100"]', "[▸+12125550100]", 'lines.support.numbers.0: should be in quotes: "+12125550100"'),
    ('caller_id: "+12125550100"', "▸caller_id: +12125550100", "lines.support.caller_id: should be in quotes"),
    ('caller_id: "+12125550100"', '▸caller_id: "hello"', 'lines.support.caller_id: "hello" is not a'),
    ("zone: America/New_York", "▸zone: America/Nowhere", 'lines.support.zone: "America/Nowhere" is not a'),
    ("zone: America/New_York", "▸zone: America", 'lines.support.zone: "America" is not a time zone; write'),
    ("zone: America/New_York", "▸zone: ../etc/passwd", 'lines.support.zone: "../etc/passwd" is not a time'),
    ('open: "Mo-Fr 09:00-17:00"', '▸open: "nine to five"', 'hours.weekdays.open: "nine to five" are not'),
    ("region: US", "▸region: us", 'lines.support.region: "us" is not a country; write its two capital'),
    ("[US, CA]", "[US, ▸XX]", 'callbacks.countries.1: "XX" is not a country'),
    ("languages: [en, es]", "▸languages: [en, fr]", "lines.support.languages: there is no `fr` under"),
    ("languages: [en, es]", "▸languages: []", "lines.support.languages: "),
    ("menu: main", "▸menu: man", "lines.support.menu: there is no `man` under `menus:`; there is main"),
    ("hours: always", "▸hours: never", "lines.support.hours: there is no `never` under `hours:`; there is"),
    ("overflow: {queue: general}", "overflow: {▸queue: x}", "queues.team_leader.overflow.queue: there is no"),
    ("otherwise: {queue: general}", "otherwise: {▸queue: x}", "menus.main.otherwise.queue: there is no `x`"),
    ("emergency: {queue: urgent}", "emergency: {▸menu: x}", "lines.office.emergency.menu: there is no `x`"),
    ("emergency: {queue: urgent}", "▸emergency: {}", "lines.office.emergency: takes exactly one of queue"),
    ('"1": {queue: general,', '▸"1": {queue: general, menu: main,', "menus.main.keys.1: takes exactly one"),
    ('"1": {queue: general,', '"1": {▸message: x,', "menus.main.keys.1.message: there is no prompt `x` in"),
    ("say: press_general", "▸say: x", "menus.main.keys.1.say: there is no prompt `x` in en; give it under"),
    ('"1": {queue', "▸1: {queue", "menus.main.keys.1: Input should be a valid string; here: 1"),
    ('"1": {queue', '▸"12": {queue', 'menus.main.keys.12: "12" is not written as it should be'),
    ("{language: es", "{▸language: fr", "menus.main.keys.2.language: there is no `fr` under `languages:`"),
    ('"0": {queue: urgent', '▸"0": {queue: general', "menus.main.keys.0: 0 is the urgent key on every menu"),
    ("greeting: welcome", "▸greeting: hello", "menus.main.greeting: there is no prompt `hello` in en"),
    ("urgent: {queues: [urgent]}", "urgent: {▸queues: [x]}", "skills.urgent.queues: there is no `x` under"),
    ("skill: specialist", "▸skill: x", "queues.specialist.skill: there is no `x` under `skills:`"),
    ("queues:\n  general:", "▸queues:\n  normal:", "queues: the conduct policy needs a queue `general`"),
    ("lines:\n  support:\n    default: true\n", "▸lines:\n  support:\n", "lines: exactly one line takes "),
    ("lines:\n", f"▸lines:\n  third: {ANOTHER}\n", "lines: exactly one line takes `default: true`; here: 2"),
    ('numbers: ["+12125550101"]', '▸numbers: ["+12125550100"]', "lines.office.numbers: +12125550100 is also"),
    ("email: support@", "▸email: ", 'company.email: "example.com" is not written as it should be'),
    ('latest: "21:00"', '▸latest: "24:00"', 'callbacks.latest: "24:00" is not written as it should be'),
    ("report: nuisance", "▸report: threat", "dispositions.nuisance.report: "),
    ('{consent: "off"', "{▸consent: no", "recordings.consent: Input should be 'announce', 'ask' or 'off'"),
    ("call_log_days", "prompts:\n  en: {▸welcome: 'Hi {nam}'}\ncall_log_days", "prompts.en.welcome: holds {"),
    ("call_log_days", "prompts:\n  en: {▸welcome: 'Hi {Key}'}\ncall_log_days", "prompts.en.welcome: holds {"),
    ("es: {code: es-US}", "es: {code: es-US}\n  ▸de: {code: de-DE}", "languages.de: has no prompt `welcome`"),
    ("office:\n", "▸office:\n    <<: {zon: UTC}\n", "lines.office.zon: is not a key that Calmline knows"),
    ("    hours: weekdays", "▸\thours: weekdays", "is not YAML: "),
    ("zone: America/New_York", "zone: UTC\n    ▸zone: UTC", 'is not YAML: found duplicate key "zone"'),
    ("[en, es]            # the first one greets\n    caller_id:", "[en\n    caller_id▸:", "is not YAML: "),
]  # fmt: skip


def refusals(file: Path, text: str | bytes) -> list[str]:
    """The faults of a config file with this text: `line:column: key: message`."""
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ConfigError) as refused:
        load_config(file)
    told = [str(fault) for fault in refused.value.faults]
    assert "\n".join(told) == str(refused.value)
    assert all(line.startswith(f"{file}:") for line in told)
    return [line.removeprefix(f"{file}:") for line in told]


@pytest.mark.parametrize(("old", "new", "told"), WRONG)
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


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"", "should hold keys such as `lines:` and `menus:`"),
        (b"just words", "should hold keys such as"),
        (b"- a\n- list\n", "should hold keys such as"),
        (b"\x00\x01\x02\xff\xfe", "is not YAML: "),
        (b"\xff\xd8\xff\xe0 a picture", "is not YAML: "),
        (b"#" * 1_000_001, "is larger than 1 MB; a routing config is not"),
        (b"a: " + b"[" * 500, "is not YAML: "),
        (b"call_log_days: " + b"9" * 5_000, "is not YAML: "),
        (b"call_log_days: 2026-13-45", "is not YAML: "),
    ],
    ids=["empty", "words", "list", "binary", "picture", "large", "deep", "long number", "no such date"],
)
def test_what_is_no_routing_config_at_all_is_refused(tmp_path: Path, text: bytes, told: str) -> None:
    [fault] = refusals(tmp_path / "line.yaml", text)
    assert fault.startswith(f"1:1: {told}")


@pytest.mark.parametrize(
    ("name", "told"),
    [("missing.yaml", "No such file"), (".", "Is a directory"), ("file/below", "Not a directory")],
)
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, name: str, told: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match=f"cannot be read: {told}"):
        load_config(tmp_path / name)


def test_a_file_without_end_is_not_read_to_its_end() -> None:
    with pytest.raises(ConfigError, match="larger than 1 MB"):
        load_config(Path("/dev/zero"))


def mutated(chance: random.Random) -> str:
    """The default text with one to three random edits."""
    lines = [line for line in (line.partition("#")[0].rstrip() for line in TEXT.splitlines()) if line]
    for _ in range(chance.randint(1, 3)):
        at, kind = chance.randrange(len(lines)), chance.randrange(6)
        line = lines[at]
        spot = chance.randrange(len(line)) if line else 0
        match kind:
            case 0:
                lines[at : at + 1] = []
            case 1:
                lines.insert(at, line)
            case 2:
                lines[at] = chance.choice(lines)
            case 3:
                lines[at] = line[:spot] + line[spot + 1 :]
            case 4:
                lines[at] = line[:spot] + chance.choice("\"'{}[]:,#&*!|>%@`-?~0.\t\x00\x07é☃ <") + line[spot:]
            case _:
                lines[at] = line[:spot] + chance.choice(["null", "<<: ", "&a ", "*a", "!!set ", "1e9", "---"])
    return "\n".join(lines) + "\n"


@pytest.mark.filterwarnings("ignore::ruamel.yaml.error.YAMLWarning")
def test_no_edit_of_the_file_breaks_the_loader_or_takes_it_long(tmp_path: Path) -> None:
    chance, file, refused = random.Random(20261123), tmp_path / "line.yaml", 0
    for _ in range(500):
        file.write_bytes(mutated(chance).encode())
        started = time.process_time()
        try:
            load_config(file)
        except ConfigError:
            refused += 1
        assert time.process_time() - started < 1
    assert 200 < refused < 500
