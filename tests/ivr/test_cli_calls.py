"""`calmline calls`, `voicemails` and `callbacks`: what became of calls, for people, tables and programs."""

import csv
import io
from datetime import timedelta

import pytest

from config.settings import Settings
from routing.floor import Floor
from routing.wrap_up import WrapUp, write_up
from tests.ivr.command_line import Run, calmline_at, said
from tests.ivr.voice.scenes import another_call, ends, in_queue, later, treat
from tests.routing.live_floor import LiveFloor
from tests.twilio import CALLER, Twilio, a_call_sid

COLUMNS = [
    *("call", "began", "line", "caller", "identity", "treatment", "decision", "name", "rule"),
    *("config_version", "ended", "lasted_s", "waited_s"),
]
OTHER = "+14155550143"


@pytest.fixture
def run(settings: Settings) -> Run:
    return calmline_at(settings)


@pytest.fixture
def two_calls(twilio: Twilio, floor: Floor) -> tuple[Twilio, Twilio]:
    """One of CALLER that waited a minute and ended, and ten minutes later one of OTHER, going on."""
    first, second = another_call(twilio), another_call(twilio, caller=OTHER)
    in_queue(first)
    later(floor, seconds=60)
    ends(first)
    later(floor, minutes=10)
    treat(floor, "specialist", OTHER)
    second.calls()
    return first, second


def test_calls_are_listed_oldest_first_with_decision_rule_and_end(
    run: Run, two_calls: tuple[Twilio, Twilio]
) -> None:
    first, second = two_calls
    lines = run("calls", "list").stdout.splitlines()
    assert [line.split()[1] for line in lines] == [first.call_sid, second.call_sid]
    assert lines[0].endswith("enqueue general  (menu)  completed")
    assert lines[1].endswith("enqueue specialist  (specialist)  going on")
    assert not [line for line in lines if CALLER[-7:] in line or OTHER[-7:] in line]


def test_calls_as_json_have_every_column(run: Run, floor: Floor, two_calls: tuple[Twilio, Twilio]) -> None:
    first, second = two_calls
    listed = said(run("calls", "list", "--json"))
    assert (set(listed), listed["next"]) == ({"items", "next"}, None)
    assert [list(item) for item in listed["items"]] == [COLUMNS, COLUMNS]
    one, two = listed["items"]
    assert (one["call"], one["caller"], one["ended"]) == (
        first.call_sid,
        floor.caller_key(CALLER),
        "completed",
    )
    assert (one["lasted_s"], one["waited_s"], one["config_version"]) == (60, 60, 0)
    assert (two["call"], two["decision"], two["name"]) == (second.call_sid, "enqueue", "specialist")
    assert (two["treatment"], two["rule"], two["identity"]) == ("specialist", "specialist", "sure")
    assert (two["ended"], two["lasted_s"], two["waited_s"]) == ("", None, None)


def test_calls_as_a_table_can_be_read_by_a_spreadsheet(run: Run, two_calls: tuple[Twilio, Twilio]) -> None:
    text = run("calls", "list", "--csv").stdout
    rows = list(csv.DictReader(io.StringIO(text)))
    assert text.splitlines()[0] == ",".join(COLUMNS)
    assert [row["call"] for row in rows] == [call.call_sid for call in two_calls]
    assert [(row["ended"], row["waited_s"]) for row in rows] == [("completed", "60"), ("", "")]


@pytest.mark.parametrize("owner", ["=HYPERLINK(1)", "+1", "-2+3", "@SUM(1)", "\tx", "\r=1", 'a,"b"', "anna"])
def test_a_cell_that_a_spreadsheet_would_calculate_is_only_text(
    run: Run, twilio: Twilio, floor: Floor, owner: str
) -> None:
    """The owner of a callback is a name that somebody typed."""
    owed = {"callback_owner": owner, "callback_id": "cb1"}
    floor.store.client.hset(floor.keys.standing(CALLER), mapping=owed)
    floor.store.client.hset(floor.keys.agent(owner), "status", "available")
    twilio.calls()
    text = run("calls", "list", "--csv").stdout
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert row["name"] == (owner if owner[0] == "a" else f"'{owner}")
    assert not [cell for cell in row.values() if cell and cell[0] in "=+-@\t\r"]
    assert said(run("calls", "list", "--json"))["items"][0]["name"] == owner


