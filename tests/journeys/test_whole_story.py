"""The whole policy as one story: an abusive call, its report, the verdict, the promised call, the next stage.

Real processes, the lab as Twilio, days in seconds; calls are recorded, since only those reach stage 2.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from callbacks.records import Callback
from callbacks.rules.states import Kind, State
from ivr.lab.handset import Handset
from ivr.lab.phone import ANSWERS, NO_ANSWER, Ringing
from routing.rules.accounts import Account
from routing.rules.conduct import ConductStanding, standing_at
from routing.rules.people import May
from tests.ivr.voice.scenes import a_config
from tests.journeys.conftest import FRIDAY_AT_FOUR
from tests.journeys.live_floor import Hall, open_hall
from tests.journeys.promising_office import Office
from tests.journeys.whole_line import Person, WholeLine, whole_line
from tests.routing.stories import account
from tests.twilio import LINE

pytestmark = pytest.mark.processes

CALIFORNIA = ZoneInfo("America/Los_Angeles")  # three hours behind the line
WORDS = "You are a worthless piece of dirt."
ENDED = {"category": "swearing", "target": "adviser", "words": WORDS, "legal_wish": "no"}
UPHELD = {"abuse": "upheld", "protocol_followed": True, "note": "Heard it all."}
REACHED = {
    "result": "reached",
    "standard_explained": True,
    "apology": True,
    "agreed": "We speak calmly.",
    "original_problem": "The invoice was corrected.",
}
ABOUT_TO_CALL = "We were about to call you ourselves"
UNSPEAKABLE = ("abus", "conduct", "incident", "complaint", "worthless")
_count = itertools.count(1)


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeLine]:
    """It runs and records; the clock begins on a Friday at four in New York."""
    folder = tmp_path_factory.mktemp("line")
    config = a_config(folder, ('consent: "off"', "consent: announce"))
    with whole_line(folder, at=FRIDAY_AT_FOUR, CALMLINE_CONFIG=str(config)) as running:
        yield running


@dataclass
class Story:
    """A customer in California, an adviser Ana, her manager Maria, and Rita, who reviews."""

    hall: Hall
    office: Office
    customer: Handset
    ana: Person = field(init=False)
    rita: Person = field(init=False)

    def __post_init__(self) -> None:
        self.ana = self.adviser("ana", alias="Ada", staff_number="4711")
        self.rita = self.colleague("rita", May.REVIEW)

    @property
    def line(self) -> WholeLine:
        return self.hall.line

    @property
    def maria(self) -> Person:
        return self.office.maria

    def adviser(self, name: str, **special: Any) -> Person:
        """On duty; Maria is the manager."""
        phone = f"+1212558{next(_count):04d}"
        return self.hall.agent(name, phone=phone, manager=self.maria.name, **special)

    def colleague(self, name: str, *may: May) -> Person:
        """Somebody who takes no calls."""
        number = next(_count)
        phone = f"+1212559{number:04d}"
        return self.line.user(f"{name}{number}", phone, role="agent", may=frozenset(may))

    def calls_in(self, keys: str = "1") -> None:
        """The customer dials the line and presses these keys in its menus."""
        self.customer.calls(LINE)
        for key in keys:
            self.line.lab.run(1)
            self.customer.presses(key)
        self.line.lab.run(0.5)

    def is_abused(self, who: Person) -> str:
        """The customer goes on after two warnings, hears why the call ends and is off; the report's id."""
        self.calls_in()
        self.hall.until_talking(who, self.customer)
        call = f"/calls/{self.customer.call_sid}"
        for number in (1, 2):
            self.hall.says(who, "POST", f"{call}/warnings", {}, 202)
            self.line.until(lambda n=number: self.has_played(who, n), 60, 0.5)  # type: ignore[misc]
            self.line.lab.run(11)
        report: str = self.hall.says(who, "POST", f"{call}/end", ENDED, 202)["report_id"]
        self.hall.until_status(who, "recovery", seconds=5)
        self.hall.until_over(self.customer, 90)
        self.line.until(lambda: not self.line.going_on(), 60)
        return report

    def has_played(self, who: Person, number: int) -> bool:
        rows = self.hall.says(who, "GET", f"/calls/{self.customer.call_sid}")["warnings"]
        return (number, "played") in [(row["number"], row["state"]) for row in rows]

    def judges(self, report: str, verdict: dict[str, Any] = UPHELD) -> Any:
        """Rita finds it in the list, reads the case, and decides."""
        self.line.until(lambda: report in [row["id"] for row in self.listed()], 30)
        self.line.until(lambda: self.meets() == "team_leader", 30)
        case = self.hall.says(self.rita, "GET", f"/reports/{report}")
        assert (case["words"], len(case["warnings"])) == (WORDS, 2)
        return self.hall.says(self.rita, "POST", f"/reports/{report}/verdict", verdict)

    def meets(self) -> str:
        """What decides about the customer's next call."""
        rule: str = self.line.run("explain", self.customer.number)["because"]["rule"]
        return rule

    def listed(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.hall.says(self.rita, "GET", "/reports")["items"]
        return rows

    def standing(self) -> ConductStanding:
        """As the ledger has it now."""
        floor, at = self.line.floor, self.line.now()
        caller = floor.offences.dossiers.caller_of(self.customer.number)
        return standing_at(floor.offences.dossiers.known(caller).facts, floor.terms(), at)

    def account(self, report: str) -> Account:
        return account(self.standing(), report)

    def until_delivered(self, report: str) -> None:
        self.line.until(lambda: self.account(report).delivered_at is not None, 60)

    def promised(self) -> Callback:
        """The follow-up call that somebody has booked for this customer, once there is one."""
        ledger, key = self.line.ledger, self.line.floor.caller_key(self.customer.number)

        def found() -> list[Callback]:
            return [one for one in ledger.open_of(key) if one.kind is Kind.FOLLOW_UP]

        self.line.until(found, 30)
        [booked] = found()
        self.office.promised.append(booked.id)
        return booked

    def next_morning(self) -> datetime:
        """Ten where the customer is, on the line's next working day."""
        return datetime.combine(self.office.next_morning().date(), time(10), CALIFORNIA)

    def rang(self) -> int:
        """How often we rang the customer."""
        return self.office.times_called(self.customer)

    def is_at_stage(self, stage: int, treatment: str) -> None:
        """As a supervisor is told."""
        said = self.hall.says(self.maria, "POST", "/callers/lookup", {"number": self.customer.number})
        assert (said["stage"], said["treatment"]) == (stage, treatment)


@pytest.fixture
def hall(line: WholeLine) -> Iterator[Hall]:
    with open_hall(line) as hall:
        yield hall


@pytest.fixture
def story(hall: Hall, office: Office) -> Story:
    return Story(hall, office, a_customer(hall))


def a_customer(hall: Hall, ringing: Ringing = ANSWERS) -> Handset:
    customer = hall.line.lab.phone(f"+1415557{next(_count):04d}", ringing)
    hall.callers.append(customer)
    return customer


def words(one: Handset | Person) -> str:
    return " ".join((one.phone if isinstance(one, Person) else one).heard())


def upheld_with_a_call_booked(story: Story) -> tuple[str, Callback]:
    """The first offence, and the call that it owes: at ten where the customer is, never with Ana."""
    expected = story.next_morning()
    report = story.is_abused(story.ana)
    said = story.judges(report)
    assert (said["offence_id"], said["stage"], said["treatment"]) == (report, 1, "normal")
    booked = story.promised()
    assert booked.due_at == expected
    assert (booked.owner, story.ana.name in booked.exclude) == (story.maria.name, True)
    return report, booked


def test_from_an_abusive_call_to_the_call_that_follows_and_to_a_specialist(story: Story) -> None:
    line, maria, customer = story.line, story.maria, story.customer
    report, booked = upheld_with_a_call_booked(story)
    heard = words(customer)
    assert "it went on after two warnings" in heard
    assert "You spoke with Ada, staff number 4 7 1 1." in heard
    assert "The manager responsible is Maria" in heard
    story.is_at_stage(1, "normal")
    assert story.meets() == "promised_call"
    assert booked.due_at is not None

    line.advance_to(booked.due_at - timedelta(seconds=1))
    line.lab.run(0.5)
    assert (story.office.times_called(maria), story.rang()) == (0, 0)
    before = len(customer.heard())
    story.office.until_talking(maria.phone, customer)
    assert line.now() - booked.due_at < timedelta(seconds=60)
    brief = words(maria)
    assert "a call from the support line" in brief
    assert "say kindly how we ask to be spoken to" in brief
    said_to_him = " ".join(customer.heard()[before:]).lower()
    assert not [word for word in UNSPEAKABLE if word in said_to_him]
    line.lab.run(60)
    customer.hangs_up()
    story.office.until_state(booked.id, State.REACHED)
    assert story.account(report).delivered_at is None
    maria.does(booked.id, "outcome", **REACHED)
    story.until_delivered(report)
    assert story.office.now(booked.id).state is State.DONE
    assert story.standing().gate is None

    story.ana.goes_off_duty()
    ben, carl = story.adviser("ben"), story.adviser("carl", skills={"specialist": 1}, certified=True)
    again = story.is_abused(ben)
    said = story.judges(again)
    assert (said["offence_id"], said["stage"], said["treatment"]) == (again, 2, "specialist")
    story.is_at_stage(2, "specialist")
    rung = story.hall.rang(ben)
    story.calls_in("")
    story.hall.until_talking(carl, customer)
    assert (story.hall.rang(carl), story.hall.rang(ben)) == (1, rung)
    line.lab.run(30)
    customer.hangs_up()
    story.until_delivered(again)
    assert story.rang() == 1, "one follow-up call in all"
    counted = line.run("figures", "conduct", "--month", "2036-11")
    assert (counted["reports"], counted["upheld"], counted["open"], counted["breaks"]) == (2, 2, 0, 2)
    assert (counted["stage_1_repeated"], counted["stage_2_callers"]) == (1, 1)
    assert [line.run("ledger", "verify")["ok"], line.run("ledger", "rebuild")["differences"]] == [True, []]


def test_quashed_before_it_is_due_nobody_is_called(story: Story) -> None:
    report, booked = upheld_with_a_call_booked(story)
    appeal = {"by": "the customer", "grounds": "It was my neighbour's television."}
    story.hall.says(story.maria, "POST", f"/offences/{report}/appeal", appeal)
    dora = story.colleague("dora", May.APPEAL)
    decision = {"outcome": "quashed", "note": "It was."}
    said = story.hall.says(dora, "POST", f"/offences/{report}/appeal/decision", decision)
    assert (said["stage"], said["treatment"]) == (0, "normal")
    story.office.until_state(booked.id, State.CANCELLED)
    assert booked.due_at is not None
    story.line.advance_to(booked.due_at)
    story.line.lab.run(600)
    assert (story.office.times_called(story.maria), story.rang()) == (0, 0)
    story.is_at_stage(0, "normal")
    assert story.meets() == "menu"


def test_not_upheld_the_break_stays_and_nobody_is_called(story: Story) -> None:
    report = story.is_abused(story.ana)
    said = story.judges(report, {"abuse": "not_upheld", "protocol_followed": True, "note": "He was angry."})
    assert (said["stage"], said["treatment"]) == (0, "normal")
    assert (story.ana.status, story.meets()) == ("recovery", "menu")
    story.line.advance_to(story.next_morning())
    story.line.lab.run(120)
    assert (story.office.times_called(story.maria), story.rang()) == (0, 0)


def test_nobody_answers_three_times_then_a_letter_and_it_is_delivered(story: Story) -> None:
    story.customer = a_customer(story.hall, NO_ANSWER)
    report, booked = upheld_with_a_call_booked(story)
    for count in (1, 2, 3):
        story.office.is_due(booked.id)
        story.line.until(lambda n=count: len(story.office.now(booked.id).attempts) == n, 60)  # type: ignore[misc]
        story.office.until_state(booked.id, State.BOOKED, State.LETTER_DUE)
        assert story.rang() == count
    assert story.office.now(booked.id).state is State.LETTER_DUE
    assert story.account(report).delivered_at is None
    story.maria.does(booked.id, "letter-sent")
    story.until_delivered(report)
    story.line.lab.run(7 * 24 * 3600)
    assert story.rang() == 3


def test_the_customer_rings_in_first_and_is_not_called(story: Story) -> None:
    report, booked = upheld_with_a_call_booked(story)
    story.calls_in("")
    story.hall.until_heard(story.customer, ABOUT_TO_CALL)
    story.office.until_talking(story.maria.phone, story.customer)
    story.line.lab.run(60)
    story.customer.hangs_up()
    story.office.until_state(booked.id, State.REACHED)
    story.maria.does(booked.id, "outcome", **REACHED)
    story.until_delivered(report)
    assert booked.due_at is not None
    story.line.advance_to(booked.due_at)
    story.line.lab.run(600)
    assert story.rang() == 0
