"""`calmline doctor`: each finding when all is well and when it is not, and what it says to do."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from config.settings import Settings
from tests.ivr.command_line import Run, calmline_at
from tests.ivr.rest import Rest, a_number, rest
from tests.ivr.voice.scenes import a_config
from tests.journeys.places import free_port, place
from tests.journeys.servers import Valkey
from tests.twilio import LINE, OFFICE

Examine = Callable[..., dict[str, tuple[bool, str, str]]]
LAB_FINDINGS = ["settings", "Redis", "routing config", "server"]


@pytest.fixture
def run(settings: Settings) -> Run:
    return calmline_at(settings)


@pytest.fixture
def twilio_rest() -> Iterator[Rest]:
    """The account has both numbers of the default config, set up for PUBLIC_URL."""
    with rest() as stand_in:
        stand_in.numbers = [a_number(number, stand_in.url) for number in (LINE, OFFICE)]
        yield stand_in


def findings(result: Result) -> dict[str, tuple[bool, str, str]]:
    """What was found, by what was looked at: is it well, what was said, what is to be done."""
    items = json.loads(result.stdout.splitlines()[-1])["items"]
    assert result.exit_code == (0 if all(item["ok"] for item in items) else 1)
    assert all(set(item) == {"what", "ok", "said", "to_do"} for item in items)
    assert all(item["ok"] or item["to_do"] for item in items), "what is wrong comes with what to do"
    return {item["what"]: (item["ok"], item["said"], item["to_do"]) for item in items}


@pytest.fixture
def examine(run: Run, twilio_rest: Rest) -> Examine:
    """`calmline doctor --json` of a real site; Twilio's REST and the server at PUBLIC_URL are stand-ins."""
    at = {"TWILIO_API_URL": twilio_rest.url, "PUBLIC_URL": twilio_rest.url}
    return lambda **more: findings(run("doctor", "--json", **(at | more)))


def test_a_site_in_the_lab_is_not_looked_up_at_twilio(run: Run, twilio_rest: Rest) -> None:
    found = findings(run("doctor", "--json", CALMLINE_LAB="1", PUBLIC_URL=twilio_rest.url))
    assert list(found) == LAB_FINDINGS
    assert all(ok and not to_do for ok, _, to_do in found.values())
    assert found["Redis"][1] == "answers, and keeps what it is told"
    assert twilio_rest.asked == []


def test_when_all_is_well_it_says_so_and_ends_with_0(run: Run, twilio_rest: Rest, examine: Examine) -> None:
    found = examine()
    assert found.pop("PUBLIC_URL")[0] is False, "the stand-in is not https://"
    assert all(ok for ok, _, _ in found.values())
    assert found["Twilio account"][1] == "2 numbers"
    assert (found["number …00"][1], found["number …01"][1]) == ("is set up", "is set up")
    assert found["clock"][1].endswith("s apart from this machine's")
    path = "/2010-04-01/Accounts/AC00000000000000000000000000000001/IncomingPhoneNumbers.json"
    assert twilio_rest.asked == [path]
    lines = run("doctor", CALMLINE_LAB="1", PUBLIC_URL=twilio_rest.url).stdout.splitlines()
    assert lines[1] == "ok     Redis: answers, and keeps what it is told"


@pytest.mark.parametrize(
    ("variables", "said", "to_do"),
    [
        ({"TWILIO_AUTH_TOKEN": "another"}, "does not accept the account SID", "TWILIO_AUTH_TOKEN"),
        ({"TWILIO_API_KEY": "SK" + "0" * 32, "TWILIO_API_SECRET": "x"}, "does not accept", "TWILIO_API_KEY"),
        ({"TWILIO_API_URL": "http://127.0.0.1:9"}, "Twilio cannot be reached", "https://status.twilio.com"),
    ],
    ids=["wrong token", "wrong key", "nobody there"],
)
def test_an_account_that_cannot_be_asked_is_said(
    examine: Examine, variables: dict[str, str], said: str, to_do: str
) -> None:
    ok, heard, advice = examine(**variables)["Twilio account"]
    assert (ok, said in heard, to_do in advice) == (False, True, True)


