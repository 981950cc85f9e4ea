"""A report goes into the conduct ledger, under the caller whom it is about (docs/policy.md 18-20)."""

from datetime import datetime
from secrets import token_hex

from config.observe import log
from routing.floor import Floor
from routing.rules.accounts import Terms
from routing.rules.addresses import at_call, at_customer
from routing.rules.caller import Identity
from routing.rules.conduct_events import (
    Fact,
    Linked,
    NuisanceReported,
    Reported,
    Unlinked,
)
from routing.rules.conduct_words import Category, Target
from routing.rules.reports import Report, ReportKind
from routing.store.offences import AddressTaken

US = "calmline"


def file(floor: Floor, report: Report) -> str:
    """The caller under whom the ledger has the report; safe to repeat.

    Raises StoreAway, NoConfigError; what `Offences.append` raises: FactRefused, LedgerBroken, NotKept.
    """
    if report.is_filed:
        return report.caller
    # In the ledger already, and the answer was lost: its address may be somebody else's by now.
    if caller := floor.offences.dossiers.caller_with(report.id):
        floor.reports.is_filed(report.id, caller)
        return caller
    terms = floor.terms()
    caller = _caller_of(floor, report, terms)
    words = "\n".join(filter(None, (report.statement.words, report.statement.note)))
    floor.offences.append(caller, fact_of(report), terms, words=words)
    floor.reports.is_filed(report.id, caller)
    log.info("report_filed", report=report.id)
    return caller


def fact_of(report: Report) -> Fact:
    """What the ledger is told of a report."""
    said = report.statement
    if said.kind is ReportKind.NUISANCE:
        return NuisanceReported(id=report.id, at=report.at, by=report.by, call=said.call)
    return Reported(
        id=report.id,
        at=report.at,
        by=report.by,
        call=said.call,
        acted_at=report.at,
        category=said.category or Category.DEROGATORY,
        target=said.target or Target.ADVISER,
        recorded=said.recorded,
        legal_wish=said.legal_wish,
    )


def _caller_of(floor: Floor, report: Report, terms: Terms) -> str:
    """The customer when we know who it was; else whose number it is, if the number tells; else nobody's."""
    said, at = report.statement, report.at
    tells = bool(said.number) and said.identity in (Identity.SURE, Identity.LINK_LAPSED)
    if said.identity is Identity.LINK_LAPSED and tells:
        _let_go(floor, said.number, terms, at)
    if said.customer_id:
        caller = floor.offences.caller_at(at_customer(said.customer_id), terms, by=US, at=at)
        for address in filter(None, (said.number if tells else "", said.contact)):
            _link(floor, caller, address, terms, at)
        return caller
    address = said.contact or (said.number if tells else at_call(said.call))
    return floor.offences.caller_at(address, terms, by=US, at=at)


def _let_go(floor: Floor, number: str, terms: Terms, at: datetime) -> None:
    """Not heard of for so long that it is somebody else's by now (docs/policy.md 20)."""
    if before := floor.offences.dossiers.caller_of(number):
        unlinked = Unlinked(id=f"lapse-{token_hex(10)}", at=at, by=US, address=number)
        floor.offences.append(before, unlinked, terms)


def _link(floor: Floor, caller: str, address: str, terms: Terms, at: datetime) -> None:
    """Somebody else's address stays his: two people use it then (docs/policy.md 18)."""
    if floor.offences.dossiers.caller_of(address):
        return
    try:
        floor.offences.append(
            caller, Linked(id=f"link-{token_hex(10)}", at=at, by=US, address=address), terms
        )
    except AddressTaken:
        log.info("address_is_somebody_else_s", caller=caller)
