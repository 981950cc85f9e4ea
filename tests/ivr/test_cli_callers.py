"""`calmline callers …`: marked by hand, for a time, with every change audited."""

import json
from datetime import datetime, timedelta

import pytest

from callbacks.booking import Wanted, book
from callbacks.ledger import open_ledger
from callbacks.rules.states import Kind
from config.now import milliseconds
from config.settings import Settings
from routing.floor import Floor
from routing.rules.caller import Override, Treatment
from routing.store.on_disk import OnDisk
from routing.wrap_up import WrapUp, write_up
from tests.ivr.command_line import Run, calmline_at, said
from tests.ivr.voice.scenes import in_queue
from tests.routing.live_floor import LiveFloor
from tests.routing.reported import a_report, upheld
from tests.twilio import CALLER, Twilio


@pytest.fixture(autouse=True)
def _without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OnDisk, "wait", lambda *_: None)


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
    dossiers = floor.offences.dossiers
    facts = dossiers.known(dossiers.caller_of(CALLER)).facts
    assert [type(fact).__name__ for fact in facts] == ["Linked", "Overridden", "Overridden", "OverrideLifted"]
    assert all(fact.by for fact in facts)
    assert dossiers.words(facts[2].id) == "threats"
    looks = [entry for _, entry in floor.store.run(lambda redis: redis.xrange(floor.keys.audit))]
    assert [entry["what"] for entry in looks] == ["look"] * 4
    assert {entry["caller"] for entry in looks} == {dossiers.caller_of(CALLER)}


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
    assert [entry["what"] for _, entry in entries if entry["what"] != "look"] == ["shared", "not_shared"]


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


def test_addresses_are_linked_and_let_go(run: Run, floor: Floor) -> None:
    assert run("callers", "link", CALLER, "Dora@Example.com").exit_code == 0
    assert run("callers", "link", CALLER, "+1 212 555 0100").exit_code == 0
    shown = said(run("callers", "show", "dora@example.com", "--json"))
    assert [link["address"] for link in shown["links"]] == [CALLER, "dora@example.com", "+12125550100"]
    taken = run("callers", "link", "+12125550101", "dora@example.com")
    assert (taken.exit_code, "another caller" in taken.stderr) == (1, True)
    assert run("callers", "link", CALLER, "dora@example.com", "--off").exit_code == 0
    assert floor.offences.dossiers.caller_of("dora@example.com") == ""
    refused = run("callers", "link", CALLER, "dora@example.com", "--off")
    assert (refused.exit_code, "is not linked to" in refused.stderr) == (2, True)


def test_a_treatment_by_hand_reaches_every_address_and_ends_what_an_earlier_version_set(
    run: Run, floor: Floor
) -> None:
    run("callers", "link", CALLER, "+12125550100")
    at = floor.clock.now(floor.store)
    floor.standings.override(
        CALLER, Override(Treatment.CLOSED, at + timedelta(days=3), "before", "ops"), at=at
    )
    assert said(run("callers", "show", CALLER, "--json"))["override"]["reason"] == "before"
    assert run("callers", "set", CALLER, "--treatment", "specialist", "--reason", "rude").exit_code == 0
    for number in (CALLER, "+12125550100"):
        shown = said(run("callers", "show", number, "--json"))
        assert (shown["treatment"], shown["override"]["reason"]) == ("specialist", "rude")
        assert said(run("explain", number, "--json"))["name"] == "specialist"
    run("callers", "set", CALLER, "--treatment", "derived")
    assert said(run("explain", CALLER, "--json"))["because"]["rule"] == "menu"


def test_an_export_is_complete_and_readable(run: Run, floor: Floor) -> None:
    report = a_report(floor, number=CALLER, note="He sells cars.")
    upheld(floor, report, note="Clearly abuse.")
    run("callers", "set", CALLER, "--treatment", "specialist", "--reason", "was rude")
    run("callers", "link", CALLER, "dora@example.com")
    wanted = Wanted(number=CALLER, kind=Kind.PROMISED, brief="the refund", name="Dora")
    booked = book(floor, open_ledger(floor), wanted, by="ana")
    run("call", CALLER)
    run("callers", "show", CALLER)
    floor.store.client.xadd(floor.keys.audit, {"what": "play", "by": "rita", "at_ms": 1, "report": report.id})
    found = said(run("callers", "export", CALLER, "--json"))
    assert [fact["what"] for fact in found["ledger"]] == [
        "linked",
        "reported",
        "judged",
        "overridden",
        "linked",
    ]
    assert [fact["words"] for fact in found["ledger"]][1:4] == [
        "You are a fool.\nHe sells cars.",
        "Clearly abuse.",
        "was rude",
    ]
    assert [one["address"] for one in found["addresses"]] == [CALLER, "dora@example.com"]
    assert found["conduct"]["stage"] == 1
    assert found["reports"][0]["statement"]["words"] == "You are a fool."
    assert [one["id"] for one in found["promised_calls"]] == [booked.id]
    assert [entry["what"] for entry in found["audit"]] == ["look", "play", "export"]
    assert found["standings"][CALLER]["treatment"] == "specialist"
    text = run("callers", "export", CALLER).stdout
    for word in ("You are a fool. / He sells cars.", "dora@example.com", "the refund", "was rude"):
        assert word in text
    assert "{" not in text


