"""Abusive calls: two warnings heard by both, the end with its reason, one report, the adviser in recovery."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from ivr.lab.handset import Handset
from routing.rules.call_states import CallState
from routing.rules.reports import Report
from tests.journeys.live_floor import Hall, open_hall
from tests.journeys.test_live_floor_faults import kill, start
from tests.journeys.whole_line import Person, WholeLine

pytestmark = pytest.mark.processes

FIRST = "This way of speaking is not acceptable on our line. Please stop"
SECOND = "This is the second warning"
AFTER_TWO, AT_ONCE = "it went on after two warnings", "because what was said to our adviser"
GOODBYE = "You can write to us at"
ACCOUNT = {"category": "swearing", "target": "adviser", "words": "…", "legal_wish": "no"}
GAP_S = 10


@pytest.fixture
def hall(line: WholeLine) -> Iterator[Hall]:
    with open_hall(line) as hall:
        yield hall


def adviser(hall: Hall, name: str = "ana", **special: Any) -> Person:
    """With an alias, a staff number, and a manager who has a name."""
    boss = hall.agent(f"boss_{name}", role="supervisor", alias="Grace", skills={})
    boss.goes_off_duty()
    return hall.agent(name, alias="Ada", staff_number="4711", manager=boss.name, **special)


def path(caller: Handset, what: str = "") -> str:
    return f"/calls/{caller.call_sid}{what}"


def warns(hall: Hall, ana: Person, caller: Handset) -> None:
    hall.says(ana, "POST", path(caller, "/warnings"), {}, 202)


def warnings(hall: Hall, ana: Person, caller: Handset) -> list[tuple[int, str]]:
    rows = hall.says(ana, "GET", path(caller))["warnings"]
    return [(row["number"], row["state"]) for row in rows]


def counts(hall: Hall, ana: Person, caller: Handset, number: int) -> None:
    """The warning of this number was played, and the caller has had a moment to change."""
    hall.line.until(lambda: (number, "played") in warnings(hall, ana, caller), 60, 0.5)
    hall.line.lab.run(GAP_S)


def warned_twice(hall: Hall, ana: Person, caller: Handset) -> None:
    for number in (1, 2):
        warns(hall, ana, caller)
        counts(hall, ana, caller, number)


def ends(hall: Hall, ana: Person, caller: Handset, **more: Any) -> str:
    said = hall.says(ana, "POST", path(caller, "/end"), ACCOUNT | more, 202)
    return str(said["report_id"])


def reports(hall: Hall, caller: Handset) -> list[Report]:
    return [one for one in hall.line.floor.reports.open() if one.statement.call == caller.call_sid]


def is_all_done(hall: Hall, ana: Person, caller: Handset, report: str, reason: str = AFTER_TWO) -> None:
    """The caller has heard the reason and is off the line; one report; the adviser is in recovery."""
    hall.until_over(caller, 90)
    hall.line.until(lambda: not hall.line.going_on(), 60)
    heard = caller.heard()
    assert sum(reason in words for words in heard) == 1, heard
    assert GOODBYE in heard[-1]
    assert "You spoke with Ada, staff number 4 7 1 1." in heard
    assert "The manager responsible is Grace." in heard
    assert [one.id for one in reports(hall, caller)] == [report]
    assert ana.status == "recovery"
    hall.until_heard(ana.phone, "You have a break now.", 5)


def comes_back(hall: Hall, ana: Person) -> None:
    """By the timer."""
    hall.line.advance_to(hall.line.now() + timedelta(minutes=16))
    hall.until_status(ana, "available", seconds=10)


def test_two_warnings_heard_by_both_then_the_end_with_its_reason(hall: Hall) -> None:
    ana = adviser(hall)
    caller = hall.caller()
    hall.until_talking(ana, caller)
    warned_twice(hall, ana, caller)
    for handset in (caller, ana.phone):
        told = [words for words in handset.heard() if words.startswith((FIRST, SECOND))]
        assert [words[:20] for words in told] == [FIRST[:20], SECOND[:20]]
    report = ends(hall, ana, caller)
    is_all_done(hall, ana, caller, report)
    [kept] = reports(hall, caller)
    assert [one.number for one in kept.warnings] == [1, 2]
    told_story = hall.says(ana, "GET", path(caller))["timeline"]
    assert "reason_heard" in [entry["what"] for entry in told_story]
    assert hall.says(ana, "POST", path(caller, "/wrap-up"), {"disposition": "abusive"})
    waiting = hall.caller()
    hall.line.lab.run(30)
    assert (ana.status, hall.rang(ana)) == ("recovery", 1)
    waiting.hangs_up()
    hall.until_over(waiting)
    comes_back(hall, ana)


def test_a_threat_ends_the_call_at_once(hall: Hall) -> None:
    ana = adviser(hall)
    caller = hall.caller()
    hall.until_talking(ana, caller)
    report = ends(hall, ana, caller, category="threat", immediate=True)
    is_all_done(hall, ana, caller, report, AT_ONCE)
    assert hall.says(ana, "POST", "/agents/me/recovery", {"return_early": True})["status"] == "available"


def test_who_chose_spanish_is_warned_and_told_in_spanish(hall: Hall) -> None:
    ana = adviser(hall, languages=("en", "es"))
    caller = hall.caller("21")
    hall.until_talking(ana, caller)
    warned_twice(hall, ana, caller)
    ends(hall, ana, caller)
    hall.until_over(caller, 90)
    spanish = [one.text for one in caller.everything() if (one.language or "").startswith("es")]
    assert any(words.startswith("Esta forma de hablar no es aceptable") for words in spanish)
    assert any("segunda advertencia" in words for words in spanish)
    assert any("Terminamos esta llamada" in words for words in spanish)
    assert "Le atendió Ada, número de personal 4 7 1 1." in spanish
    assert "La persona responsable es Grace." in spanish


def test_a_caller_who_hangs_up_while_the_warning_plays_has_not_heard_it(hall: Hall) -> None:
    ana = adviser(hall)
    caller = hall.caller()
    hall.until_talking(ana, caller)
    warns(hall, ana, caller)
    hall.until_heard(caller, FIRST, 10)
    caller.hangs_up()
    hall.until_status(ana, "wrap_up", seconds=10)
    hall.line.lab.run(30)
    assert warnings(hall, ana, caller) == [(1, "failed")]
    assert reports(hall, caller) == []


def test_a_caller_who_hangs_up_after_the_second_warning_is_not_reported(hall: Hall) -> None:
    ana = adviser(hall)
    caller = hall.caller()
    hall.until_talking(ana, caller)
    warned_twice(hall, ana, caller)
    caller.hangs_up()
    hall.until_status(ana, "wrap_up", seconds=10)
    assert reports(hall, caller) == []


def test_warnings_count_with_the_next_adviser_too(hall: Hall) -> None:
    ana = adviser(hall)
    caller = hall.caller()
    hall.until_talking(ana, caller)
    warns(hall, ana, caller)
    counts(hall, ana, caller, 1)
    ben = adviser(hall, "ben")
    ana.phone.drops()
    hall.until_talking(ben, caller)
    warns(hall, ben, caller)
    counts(hall, ben, caller, 2)
    report = ends(hall, ben, caller)
    is_all_done(hall, ben, caller, report)
    assert ana.status in ("wrap_up", "available", "reserved", "offered")
    [kept] = reports(hall, caller)
    assert (kept.by, kept.transfers) == (ben.name, 1)


def test_a_caller_on_hold_is_taken_out_of_it_to_hear_the_reason(hall: Hall) -> None:
    ana = adviser(hall)
    caller = hall.caller()
    hall.until_talking(ana, caller)
    warned_twice(hall, ana, caller)
    hall.says(ana, "POST", path(caller, "/hold"))
    hall.line.lab.run(3)
    is_all_done(hall, ana, caller, ends(hall, ana, caller))


def test_a_warning_that_twilio_fails_to_tell_of_does_not_count(hall: Hall) -> None:
    ana = adviser(hall)
    caller = hall.caller()
    hall.until_talking(ana, caller)
    hall.line.lab.faults.next("lose", 1)
    warns(hall, ana, caller)
    hall.line.until(lambda: warnings(hall, ana, caller) == [(1, "failed")], 40, 0.5)
    warned_twice(hall, ana, caller)
    assert [one for one in warnings(hall, ana, caller) if one[1] == "played"] == [
        (1, "played"),
        (2, "played"),
    ]
    is_all_done(hall, ana, caller, ends(hall, ana, caller))


def test_safety_leaves_the_ending_to_a_supervisor(hall: Hall) -> None:
    ana = adviser(hall)
    caller = hall.caller()
    hall.until_talking(ana, caller)
    warned_twice(hall, ana, caller)
    hall.says(ana, "POST", path(caller, "/safety"), None, 202)
    refused = hall.says(ana, "POST", path(caller, "/end"), ACCOUNT, 409)
    assert refused["error"] == "safety_suspends"
    boss = next(one for one in hall.staff if one.name.startswith("boss"))
    is_all_done(hall, ana, caller, ends(hall, boss, caller))
    [kept] = reports(hall, caller)
    assert (kept.by, kept.statement.adviser) == (boss.name, ana.name)


def test_the_report_is_filed_under_the_caller_by_the_dispatcher(hall: Hall) -> None:
    ana = adviser(hall)
    caller = hall.caller()
    hall.until_talking(ana, caller)
    report = ends(hall, ana, caller, category="threat", immediate=True)
    hall.until_over(caller, 90)
    found = hall.line.floor.reports.find(report)
    assert found
    assert found.is_filed
    standing = hall.line.floor.standings.read(caller.number)
    assert standing.treatment == "team_leader", "while the report is open"


PROCESSES, EVERY = ("serve", "dispatcher"), "all"


def dies_and_comes_back(hall: Hall, name: str) -> None:
    names = PROCESSES if name == EVERY else (name,)
    for one in names:
        kill(hall.line, one)
    for one in names[:-1]:
        hall.line.start(one)
    start(hall.line, names[-1])


Step = Callable[[Hall, Person, Handset], None]


def _asked_to_warn(hall: Hall, ana: Person, caller: Handset) -> None:
    warns(hall, ana, caller)


def _warning_plays(hall: Hall, ana: Person, caller: Handset) -> None:
    warns(hall, ana, caller)
    hall.until_heard(caller, FIRST, 10)


def _warning_over(hall: Hall, ana: Person, caller: Handset) -> None:
    warns(hall, ana, caller)
    counts(hall, ana, caller, 1)


_WARNING = [_asked_to_warn, _warning_plays, _warning_over]
_KILLED = [(EVERY, step) for step in _WARNING] + [(name, _asked_to_warn) for name in PROCESSES]


@pytest.mark.parametrize(("name", "step"), _KILLED, ids=[f"{name}{step.__name__}" for name, step in _KILLED])
def test_a_process_killed_while_warning_costs_at_most_the_warning(hall: Hall, name: str, step: Step) -> None:
    ana = adviser(hall)
    caller = hall.caller()
    hall.until_talking(ana, caller)
    step(hall, ana, caller)
    dies_and_comes_back(hall, name)
    hall.line.until(lambda: warnings(hall, ana, caller)[-1][1] != "playing", 60, 0.5)
    assert sum(words.startswith(FIRST) for words in caller.heard()) <= 1, "nobody hears it twice"
    hall.line.lab.run(GAP_S)
    for _ in range(2 - [state for _, state in warnings(hall, ana, caller)].count("played")):
        warns(hall, ana, caller)
        hall.line.until(lambda: warnings(hall, ana, caller)[-1][1] == "played", 60, 0.5)
        hall.line.lab.run(GAP_S)
    is_all_done(hall, ana, caller, ends(hall, ana, caller))


def _ended(_hall: Hall, _ana: Person, _caller: Handset) -> None:
    pass


def _reason_begins(hall: Hall, _ana: Person, caller: Handset) -> None:
    hall.until_heard(caller, AFTER_TWO, 10)


def _names_are_told(hall: Hall, _ana: Person, caller: Handset) -> None:
    hall.until_heard(caller, "The manager responsible", 30)


def _adviser_hears(hall: Hall, ana: Person, _caller: Handset) -> None:
    hall.until_heard(ana.phone, "You have a break now.", 10)


_ENDING = [_ended, _reason_begins, _names_are_told, _adviser_hears]
_KILLED_THEN = [(EVERY, step) for step in _ENDING] + [(name, _ended) for name in PROCESSES]


@pytest.mark.parametrize(
    ("name", "step"), _KILLED_THEN, ids=[f"{name}{step.__name__}" for name, step in _KILLED_THEN]
)
def test_a_process_killed_while_ending_changes_nothing_for_anybody(hall: Hall, name: str, step: Step) -> None:
    ana = adviser(hall)
    caller = hall.caller()
    hall.until_talking(ana, caller)
    warned_twice(hall, ana, caller)
    report = ends(hall, ana, caller)
    step(hall, ana, caller)
    dies_and_comes_back(hall, name)
    is_all_done(hall, ana, caller, report)
    comes_back(hall, ana)


def test_a_caller_is_told_though_the_dispatcher_is_killed_before_the_end_is_asked_for(hall: Hall) -> None:
    ana = adviser(hall)
    caller = hall.caller()
    hall.until_talking(ana, caller)
    warned_twice(hall, ana, caller)
    kill(hall.line, "dispatcher")
    answer = ana.ask("POST", path(caller, "/end"), ACCOUNT)
    assert answer.status_code == 202
    assert hall.state_of(caller) is CallState.CLOSING
    start(hall.line, "dispatcher")
    is_all_done(hall, ana, caller, answer.json()["report_id"])


def test_events_that_come_twice_and_late_make_one_of_everything(hall: Hall) -> None:
    ana = adviser(hall)
    caller = hall.caller()
    hall.until_talking(ana, caller)
    for number in (1, 2):
        for fault in ("duplicate", "delay"):
            hall.line.lab.faults.next(fault, 3)  # type: ignore[arg-type]
        warns(hall, ana, caller)
        counts(hall, ana, caller, number)
    for fault in ("duplicate", "delay"):
        hall.line.lab.faults.next(fault, 4)  # type: ignore[arg-type]
    report = ends(hall, ana, caller)
    assert ends(hall, ana, caller) == report
    is_all_done(hall, ana, caller, report)
    assert [state for _, state in warnings(hall, ana, caller)] == ["played", "played"]


def test_an_adviser_who_hangs_up_while_the_caller_hears_the_reason_costs_nobody_anything(hall: Hall) -> None:
    ana = adviser(hall)
    caller = hall.caller()
    hall.until_talking(ana, caller)
    warned_twice(hall, ana, caller)
    report = ends(hall, ana, caller)
    hall.until_heard(ana.phone, "You have a break now.", 5)
    ana.phone.hangs_up()
    is_all_done(hall, ana, caller, report)


def test_a_caller_who_hangs_up_on_the_reason_is_reported_all_the_same(hall: Hall) -> None:
    ana = adviser(hall)
    caller = hall.caller()
    hall.until_talking(ana, caller)
    warned_twice(hall, ana, caller)
    report = ends(hall, ana, caller)
    hall.until_heard(caller, AFTER_TWO, 10)
    caller.hangs_up()
    hall.until_over(caller, 10)
    hall.line.until(lambda: not hall.line.going_on(), 30)
    assert [one.id for one in reports(hall, caller)] == [report]
    assert ana.status == "recovery"
