"""The command line: what it prints, what it refuses and how it ends."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.settings import Settings, SettingsError
from tests.ivr.command_line import Run, calmline_at, said
from tests.journeys.places import REQUIRED, free_port, place
from tests.journeys.servers import Server, a_server
from tests.twilio import CALLER, OFFICE


@pytest.fixture
def run(settings: Settings) -> Run:
    return calmline_at(settings)


def test_explain_says_the_decision_and_each_rule_that_was_asked(run: Run) -> None:
    result = run("explain", CALLER)
    assert result.exit_code == 0
    first, second, *rules = result.stdout.splitlines()
    assert first == "menu: main   (line support)"
    assert second == "because of the rule menu; identity sure; config 0"
    assert rules[0] == "     state_unreadable  the standing was read"
    decided = rules.index("conduct:")
    assert rules[decided - 1] == "  -> menu              no other rule matched"
    assert rules[decided:] == ["conduct:", "  Nothing was ever written about this caller."]


def test_explain_as_json_is_the_decision_of_the_contract(run: Run) -> None:
    run("callers", "set", CALLER, "--treatment", "specialist")
    decision = said(run("explain", CALLER, "--json"))
    assert set(decision) == {"do", "name", "because", "trace", "conduct"}
    assert (decision["do"], decision["name"]) == ("enqueue", "specialist")
    assert decision["because"] == {
        "rule": "specialist",
        "offences": [],
        "config_version": 0,
        "identity": "sure",
        "hints": [],
    }
    assert all(set(line) == {"rule", "matched", "why"} for line in decision["trace"])
    assert [line["rule"] for line in decision["trace"] if line["matched"]] == ["specialist"]


@pytest.mark.parametrize(
    ("number", "identity"),
    [
        ("anonymous", "withheld"),
        ("+266696687", "withheld"),
        ("sip:anonymous@anonymous.invalid", "withheld"),
        ("sip:ana@example.com", "not_a_number"),
        ("unknown", "placeholder"),
        ("", "placeholder"),
        ("+1999", "not_a_number"),
        ("no number at all", "not_a_number"),
        ("(415) 555-0142", "sure"),
    ],
)
def test_explain_takes_whatever_twilio_sends_as_from(run: Run, number: str, identity: str) -> None:
    decision = said(run("explain", number, "--json"))
    assert (decision["because"]["rule"], decision["because"]["identity"]) == ("menu", identity)


@pytest.mark.parametrize(
    ("at", "do"),
    [("2026-11-23T10:00-05:00", "menu"), ("2026-11-23T22:00-05:00", "say_and_hang_up")],
    ids=["by day", "at night"],
)
def test_explain_asks_the_hours_of_the_line_that_was_dialled(run: Run, at: str, do: str) -> None:
    decision = said(run("explain", CALLER, "--to", OFFICE, "--at", at, "--json"))
    assert decision["do"] == do
    assert decision["because"]["rule"] == ("menu" if do == "menu" else "closed_hours")


@pytest.mark.parametrize("at", ["2026-11-23T10:00", "2026-11-23", "tomorrow"])
def test_a_time_without_its_zone_is_refused_with_an_example(run: Run, at: str) -> None:
    refused = run("explain", CALLER, "--at", at)
    assert refused.exit_code == 2
    assert f'"{at}" is no time with its zone; write it such as 2026-11-23T10:00-05:00.' in refused.stderr


def test_a_call_needs_the_lab(run: Run) -> None:
    refused = run("call", CALLER)
    assert isinstance(refused.exception, SettingsError)
    assert "set CALMLINE_LAB=1, here and for the server" in str(refused.exception)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with place(tmp_path_factory.mktemp("cli")) as here:
        yield a_server(here, CALMLINE_LAB="1")


@pytest.fixture
def by_phone(server: Server, run: Run) -> Run:
    """`calmline …` beside the running server."""
    beside = {
        "CALMLINE_DATA": str(server.place.data),
        "CALMLINE_SITE": "main",
        "PORT": str(server.port),
        "CALMLINE_LAB": "1",
    }
    return lambda *words: run(*words, **beside)


@pytest.mark.processes
def test_a_call_as_json_tells_what_was_heard_and_decided(by_phone: Run) -> None:
    story = said(by_phone("call", "+14155550143", "--press", "2,1", "--json"))
    assert {"call_sid", "heard", "decision", "ended"} <= set(story)
    assert all(set(heard) == {"verb", "text", "language"} for heard in story["heard"])
    assert [heard["text"] for heard in story["heard"] if heard["verb"] == "press"] == ["2", "1"]
    assert story["heard"][-2]["language"] == "es-US"
    assert (story["ended"], story["decision"]["do"], story["decision"]["name"]) == (
        "waiting",
        "enqueue",
        "general",
    )


@pytest.mark.processes
@pytest.mark.parametrize(
    ("treatment", "press", "decided"),
    [
        ("", (), ("menu", "main", "menu")),
        ("", ("--press", "0"), ("enqueue", "urgent", "urgent_key")),
        ("email_only", (), ("say_and_hang_up", "email_only", "email_only")),
        ("email_only", ("--press", "2"), ("enqueue", "team_leader", "email_only")),
        ("email_only", ("--press", "7"), ("say_and_hang_up", "email_only", "email_only")),
    ],
)
def test_the_decision_of_a_call_is_what_the_caller_s_keys_led_to(
    by_phone: Run, treatment: str, press: tuple[str, ...], decided: tuple[str, str, str]
) -> None:
    number = "+14155550147" if treatment else "+14155550146"
    if treatment:
        by_phone("callers", "set", number, "--treatment", treatment)
    found = said(by_phone("call", number, *press, "--json"))["decision"]
    assert (found["do"], found["name"], found["because"]["rule"]) == decided


@pytest.mark.processes
def test_a_call_is_printed_as_a_person_hears_it(by_phone: Run) -> None:
    heard = by_phone("call", CALLER, "--press", "3").stdout
    assert "  line   [en-US] Thank you for calling Example Company." in heard
    assert "  caller presses 3" in heard
    assert "The line ended the call." in heard
    assert "decided: offer_callback call_me_back, rule menu, identity sure" in heard
    assert CALLER in by_phone("callbacks", "list").stdout
    wishes = said(by_phone("callbacks", "list", "--json"))
    assert (wishes["items"][0]["number"], wishes["items"][0]["line"], wishes["next"]) == (
        CALLER,
        "support",
        None,
    )


@pytest.mark.processes
def test_who_waits_stays_that_long_and_may_press_a_key(by_phone: Run) -> None:
    began = time.monotonic()
    story = said(by_phone("call", CALLER, "--press", "1,0", "--wait", "1", "--json"))
    assert 1 <= time.monotonic() - began < 3
    assert (story["ended"], story["decision"]["name"]) == ("waiting", "urgent")
    assert by_phone("call", CALLER, "--wait", "7201").exit_code == 2


@pytest.mark.processes
def test_a_call_without_a_server_is_an_error(by_phone: Run, run: Run) -> None:
    failed = run("call", CALLER, "--json", CALMLINE_LAB="1", PORT=str(free_port()))
    assert failed.exit_code == 1
    story = json.loads(failed.stdout)
    assert (story["ended"], story["decision"]) == ("error", None)
    assert "11205 the server cannot be reached" in story["problems"][0]


@pytest.mark.processes
def test_what_is_wrong_is_said_in_a_sentence_and_by_the_exit_status(tmp_path: Path) -> None:
    with place(tmp_path) as here:
        nothing = here.run("explain", CALLER)
        assert (nothing.returncode, nothing.stdout) == (2, "")
        assert "TWILIO_ACCOUNT_SID is not set" in nothing.stderr
        away = here.run("explain", CALLER, **REQUIRED, REDIS_URL=f"redis://127.0.0.1:{free_port()}/0")
        assert away.returncode == 0
        assert "state_unreadable" in away.stdout
        away = here.run("callers", "show", CALLER, **REQUIRED, REDIS_URL=f"redis://127.0.0.1:{free_port()}/0")
        assert away.returncode == 1
        assert away.stderr.startswith("Redis does not answer (")
        assert away.stderr.endswith("Nothing was changed; try again.\n")
