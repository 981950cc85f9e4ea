"""Mails about reports, to those who review and those who lead: a kind, a category, an id, nothing more."""

import hmac
from collections.abc import Iterable

from config.observe import log
from routing import review
from routing.floor import Floor
from routing.rules.people import May, Person, Role
from routing.rules.reports import Report

_LEADS = frozenset({Role.SUPERVISOR, Role.ADMIN})
_LATE = {
    "unseen": "No reviewer has opened it yet.",
    "overdue": "It should have been decided by now.",
}


def tell_reviewers(floor: Floor, report: Report) -> None:
    """Whoever may review it, each once. Raises StoreAway."""
    everybody = floor.people.everybody()
    reviewers = [one for one in everybody if May.REVIEW in one.may and not review.is_own(report, one.id)]
    subject = f"A report to review: {_what(report)}"
    text = f"A report was written.\n\n{_lines(report)}\n\nPlease review it: the list of reports has it."
    if not _tell(floor, report, "written", reviewers, subject, text):
        log.warning("nobody_to_review", report=report.id)


def tell_leaders(floor: Floor, report: Report, stage: str) -> None:
    """Supervisors and admins, each once a stage. Raises StoreAway."""
    leaders = [one for one in floor.people.everybody() if one.role in _LEADS]
    state = stage.partition("-")[0]
    text = f"A report waits for its review. {_LATE[state]}\n\n{_lines(report)}"
    _tell(floor, report, stage, leaders, f"A report is {state}: {_what(report)}", text)


def _tell(floor: Floor, report: Report, stage: str, people: Iterable[Person], subject: str, text: str) -> int:
    """How many were written to."""
    told = [one for one in people if one.enabled and one.email]
    for one in told:
        floor.mails.write(one.email, subject, text, _mail_id(floor, report.id, stage, one.id))
    return len(told)


def _mail_id(floor: Floor, *parts: str) -> str:
    return f"m{hmac.digest(floor.key, chr(10).join(parts).encode(), 'sha256').hex()[:24]}"


def _what(report: Report) -> str:
    """A category says what kind of words they were, not which."""
    said = report.statement
    return str(said.category or said.kind).replace("_", ", ")


def _lines(report: Report) -> str:
    said = report.statement
    category = f"Category: {_what(report)}\n" if said.category else ""
    return f"Kind: {said.kind}\n{category}Report: {report.id}"
