"""`calmline figures conduct`: a month as people, spreadsheets and programs read it."""

import csv
import io
from datetime import UTC, datetime
from typing import Any

import pytest

from config.now import milliseconds
from config.settings import Settings
from routing.floor import Floor
from routing.rules.conduct_events import Fact, Linked
from routing.rules.conduct_terms import terms_of
from routing.rules.reports import ReportKind, Statement
from routing.store.on_disk import OnDisk
from tests.ivr.command_line import Run, calmline_at, said
from tests.ivr.voice.scenes import another_call, ends, later, presses_while_waiting, set_clock, treat
from tests.routing.builders import a_config
from tests.routing.stories import at_stage, by_hand, judged, nuisance, on, quashed, reported, upheld
from tests.twilio import Twilio

AFTER = datetime(2026, 3, 10, 12, tzinfo=UTC)
EMPTY = ("reports", "upheld", "not_upheld", "overturned", "open", "breaks", "stage_1_callers", "overrides")


@pytest.fixture
def run(settings: Settings) -> Run:
    """By the test's clock."""
    line = calmline_at(settings)
    return lambda *words, **more: line(*words, CALMLINE_LAB="1", **more)


@pytest.fixture(autouse=True)
def _in_march(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OnDisk, "wait", lambda *_: None)
    set_clock(floor, AFTER)


def write(floor: Floor, *callers: list[Fact]) -> None:
    terms = terms_of(a_config())
    for facts in callers:
        caller = facts[0].id
        linked = Linked(id=f"l-{caller}", at=on(-400), by="ops", address=f"customer:{caller}")
        floor.offences.append(f"c-{caller}", linked, terms)
        for fact in facts:
            floor.offences.append(f"c-{caller}", fact, terms)


@pytest.fixture
def january(floor: Floor) -> None:
    """Counted by hand in the tests: five reports of abuse, four verdicts in January, one in February."""
    write(
        floor,
        at_stage(2),
        [*upheld("p1", 3), *quashed("p1", 5)],
        [reported("q1", 4), judged("q1", 5, "not_upheld")],
        [reported("s1", 20), judged("s1", 40, "inconclusive")],
        nuisance("n1", 7),
        [by_hand("slow_queue", 9, 12)],
    )


def conduct(run: Run, *words: str, month: str = "2026-01") -> Any:
    return said(run("figures", "conduct", "--month", month, "--json", *words))


@pytest.mark.usefixtures("january")
def test_a_month_counted_by_hand(run: Run) -> None:
    found = conduct(run)
    expected = {
        "month": "2026-01",
        "since": "2026-01-01T00:00:00-05:00",
        "until": "2026-02-01T00:00:00-05:00",
        "is_over": True,
        "reports": 5,
        "upheld": 3,
        "not_upheld": 1,
        "inconclusive": 0,
        "overturned": 1,
        "quashed": 1,
        "varied": 0,
        "open": 1,
        "time_to_verdict_median": 1.0,
        "time_to_verdict_p90": 24.0,
        "breaks": 0,
        "stage_1_callers": 1,
        "stage_1_repeated": 1,
        "stage_1_repeat_rate": 100.0,
        "stage_2_callers": 1,
        "stage_2_repeat_rate": 0.0,
        "stage_3_callers": 0,
        "stage_3_repeat_rate": None,
        "overrides": 1,
        "nuisance_reports": 1,
        "nuisance_upheld": 1,
        "erased_entries": 0,
        "advisers": [{"adviser": "ana", "reports": 5, "upheld": 3, "not_upheld": 1}],
    }
    found["advisers"] = [
        {name: one[name] for name in ("adviser", "reports", "upheld", "not_upheld")}
        for one in found["advisers"]
    ]
    assert {name: found[name] for name in expected} == expected


@pytest.mark.usefixtures("january")
def test_a_verdict_of_the_next_month_is_the_next_month_s(run: Run) -> None:
    found = conduct(run, month="2026-02")
    assert (found["reports"], found["inconclusive"], found["not_upheld"], found["open"]) == (0, 1, 1, 0)


@pytest.mark.usefixtures("january")
def test_for_people_within_a_hundred_columns(run: Run) -> None:
    shown = run("figures", "conduct", "--month", "2026-01", "--price-per-minute", "0.5").stdout
    assert max(map(len, shown.splitlines())) <= 100
    assert shown.startswith("Conduct in 2026-01 (America/New_York)\n")
    assert "Time to verdict, nine in ten within                 24.0  hours\n" in shown
    assert "Advisers with 5 reports or more in the twelve months to 2026-01\n" in shown
    assert shown.splitlines()[-1].split() == ["ana", "5", "3", "1", "25.0", "%"]


