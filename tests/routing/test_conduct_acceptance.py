"""What the conduct policy promises, through the real ledger to what the next call meets (docs/policy.md).

What follows from facts alone is in rules/test_conduct.py; to the second in rules/test_acceptance.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from config.now import milliseconds
from routing import conduct_ledger, filing
from routing.floor import Floor
from routing.rules.caller import Identity
from routing.rules.conduct import ConductStanding, standing_at
from routing.rules.conduct_events import (
    Fact,
    Judged,
    Linked,
    Protected,
    RestrictionReviewed,
)
from routing.rules.conduct_refusals import FactRefused
from routing.rules.conduct_words import Category, Finding, LegalWish, Target
from routing.rules.remedies import Remedy
from routing.rules.reports import Report, ReportKind, Statement
from routing.rules.route import route_new_call
from routing.scene import InboundCall, read_scene
from routing.store.on_disk import OnDisk
from tests.ivr.voice.scenes import failed_open, set_clock
from tests.routing.builders import told
from tests.routing.stories import (
    account,
    appealed,
    at_stage,
    judged,
    letter,
    not_reached,
    on,
    quashed,
    reported,
    signed,
    spoken,
    upheld,
)
from tests.routing.stories import told as fact
from tests.twilio import CALLER, LINE, Twilio, a_call_sid

C = "c1"
NORMAL = "menu main, by menu"
SPECIALIST = "enqueue specialist, by specialist"
EMAIL_ONLY = "say_and_hang_up email_only, by email_only"
CLOSED = "say_and_hang_up closed, by closed"
TEAM_LEADER = "enqueue team_leader, by team_leader"
ONE, AGAIN = upheld("o1", 0), upheld("o2", 10)
FOURTH = [*at_stage(3), *upheld("o4", 30)]


@pytest.fixture(autouse=True)
def _without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OnDisk, "wait", lambda *_: None)


@dataclass(frozen=True, slots=True)
class Case:
    """One caller in the ledger of a floor, at one number."""

    floor: Floor

    def write(self, facts: Sequence[Fact]) -> None:
        for one in facts:
            self.floor.offences.append(C, one, self.floor.terms())

    def standing(self, at: datetime, caller: str = C) -> ConductStanding:
        known = self.floor.offences.dossiers.known(caller).facts
        return standing_at(known, self.floor.terms(), at)

    def next_call(self, at: datetime, shown: str = CALLER, verification: str = "") -> str:
        """What the line does; the caller has been heard of within the ninety days of a link."""
        heard_of = {"last_contact_ms": milliseconds(at - timedelta(days=1))}
        self.floor.store.client.hset(self.floor.keys.standing(shown), mapping=heard_of)
        call = InboundCall(a_call_sid(), shown, LINE, verification)
        scene = read_scene(self.floor, call, at=at)
        return told(
            route_new_call(scene.caller, line=scene.line, config=scene.config, load=scene.load, at=at)
        )


@pytest.fixture
def case(floor: Floor) -> Case:
    linked = Linked(id="l1", at=on(0), by="ops", address=CALLER)
    floor.offences.append(C, linked, floor.terms())
    return Case(floor)


ROWS: list[tuple[str, list[Fact], float, int, str]] = [
    ("a report that nobody has judged", [reported("o1", 0)], 1, 0, TEAM_LEADER),
    ("inconclusive is not upheld", [reported("o1", 0), judged("o1", 0.1, "inconclusive")], 1, 0, NORMAL),
    ("not upheld", [reported("o1", 0), judged("o1", 0.1, "not_upheld")], 1, 0, NORMAL),
    ("the first offence", ONE, 1, 1, NORMAL),
    (
        "a customer not reached, and a letter",
        [*ONE, not_reached("o1", 5), letter("o1", 6), *AGAIN],
        11,
        2,
        SPECIALIST,
    ),
    ("a follow-up that was never made holds stage 1", [*ONE, *AGAIN], 11, 1, NORMAL),
    ("two offences in 24 hours are one", [*ONE, spoken("o1", 0.5), *upheld("o2", 0.9)], 2, 1, NORMAL),
    ("the second offence", at_stage(2), 12, 2, SPECIALIST),
    ("an appeal that is open pauses it", [*at_stage(2), appealed("o2", 12)], 13, 2, NORMAL),
    (
        "…but not after a threat",
        [*ONE, spoken("o1", 1), *upheld("o2", 10, category="threat"), appealed("o2", 12)],
        13,
        2,
        SPECIALIST,
    ),
    (
        "…and takes e-mail only down to what is beside it",
        [*at_stage(3), appealed("o3", 22)],
        23,
        3,
        SPECIALIST,
    ),
    ("the third offence", at_stage(3), 22, 3, EMAIL_ONLY),
    ("a lapsed restriction falls back while the stage stays", at_stage(3), 201, 3, SPECIALIST),
    (
        "…so does one that was lifted at its review",
        [*at_stage(3), fact(RestrictionReviewed, 110, "mona", offence="o3", lifted=True)],
        111,
        3,
        SPECIALIST,
    ),
    ("a fourth offence that nobody signed stays stage 3", FOURTH, 32, 3, EMAIL_ONLY),
    ("…nor with the manager's name alone", [*FOURTH, signed("o4", 31, "manager", "mona")], 32, 3, EMAIL_ONLY),
    ("…nor with the lawyer's alone", [*FOURTH, signed("o4", 31, "legal", "lea")], 32, 3, EMAIL_ONLY),
    ("a fourth offence with both", at_stage(4), 32, 4, CLOSED),
    (
        "a protected caller at stage 4",
        [*at_stage(4), fact(Protected, 33)],
        34,
        4,
        "enqueue urgent, by protected",
    ),
    ("all of it spent", at_stage(4), 396, 0, NORMAL),
]


@pytest.mark.parametrize(
    ("facts", "day", "stage", "decision"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_what_the_next_call_meets(
    case: Case, facts: list[Fact], day: float, stage: int, decision: str
) -> None:
    case.write(facts)
    assert (case.standing(on(day)).stage, case.next_call(on(day))) == (stage, decision)


def test_a_letter_after_the_last_attempt_is_the_delivery(case: Case) -> None:
    case.write([*ONE, not_reached("o1", 5)])
    waiting = account(case.standing(on(5.5)), "o1")
    assert (waiting.remedy, waiting.delivered_at) == (Remedy.FOLLOW_UP_CALL, None)
    assert waiting.overdue_at is not None
    case.write([letter("o1", 6)])
    delivered = account(case.standing(on(6.5)), "o1")
    assert (delivered.delivered_at, delivered.overdue_at) == (on(6), None)


def test_a_follow_up_that_the_company_never_made_becomes_overdue_and_holds_the_gate(case: Case) -> None:
    case.write([*ONE, *AGAIN, *upheld("o3", 20)])
    found = case.standing(on(21))
    owed = account(found, "o1")
    assert found.stage == 1
    assert owed.overdue_at is not None
    assert on(7) < owed.overdue_at < on(8.5)  # five business days after Monday
    assert found.gate is not None
    assert (found.gate.offence, found.gate.remedy) == ("o1", Remedy.FOLLOW_UP_CALL)


def test_when_an_offence_is_spent_nothing_new_is_owed(case: Case) -> None:
    case.write(at_stage(2))
    found = case.standing(on(370))  # the first is spent, the second has become the only one
    assert (found.stage, found.offences, found.gate) == (1, ("o2",), None)
    left = account(found, "o2")
    assert (left.remedy, left.delivered_at, left.overdue_at) == (Remedy.SPECIALIST, on(11), None)


def test_an_appeal_won_restores_normal_in_the_step_that_writes_it(case: Case) -> None:
    case.write(at_stage(2))
    assert case.next_call(on(12)) == SPECIALIST
    case.write(quashed("o2", 12))
    assert case.next_call(on(14)) == NORMAL
    assert conduct_ledger.rebuild(case.floor, by="ops", at=on(14)).differences == ()


def test_the_same_person_cannot_sign_twice(case: Case) -> None:
    case.write([*FOURTH, signed("o4", 31, "manager", "mona")])
    with pytest.raises(FactRefused) as refused:
        case.write([signed("o4", 31.1, "legal", "mona")])
    assert refused.value.code == "same_person"
    assert (case.standing(on(32)).stage, case.next_call(on(32))) == (3, EMAIL_ONLY)
    case.write([signed("o4", 33, "legal", "lea")])
    assert (case.standing(on(34)).stage, case.next_call(on(34))) == (4, CLOSED)


def report(floor: Floor, *, call: str, by: str = "ana", **special: Any) -> Report:
    """One that is written and filed, about an adviser who was sworn at."""
    statement = Statement(
        ReportKind.ABUSE,
        call=call,
        adviser=by,
        category=Category.SWEARING,
        target=Target.ADVISER,
        legal_wish=LegalWish.NO,
        **{"number": CALLER, **special},
    )
    report_id = f"rp-{call}-{by}"
    floor.reports.write(report_id, statement, by=by)
    found = floor.reports.find(report_id)
    assert found is not None
    filing.file(floor, found)
    filed = floor.reports.find(report_id)
    assert filed is not None
    return filed


def uphold(floor: Floor, one: Report) -> None:
    verdict = Judged(
        id=f"v-{one.id}", at=floor.clock.now(floor.store), by="rita", report=one.id, finding=Finding.UPHELD
    )
    floor.offences.append(one.caller, verdict, floor.terms())


@pytest.mark.parametrize(
    ("identity", "number", "shown", "verification"),
    [
        (Identity.WITHHELD, "", "anonymous", ""),
        (Identity.PLACEHOLDER, "", "unknown", ""),
        (Identity.SPOOFED, CALLER, CALLER, "TN-Validation-Failed-C"),
    ],
)
def test_an_offence_from_a_number_that_does_not_tell_who_called_flags_no_number(
    floor: Floor, identity: Identity, number: str, shown: str, verification: str
) -> None:
    set_clock(floor, on(0))
    uphold(floor, report(floor, call="CA1", identity=identity, number=number))
    open_one = report(floor, call="CA2", identity=identity, number=number)
    case = Case(floor)
    assert case.standing(on(1), open_one.caller).treatment == "team_leader"
    assert case.next_call(on(1), shown, verification) == NORMAL
    assert case.next_call(on(1)) == NORMAL


def test_two_callers_on_one_number_keep_their_own_stages_and_the_number_carries_neither(floor: Floor) -> None:
    set_clock(floor, on(0))
    first = report(floor, call="CA1", customer_id="K1")
    second = report(floor, call="CA2", customer_id="K2")
    uphold(floor, first)
    uphold(floor, second)
    case = Case(floor)
    assert [case.standing(on(1), one.caller).stage for one in (first, second)] == [1, 1]
    report(floor, call="CA3", customer_id="K1")
    floor.standings.share(CALLER, True, by="sam", at=on(1))
    assert case.next_call(on(1)) == NORMAL
    floor.standings.share(CALLER, False, by="sam", at=on(1))
    assert case.next_call(on(1)) == TEAM_LEADER


def test_one_call_that_two_advisers_report_is_one_offence(floor: Floor) -> None:
    set_clock(floor, on(0))
    first = report(floor, call="CA1", by="ana")
    uphold(floor, first)
    floor.offences.append(first.caller, spoken(first.id, 1), floor.terms())
    set_clock(floor, on(5))
    second = report(floor, call="CA1", by="ben")
    uphold(floor, second)
    found = Case(floor).standing(on(6), first.caller)
    assert (second.caller, found.stage, found.offences) == (first.caller, 1, (first.id,))
    assert account(found, second.id).why == "same_call"


def test_one_report_that_is_filed_again_is_one(floor: Floor) -> None:
    set_clock(floor, on(0))
    one = report(floor, call="CA1")
    known = floor.offences.dossiers.known(one.caller).facts
    report(floor, call="CA1")
    assert floor.offences.dossiers.known(one.caller).facts == known


def closed_out(case: Case) -> None:
    """A caller at stage 4, who calls on the day after."""
    case.write(at_stage(4))
    set_clock(case.floor, on(32))


def test_the_urgent_key_of_a_closed_caller_reaches_the_team_leader(case: Case, twilio: Twilio) -> None:
    closed_out(case)
    heard = twilio.calls()
    assert twilio.presses(heard, "0").queue == "team_leader"


def test_somebody_else_at_the_number_of_a_closed_caller_reaches_the_team_leader(
    case: Case, twilio: Twilio
) -> None:
    closed_out(case)
    before = case.floor.offences.dossiers.known(C)
    assert twilio.presses(twilio.calls(), "2").queue == "team_leader"
    assert case.floor.offences.dossiers.known(C) == before


@pytest.mark.parametrize(
    "fields",
    [{"course": "[[0,"}, {"offences": "7"}, {"treatment": "banished"}],
    ids=lambda fields: next(iter(fields)),
)
def test_a_standing_that_cannot_be_read_is_an_alarm_and_the_normal_queue_until_the_ledger_mends_it(
    case: Case, twilio: Twilio, fields: dict[str, str]
) -> None:
    closed_out(case)
    case.floor.store.client.hset(case.floor.keys.standing(CALLER), mapping=fields)
    alarms = failed_open(twilio.client, "standing_unreadable")
    assert twilio.calls().queue == "general"
    assert failed_open(twilio.client, "standing_unreadable") == alarms + 1
    rebuilt = conduct_ledger.rebuild(case.floor, by="ops", at=on(32))
    assert [one.of for one in rebuilt.differences] == [CALLER]
    assert case.next_call(on(32)) == CLOSED