def test_erasing_says_what_is_gone_and_a_hold_puts_it_off(run: Run, floor: Floor) -> None:
    a_report(floor, number=CALLER)
    day = f"{floor.clock.now(floor.store) + timedelta(days=40):%Y-%m-%d}"
    held = run("callers", "erase", CALLER, "--why", "asked", "--hold-until", day)
    assert "kept until" in held.stdout
    refused = run("callers", "erase", CALLER, "--why", "asked")
    assert (refused.exit_code, "Held until" in refused.stderr) == (1, True)
    assert said(run("callers", "export", CALLER, "--json"))["erasure_held_until"].startswith("20")
    over = run("callers", "erase", CALLER, "--why", "asked", "--hold-until", "2020-01-01")
    assert (over.exit_code, "is over" in over.stderr) == (2, True)
    floor.callers.end_hold(floor.offences.dossiers.caller_of(CALLER))
    assert "erased. " in run("callers", "erase", CALLER, "--why", "asked").stdout
    assert said(run("callers", "show", CALLER, "--json"))["offences"] == []
    assert said(run("ledger", "verify", "--json"))["ok"] is True
    assert said(run("ledger", "rebuild", "--json"))["differences"] == []


def test_explain_says_what_counts_what_does_not_and_what_holds_the_next(run: Run, floor: Floor) -> None:
    first = a_report(floor, number=CALLER)
    upheld(floor, first)
    second = a_report(floor, number=CALLER, call="CA2")
    upheld(floor, second)
    conduct = said(run("explain", CALLER, "--json"))["conduct"]
    assert (conduct["stage"], conduct["treatment"], conduct["identity"]) == (1, "normal", "sure")
    assert [one["report"] for one in conduct["counting"]] == [first.id]
    assert [(one["report"], one["why"]) for one in conduct["not_counting"]] == [(second.id, "same_episode")]
    assert conduct["gate"] == {"offence": first.id, "remedy": "follow_up_call"}
    text = run("explain", CALLER).stdout
    assert f"does not count: it belongs to the same episode as {first.id}" in text
    assert f"No further offence can count before the follow-up call for {first.id} is delivered." in text
    spent = said(run("explain", CALLER, "--at", "2028-06-01T10:00-05:00", "--json"))["conduct"]
    assert (spent["stage"], spent["counting"]) == (0, [])
    assert {one["why"] for one in spent["not_counting"]} == {"spent"}


def test_a_ledger_that_cannot_be_read_is_said_and_the_decision_is_printed(run: Run, floor: Floor) -> None:
    a_report(floor, number=CALLER)
    floor.store.client.hset(floor.keys.ledger_head, "key_mark", "another")
    explained = said(run("explain", CALLER, "--json"))
    assert (explained["do"], explained["conduct"]["readable"]) == ("enqueue", False)
    assert "cannot be read" in run("explain", CALLER).stdout
    refused = run("callers", "show", CALLER)
    assert (refused.exit_code, "calmline ledger verify" in refused.stderr) == (1, True)


def test_calls_and_what_agents_wrote_of_them_are_exported_and_erased(
    run: Run, floor: Floor, twilio: Twilio
) -> None:
    live = LiveFloor(floor)
    live.agent()
    in_queue(twilio)
    live.talks(twilio.call_sid)
    live.hangs_up(twilio.call_sid)
    write_up(floor, twilio.call_sid, "ana", WrapUp("angry", "He was told twice."))
    [call] = said(run("callers", "export", CALLER, "--json"))["calls"]
    assert (call["call"], call["wrap_ups"][0]["note"]) == (twilio.call_sid, "He was told twice.")
    assert "He was told twice." in run("callers", "export", CALLER).stdout
    assert "1 messages, wishes and notes" in run("callers", "erase", CALLER, "--why", "asked").stdout
    [call] = said(run("callers", "export", CALLER, "--json"))["calls"]
    assert call["wrap_ups"] == []
