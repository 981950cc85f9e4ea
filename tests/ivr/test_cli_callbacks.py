"""`calmline callbacks …`: promised, listed, shown and called off by hand."""

import getpass
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from callbacks.ledger import Ledger, open_ledger
from callbacks.rules.states import State, Step
from config.settings import Settings
from routing.floor import Floor
from routing.rules.agent_states import AgentState
from tests.callbacks.promises import CUSTOMER, dialled, now_in
from tests.ivr.command_line import Run, calmline_at, said
from tests.ivr.voice.scenes import another_call, set_clock
from tests.routing.staff import an_agent
from tests.twilio import CALLER, Twilio

MONDAY = datetime(2030, 11, 25, 15, 0, tzinfo=UTC)
BOOK = ("callbacks", "book", CUSTOMER, "--at", "2030-11-25T13:00-05:00")


@pytest.fixture
def run(settings: Settings) -> Run:
    return calmline_at(settings)


@pytest.fixture
def ledger(floor: Floor) -> Iterator[Ledger]:
    """On a Monday at ten in New York, on a server that syncs at once, with an agent on a break."""
    set_clock(floor, MONDAY)
    floor.agents.set_status(an_agent(floor), AgentState.BREAK)
    floor.store.client.config_set("appendfsync", "always")
    yield open_ledger(floor)
    floor.store.client.config_set("appendfsync", "everysec")


@pytest.fixture(autouse=True)
def _lab(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALMLINE_LAB", "1")


def test_a_call_is_booked_listed_shown_and_called_off(run: Run, ledger: Ledger) -> None:
    line = run(*BOOK, "--kind", "correction", "--owner", "ana", "--brief", "A wrong price.").stdout
    assert line.startswith(f"2030-11-25 18:00 UTC  {CUSTOMER}  booked  correction  owner ana  cb")
    callback_id = line.split()[-1]
    assert run("callbacks", "list").stdout == line
    [row] = said(run("callbacks", "list", "--json"))["items"]
    assert (row["id"], row["owner"], row["due_at"]) == (callback_id, "ana", "2030-11-25T18:00:00+00:00")
    off = run("callbacks", "cancel", callback_id, "--reason", "solved").stdout
    assert " cancelled " in off
    shown = run("callbacks", "show", callback_id).stdout.splitlines()
    assert shown[0] == off.strip()
    assert {"  brief: A wrong price.", "  because: solved"} <= set(shown)
    assert shown[-1].endswith(f"cancelled                   {getpass.getuser()}  solved")
    told = said(run("callbacks", "show", callback_id, "--json"))
    assert [entry["to"]["state"] for entry in told["history"]] == ["booked", "cancelled"]
    assert told["history"][1]["from"] == {"state": "booked", "step": None}
    assert told["state"] == "cancelled"


def test_without_more_it_is_a_promise_that_nobody_owns_yet(run: Run, ledger: Ledger) -> None:
    row = said(run("callbacks", "book", CUSTOMER, "--json"))
    assert (row["kind"], row["owner"], row["state"]) == ("promised", None, "booked")
    assert row["brief"] == f"Booked by {getpass.getuser()}."
    same_day = said(run("callbacks", "book", "+12125550143", "--at", "same-day", "--json"))
    assert datetime.fromisoformat(same_day["due_at"]).hour == 19


@pytest.mark.parametrize(
    ("words", "said_so"),
    [
        (("+19005550100",), "premium-rate"),
        (("911",), "too short"),
        ((CUSTOMER, "--at", "tomorrow"), "--at"),
        ((CUSTOMER, "--owner", "nobody"), "--owner"),
        ((CUSTOMER, "--owner", "ana", "--kind", "follow_up"), "may not make follow-up calls"),
        ((CUSTOMER, "--owner", "ana", "--exclude", "ana"), "is excluded"),
        ((CUSTOMER, "--exclude", "ana,nobody"), "--exclude"),
        ((CUSTOMER, "--line", "nowhere"), "--line"),
        ((CUSTOMER, "--kind", "nuisance"), "--kind"),
    ],
)
def test_what_is_written_wrongly_is_said(
    run: Run, ledger: Ledger, words: tuple[str, ...], said_so: str
) -> None:
    result = run("callbacks", "book", *words)
    assert result.exit_code == 2
    assert said_so in " ".join(result.stderr.split())
    assert ledger.listed().items == ()


def test_what_cannot_be_done_is_a_sentence(run: Run, ledger: Ledger) -> None:
    row = said(run(*BOOK, "--json"))
    again = run(*BOOK)
    assert (again.exit_code, row["id"] in again.stderr) == (1, True)
    dialled(ledger, row["id"], Step.OWNER_READY, Step.CUSTOMER_POSTED)
    late = run("callbacks", "cancel", row["id"])
    assert (late.exit_code, "too late" in late.stderr) == (1, True)
    assert "dialling/customer_posted" in run("callbacks", "list").stdout
    for command in ("show", "cancel"):
        assert run("callbacks", command, "cb0").exit_code == 2


def test_the_list_goes_by_when_calls_are_due_and_wishes_follow(
    run: Run, ledger: Ledger, floor: Floor, twilio: Twilio
) -> None:
    call = another_call(twilio, caller=CALLER)
    call.presses(call.calls(), "3")
    for number, hour in (("+12125550143", 15), ("+12125550144", 13), ("+12125550145", 14)):
        run("callbacks", "book", number, "--at", f"2030-11-25T{hour}:00-05:00")
    lines = run("callbacks", "list").stdout.splitlines()
    assert [line.split("  ")[1] for line in lines] == [
        "+12125550144",
        "+12125550145",
        "+12125550143",
        CALLER,
    ]
    items = said(run("callbacks", "list", "--json"))["items"]
    assert (items[-1]["state"], items[-1]["id"], items[-1]["number"]) == ("wish", None, CALLER)
    assert [item["number"] for item in said(run("callbacks", "list", "--wishes", "--json"))["items"]] == [
        CALLER
    ]
    now_in(ledger, items[0]["id"], State.NEEDS_PERSON)
    assert len(run("callbacks", "list", "--state", "booked").stdout.splitlines()) == 2
    assert len(run("callbacks", "list", "--since", "2030-11-25T14:00-05:00").stdout.splitlines()) == 2
