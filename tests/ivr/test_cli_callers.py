"""`calmline callers …`: marked by hand, for a time, with every change audited."""

import json
from datetime import datetime, timedelta

import pytest

from config.now import milliseconds
from config.settings import Settings
from routing.floor import Floor
from tests.ivr.command_line import Run, calmline_at, said
from tests.twilio import CALLER


@pytest.fixture
def run(settings: Settings) -> Run:
    return calmline_at(settings)


def test_a_caller_is_set_shown_and_set_back_and_each_change_is_audited(run: Run, floor: Floor) -> None:
    now = floor.clock.now(floor.store)
    day = f"{now + timedelta(days=10):%Y-%m-%d}"
    until = (now + timedelta(hours=2)).isoformat(timespec="minutes")
    assert run("callers", "set", CALLER, "--treatment", "slow_queue", "--until", day).exit_code == 0
    assert said(run("callers", "show", CALLER, "--json"))["override"]["until"].startswith(
        f"{now + timedelta(days=11):%Y-%m-%d}T0"
    ), "a last day counts to its midnight, on the line's clock"
    words = ("--treatment", "closed", "--reason", "threats", "--until", until)
    assert "closed until" in run("callers", "set", CALLER, *words).stdout
    shown = said(run("callers", "show", CALLER, "--json"))
    assert (shown["number"], shown["treatment"], shown["derived"]) == (CALLER, "closed", "normal")
    assert datetime.fromisoformat(shown["override"]["until"]) == datetime.fromisoformat(until)
    assert "treatment: closed" in run("callers", "show", "415 555 0142").stdout
    assert run("callers", "set", CALLER, "--treatment", "derived").exit_code == 0
    assert said(run("callers", "show", CALLER, "--json"))["override"] is None
    audited = [entry for _, entry in floor.store.run(lambda redis: redis.xrange(floor.keys.audit))]
    assert [entry["what"] for entry in audited] == ["override", "override", "lift_override"]
    assert {entry["number"] for entry in audited} == {CALLER}
    assert all(entry["by"] and int(entry["at_ms"]) > 0 for entry in audited)
    assert audited[1]["override_reason"] == "threats"


# Two days: in UTC a line in America may still have yesterday.
@pytest.mark.parametrize("days", [-2, 32], ids=["past", "more than 30 days"])
@pytest.mark.parametrize("form", ["%Y-%m-%d", "%Y-%m-%dT%H:%M%z"], ids=["a date", "an ISO time"])
def test_a_treatment_ends_within_the_next_30_days(run: Run, floor: Floor, days: int, form: str) -> None:
    until = (floor.clock.now(floor.store) + timedelta(days=days)).strftime(form)
    refused = run("callers", "set", CALLER, "--treatment", "closed", "--until", until)
    assert refused.exit_code == 2
    assert f"{until} is not within the next 30 days; the last day may be " in refused.stderr
    assert said(run("callers", "show", CALLER, "--json"))["treatment"] == "normal"


def test_marks_are_set_and_taken_away(run: Run, floor: Floor) -> None:
    run("callers", "protect", CALLER, "--need", "allow extra time")
    run("callers", "share", CALLER)
    shown = said(run("callers", "show", CALLER, "--json"))
    assert (shown["protected"], shown["support_need"], shown["shared"]) == (True, "allow extra time", True)
    assert said(run("explain", CALLER, "--json"))["because"]["rule"] == "protected"
    assert "protected: allow extra time" in run("callers", "show", CALLER).stdout
    run("callers", "protect", CALLER, "--off")
    run("callers", "share", CALLER, "--off")
    shown = said(run("callers", "show", CALLER, "--json"))
    assert (shown["protected"], shown["support_need"], shown["shared"]) == (False, "", False)
    entries = floor.store.run(lambda redis: redis.xrange(floor.keys.audit))
    assert [entry["what"] for _, entry in entries] == ["protected", "shared", "not_protected", "not_shared"]


@pytest.mark.parametrize("command", ["show", "share", "protect"])
@pytest.mark.parametrize("number", ["12", "anonymous", "sip:ana@example.com"])
def test_what_is_no_number_cannot_be_looked_up(run: Run, command: str, number: str) -> None:
    refused = run("callers", command, number)
    assert refused.exit_code == 2
    assert f'"{number}" is no telephone number that can be looked up; write it such as' in refused.stderr


def test_what_is_shown_is_what_the_ledger_gives_now(run: Run, floor: Floor) -> None:
    now = floor.clock.now(floor.store)
    ended, begun, ahead = (milliseconds(now + timedelta(days=days)) for days in (-20, -1, 20))
    course = [[ended, "email_only", ["o1"]], [begun, "specialist", ["o1", "o2"]], [ahead, "normal", []]]
    key = floor.keys.standing(CALLER)
    floor.store.client.hset(key, mapping={"treatment": "email_only", "course": json.dumps(course)})
    shown = said(run("callers", "show", CALLER, "--json"))
    assert (shown["treatment"], shown["derived"]) == ("specialist", "specialist")
    assert shown["offences"] == ["o1", "o2"]