@pytest.mark.parametrize(
    ("answer", "said", "to_do"),
    [
        ({"status": 500}, "Twilio refused with 500", "https://status.twilio.com"),
        ({"status": 503, "body": "<html>busy</html>"}, "Twilio", "https://status.twilio.com"),
        ({"body": "<html>hello</html>"}, "what answers is not Twilio's REST", "See TWILIO_API_URL."),
        ({"body": "[]"}, "what answers is not Twilio's REST", "See TWILIO_API_URL."),
        ({"body": '{"a": 1, "b": 2}'}, "what answers is not Twilio's REST", "See TWILIO_API_URL."),
        ({"slow_s": 3.5}, "Twilio cannot be reached: ReadTimeout", "https://status.twilio.com"),
    ],
    ids=["500", "503 without JSON", "a web page", "a list", "another JSON", "slow"],
)
def test_a_twilio_that_fails_is_said(
    examine: Examine, twilio_rest: Rest, answer: dict[str, Any], said: str, to_do: str
) -> None:
    for name, value in answer.items():
        setattr(twilio_rest, name, value)
    ok, heard, advice = examine()["Twilio account"]
    assert (ok, said in heard, to_do in advice) == (False, True, True), heard


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"voice_url": "https://elsewhere.example/voice"}, "its voice should be POST {url}/voice/incoming"),
        ({"voice_method": "GET"}, "its voice should be POST {url}/voice/incoming"),
        ({"voice_url": ""}, "its voice should be POST {url}/voice/incoming"),
        ({"voice_url": None, "voice_method": None}, "its voice should be POST {url}/voice/incoming"),
        ({"voice_fallback_url": None}, "its fallback should be POST {url}/voice/fallback"),
        ({"status_callback_method": "GET"}, "its status callback should be POST {url}/voice/events"),
    ],
    ids=["another URL", "GET", "no URL", "nothing", "no fallback", "events by GET"],
)
def test_a_number_that_asks_elsewhere_is_said_with_what_is_right(
    examine: Examine, twilio_rest: Rest, changes: dict[str, Any], said: str
) -> None:
    twilio_rest.numbers[0] = a_number(LINE, twilio_rest.url, **changes)
    found = examine()
    assert found["number …00"][:2] == (False, said.format(url=twilio_rest.url))
    assert found["number …01"][0]


def test_a_number_that_the_account_does_not_have_is_said(examine: Examine, twilio_rest: Rest) -> None:
    del twilio_rest.numbers[1]
    assert examine()["number …01"] == (
        False,
        "the account has no such number",
        "Buy it, or take it out of `lines:`.",
    )


@pytest.mark.parametrize(
    ("url", "what", "said"),
    [
        ("https://calm_line.example", "PUBLIC_URL", "holds an underscore"),
        ("http://voice.example.invalid", "PUBLIC_URL", "is nothing that Twilio can reach safely"),
        ("https://localhost", "PUBLIC_URL", "is nothing that Twilio can reach safely"),
        ("https://127.0.0.1:9", "server", "https://127.0.0.1:9 does not answer (ConnectionError)"),
    ],
)
def test_a_public_url_that_cannot_work_is_said(examine: Examine, url: str, what: str, said: str) -> None:
    ok, heard, _ = examine(PUBLIC_URL=url)[what]
    assert (ok, said in heard) == (False, True)


def test_something_else_at_the_public_url_is_said(run: Run, twilio_rest: Rest) -> None:
    with rest() as other:
        other.status = 404
        found = findings(run("doctor", "--json", CALMLINE_LAB="1", PUBLIC_URL=other.url))
        assert found["server"][0]
    ok, said, _ = findings(run("doctor", "--json", CALMLINE_LAB="1", PUBLIC_URL=other.url))["server"]
    assert (ok, "does not answer" in said) == (False, True)


def test_a_config_with_a_fault_is_named_with_its_place(examine: Examine, tmp_path: Path) -> None:
    broken = a_config(tmp_path, ("    greeting: welcome", "    greting: welcome"))
    found = examine(CALMLINE_CONFIG=str(broken))
    ok, said, to_do = found["routing config"]
    assert (ok, "greting" in said, "calmline config check" in to_do) == (False, True, True)
    assert not [what for what in found if what.startswith("number")], "which numbers is unknown then"


@pytest.mark.processes
@pytest.mark.parametrize("allowed", [{}, {"ALLOW_VOLATILE_REDIS": "1"}], ids=["refused", "allowed"])
def test_a_redis_that_forgets_is_said_and_the_rest_is_looked_at(
    run: Run, tmp_path: Path, allowed: dict[str, str]
) -> None:
    with place(tmp_path) as here:
        url = Valkey(here, ("--save", "")).start().url
        found = findings(run("doctor", "--json", CALMLINE_LAB="1", REDIS_URL=url, **allowed))
    assert (found["Redis"][0], "Set `appendonly yes`" in found["Redis"][1]) == (False, True)
    assert found["routing config"][0]


def test_a_redis_that_is_away_is_said(examine: Examine) -> None:
    found = examine(REDIS_URL=f"redis://127.0.0.1:{free_port()}/0")
    assert (found["Redis"][0], found["Redis"][2]) == (False, "Start it, or correct REDIS_URL.")
    assert found["Twilio account"][0]


def test_wrong_settings_are_the_only_finding(examine: Examine) -> None:
    found = examine(PORT="99999")
    assert list(found) == ["settings"]
    assert (found["settings"][0], "PORT: " in found["settings"][1]) == (False, True)
