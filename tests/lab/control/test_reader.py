"""What people type at `calmline lab phone`, line by line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.lab.control.reader import HELP, WORDS, Command, Misread, read_command

ANA, BEN, CAL = "+12125550160", "+12125550161", "+14155550160"
PHONES = (ANA, BEN, CAL)


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("", None),
        ("  \n", None),
        ("1", Command("press", ANA, "1")),
        ("*0#\n", Command("press", ANA, "*0#")),
        ("1 2 3", Command("press", ANA, "123")),
        ("press 4 5", Command("press", ANA, "45")),
        ("call", Command("call", ANA)),
        ("call +12125550100", Command("call", ANA, "+12125550100")),
        ("CALL (212) 555-0100", Command("call", ANA, "(212) 555-0100")),
        ("say I need  help", Command("say", ANA, "I need help")),
        ("say 1", Command("say", ANA, "1")),
        ("answer", Command("answer", ANA)),
        ("Reject", Command("reject", ANA)),
        ("hang up", Command("hang up", ANA)),
        (" hangup ", Command("hang up", ANA)),
        ("drop", Command("drop", ANA)),
        ("use +12125550161", Command("use", BEN, BEN)),
        ("use 161", Command("use", BEN, BEN)),
        ("use +1415", Command("use", CAL, CAL)),
        ("+12125550161", Command("use", BEN, BEN)),
        ("+12125550161 answer", Command("answer", BEN)),
        ("+1415 1", Command("press", CAL, "1")),
        ("+1415 say +1212 is my number", Command("say", CAL, "+1212 is my number")),
        ("phones", Command("phones", ANA)),
        ("wait 2.5", Command("wait", ANA, "2.5")),
        ("help", Command("help", ANA)),
        ("?", Command("help", ANA)),
        ("quit", Command("quit", ANA)),
        ("exit", Command("quit", ANA)),
    ],
)
def test_a_line_is_a_command(line: str, command: Command | None) -> None:
    assert read_command(line, PHONES, ANA) == command


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("foo", '"foo" is no command; type help.'),
        ("answer me", '"answer me" is no command; type help.'),
        ("hang", '"hang" is no command; type help.'),
        ("say", "Say what? Such as: say I need help"),
        ("press", "Press which keys? Such as: press 1"),
        ("press one", "The keys are 0-9, * and #."),
        ("use", "Use which telephone? Type `phones` to see them."),
        ("use 160", "160 may be +12125550160 or +14155550160; type more of it."),
        ("+1 answer", f"+1 may be {ANA} or {BEN} or {CAL}; type more of it."),
        ("+99 1", f"+99 is none of your telephones: {ANA}, {BEN}, {CAL}."),
        ("wait", "Wait how many seconds? Such as: wait 5"),
        ("wait ages", '"ages" is no number of seconds.'),
        ("wait -1", '"-1" is no number of seconds.'),
    ],
)
def test_what_is_no_command_is_refused_in_a_sentence(line: str, why: str) -> None:
    assert read_command(line, PHONES, ANA) == Misread(why)


def test_a_telephone_that_is_no_number_can_be_named() -> None:
    assert read_command("anonymous call", ["anonymous", ANA], ANA) == Command("call", "anonymous")


@given(st.text(max_size=30) | st.sampled_from(WORDS).flatmap(lambda word: st.text().map(f"{word} ".__add__)))
def test_whatever_is_typed_is_read_or_refused(line: str) -> None:
    found = read_command(line, PHONES, ANA)
    assert found is None or isinstance(found, Misread) or found.number in PHONES
    if isinstance(found, Command) and found.verb == "wait":
        assert float(found.more) >= 0


@pytest.mark.parametrize("word", WORDS)
def test_the_help_tells_every_command(word: str) -> None:
    assert word in HELP