@pytest.mark.usefixtures("january")
def test_for_spreadsheets(run: Run) -> None:
    text = run("figures", "conduct", "--month", "2026-01", "--csv").stdout
    assert text.splitlines()[0] == "figure,value,unit"
    rows = {row["figure"]: (row["value"], row["unit"]) for row in csv.DictReader(io.StringIO(text))}
    assert rows["reports"] == ("5", "reports")
    assert rows["stage_3_repeat_rate"] == ("", "percent")
    assert rows["adviser_share_not_upheld:ana"] == ("25.0", "percent")


def test_a_month_in_which_nothing_happened(run: Run) -> None:
    found = conduct(run)
    assert [found[name] for name in EMPTY] == [0] * len(EMPTY)
    assert (found["time_to_verdict_median"], found["stage_1_repeat_rate"], found["advisers"]) == (
        None,
        None,
        [],
    )
    assert run("figures", "conduct", "--month", "2026-01").stdout.endswith("  none\n")


def test_december(run: Run, floor: Floor) -> None:
    write(floor, [reported("o1", -5)])  # 31 December 2025
    found = conduct(run, month="2025-12")
    assert (found["reports"], found["open"]) == (1, 1)
    assert (found["since"], found["until"]) == ("2025-12-01T00:00:00-05:00", "2026-01-01T00:00:00-05:00")
    assert conduct(run)["reports"] == 0


@pytest.mark.usefixtures("january")
def test_erased_entries_are_left_out_and_counted(run: Run, floor: Floor) -> None:
    floor.offences.erase("c-p1", floor.terms(), by="dpo", why="asked", at=on(50), words_only=False)
    found = conduct(run)
    assert (found["reports"], found["upheld"], found["overturned"]) == (4, 2, 0)
    assert found["erased_entries"] == 5  # the address, the report, its verdict, the appeal, its decision


def test_breaks_are_those_of_the_reports(run: Run, floor: Floor) -> None:
    began = milliseconds(AFTER)
    for name, fields in {
        "over": {"recovery_began_ms": began, "recovery_ended_ms": began + 15 * 60_000},
        "going on": {"recovery_began_ms": began},
        "none": {},
    }.items():
        floor.reports.write(name, Statement(ReportKind.ABUSE, call="CA1", adviser="ana"), by="ana")
        if fields:
            floor.store.client.hset(floor.keys.report(name), mapping=fields)
    found = conduct(run, month="2026-03")
    assert (found["breaks"], found["break_minutes"], found["is_over"]) == (2, 15.0, False)
    assert conduct(run, month="2026-02")["breaks"] == 0


def test_what_the_slow_queue_costs(run: Run, floor: Floor, twilio: Twilio) -> None:
    treat(floor, "slow_queue")
    first, second, third = another_call(twilio), another_call(twilio), another_call(twilio)
    first.calls()
    later(floor, minutes=12)
    ends(first)
    waiting = second.calls()
    later(floor, minutes=6)
    presses_while_waiting(second, second.waits(waiting), "0")  # urgent
    second.leaves(waiting)
    later(floor, minutes=3)
    ends(second)
    third.calls()
    found = conduct(run, "--price-per-minute", "0.05", month="2026-03")
    assert (found["slow_queue_calls"], found["slow_queue_minutes"]) == (3, pytest.approx(18, abs=0.1))
    assert found["slow_queue_cost"] == pytest.approx(0.9, abs=0.01)
    assert found["slow_queue_known_whole"]
    assert "slow_queue_cost" not in conduct(run, month="2026-03")


def test_what_the_call_log_no_longer_has_is_said(run: Run, floor: Floor) -> None:
    set_clock(floor, datetime(2026, 7, 1, tzinfo=UTC))
    assert not conduct(run)["slow_queue_known_whole"]
    assert "may have cost more" in run("figures", "conduct", "--month", "2026-01").stdout


@pytest.mark.parametrize("month", ["2026-13", "2026-00", "2026-1", "november", "", "2026-11-01", "1926-11"])
def test_what_is_no_month_is_said_in_a_sentence(run: Run, month: str) -> None:
    refused = run("figures", "conduct", "--month", month)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert f'"{month}" is no month; write it such as 2026-11.' in refused.stderr


def test_a_month_that_has_not_begun_has_no_figures(run: Run) -> None:
    refused = run("figures", "conduct", "--month", "2026-04")
    assert refused.exit_code == 2
    assert "2026-04 has not begun." in refused.stderr


@pytest.mark.usefixtures("january")
def test_a_ledger_that_cannot_be_read_has_no_figures(run: Run, floor: Floor) -> None:
    floor.store.client.hset(floor.keys.ledger_contents, "3", "salt:{}")
    refused = run("figures", "conduct", "--month", "2026-01", "--json")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "Entry 3 cannot be read" in refused.stderr
    assert "calmline ledger verify" in refused.stderr