def test_calls_of_one_caller_and_since_a_time(
    run: Run, floor: Floor, two_calls: tuple[Twilio, Twilio]
) -> None:
    first, second = two_calls
    between = (floor.clock.now(floor.store) - timedelta(minutes=5)).isoformat()

    def listed(*words: str) -> list[str]:
        return [item["call"] for item in said(run("calls", "list", "--json", *words))["items"]]

    assert listed("--caller", CALLER) == listed("--caller", "(415) 555-0142") == [first.call_sid]
    assert listed("--since", between) == [second.call_sid]
    assert listed("--since", between, "--caller", CALLER) == listed("--caller", "+12125550199") == []
    assert listed("--since", "2020-01-01T00:00Z") == [first.call_sid, second.call_sid]


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (("list", "--since", "yesterday"), '"yesterday" is no time with its zone'),
        (("list", "--since", "2026-11-23T10:00"), "write it such as 2026-11-23T10:00-05:00"),
        (("list", "--caller", "anonymous"), '"anonymous" is no telephone number'),
        (("show", "CA1"), "the call log has no call CA1"),
        (("show", a_call_sid()), "the call log has no call CA0"),
    ],
)
def test_what_cannot_be_looked_up_is_said(run: Run, words: tuple[str, ...], refusal: str) -> None:
    refused = run("calls", *words)
    assert refused.exit_code == 2
    assert refusal in refused.stderr


def test_a_call_is_shown_step_by_step_with_every_rule_asked(
    run: Run, two_calls: tuple[Twilio, Twilio]
) -> None:
    first, second = two_calls
    lines = run("calls", "show", first.call_sid).stdout.splitlines()
    steps = [line[21:] for line in lines if line[:4] == "2026"]
    assert steps == ["incoming:0: menu main", "menu:main:1: enqueue general"]
    assert "    -> menu              key 1 in the menu main" in lines
    assert lines[-1] == "completed, 60 s, waited 60 s"
    assert run("calls", "show", second.call_sid).stdout.splitlines()[-1] == "going on, -, waited -"
    shown = said(run("calls", "show", first.call_sid, "--json"))
    assert [step["step"] for step in shown["steps"]] == ["incoming:0", "menu:main:1"]
    assert list(shown) == [*COLUMNS, "steps", "wrap_ups"]
    assert all({"at", "dialled", "standing", "load", "decision"} <= set(step) for step in shown["steps"])


def test_an_empty_log_says_nothing_and_lists_are_empty(run: Run) -> None:
    assert run("calls", "list").stdout == ""
    assert run("calls", "list", "--csv").stdout.strip() == ",".join(COLUMNS)
    for command in (("calls", "list"), ("voicemails",), ("callbacks", "list")):
        assert said(run(*command, "--json")) == {"items": [], "next": None}
    assert run("voicemails").stdout == "Nobody left a message.\n"
    assert run("callbacks", "list").stdout == "No call is promised.\nNobody asked to be called back.\n"


def test_what_an_agent_wrote_of_a_call_is_shown_with_it(run: Run, floor: Floor, twilio: Twilio) -> None:
    live, sid = LiveFloor(floor), twilio.call_sid
    live.agent()
    in_queue(twilio)
    live.talks(sid)
    live.hangs_up(sid)
    write_up(floor, sid, "ana", WrapUp("angry", "The invoice of May."))
    shown = said(run("calls", "show", sid, "--json"))
    assert [(one["agent"], one["disposition"]) for one in shown["wrap_ups"]] == [("ana", "angry")]
