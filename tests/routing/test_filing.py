"""A report goes into the conduct ledger under the right caller, once."""

from datetime import timedelta
from typing import Any

import pytest

from routing import filing
from routing.floor import Floor
from routing.rules.caller import Identity, Treatment
from routing.rules.conduct_events import Linked, Unlinked
from routing.rules.conduct_words import Category, Target
from routing.rules.reports import Report, ReportKind, Statement
from routing.store.on_disk import OnDisk
from routing.store.reports import new_report_id

NUMBER = "+14155550142"


@pytest.fixture(autouse=True)
def _without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OnDisk, "wait", lambda *_: None)


def written(floor: Floor, **special: Any) -> Report:
    said = {"call": "CA1", "adviser": "ana", "number": NUMBER, "words": "You are a fool."} | special
    statement = Statement(ReportKind.ABUSE, category=Category.SWEARING, target=Target.ADVISER, **said)
    report_id = new_report_id()
    floor.reports.write(report_id, statement, by="ana")
    found = floor.reports.find(report_id)
    assert found is not None
    return found


def test_what_was_written_is_read_as_it_was_and_filed_once(floor: Floor) -> None:
    report = written(floor)
    assert (report.by, report.statement.words, report.is_filed) == ("ana", "You are a fool.", False)
    caller = filing.file(floor, report)
    assert filing.file(floor, report) == caller
    assert floor.offences.dossiers.caller_of(NUMBER) == caller
    assert [type(fact).__name__ for fact in floor.offences.dossiers.known(caller).facts] == [
        "Linked",
        "Reported",
    ]
    assert floor.offences.dossiers.words(report.id) == "You are a fool."
    at = floor.clock.now(floor.store)
    assert floor.standings.read(NUMBER).treatment_at(at) is Treatment.TEAM_LEADER
    assert [one.id for one in floor.reports.open()] == [report.id]


@pytest.mark.parametrize(
    ("identity", "number"),
    [(Identity.WITHHELD, ""), (Identity.SHARED, NUMBER), (Identity.SPOOFED, NUMBER)],
)
def test_a_number_that_does_not_tell_who_called_is_never_flagged(
    floor: Floor, identity: Identity, number: str
) -> None:
    caller = filing.file(floor, written(floor, identity=identity, number=number))
    assert floor.offences.dossiers.known(caller).addresses == ("call:CA1",)
    assert floor.offences.dossiers.caller_of(NUMBER) == ""


def test_a_report_whose_filing_was_not_noted_is_filed_where_it_is(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = written(floor)
    with monkeypatch.context() as fault:
        fault.setattr(type(floor.reports), "is_filed", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            filing.file(floor, report)
    first = floor.offences.dossiers.caller_of(NUMBER)
    gone = Unlinked(id="u1", at=floor.clock.now(floor.store), by="ops", address=NUMBER)
    floor.offences.append(first, gone, floor.terms())
    assert filing.file(floor, report) == first
    found = floor.reports.find(report.id)
    assert found is not None
    assert found.caller == first


def test_two_customers_at_one_number_are_two_callers(floor: Floor) -> None:
    first = filing.file(floor, written(floor, customer_id="K1"))
    second = filing.file(floor, written(floor, customer_id="K2", call="CA2"))
    assert first != second
    assert floor.offences.dossiers.known(first).addresses == ("customer:K1", NUMBER)
    assert floor.offences.dossiers.known(second).addresses == ("customer:K2",)


def test_a_number_that_was_not_heard_of_for_long_begins_anew(floor: Floor) -> None:
    long_ago = floor.clock.now(floor.store) - timedelta(days=100)
    linked = Linked(id="l1", at=long_ago, by="ops", address=NUMBER)
    floor.offences.append("c1", linked, floor.terms())
    caller = filing.file(floor, written(floor, identity=Identity.LINK_LAPSED))
    assert caller != "c1"
    assert floor.offences.dossiers.known("c1").addresses == ()
    contact = floor.standings.read(NUMBER).last_contact
    assert contact is not None
    assert contact > long_ago + timedelta(days=99)
