"""What may not be added to a caller's facts: one refusal, one class (docs/policy.md 9, 12, 15)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from routing.rules.accounts import Terms
from routing.rules.conduct_events import (
    AppealDecided,
    Appealed,
    Fact,
    FollowedUp,
    Judged,
    LetterSent,
    NoticeSent,
    NuisanceReported,
    Overridden,
    RemedyWaived,
    Reported,
    RestrictionReviewed,
    SignedOff,
)
from routing.rules.conduct_words import Finding, Outcome
from routing.rules.dossier import Dossier

LONGEST_OVERRIDE = timedelta(days=31)  # 30 days ahead, to the end of that day
_OF_AN_OFFENCE = (
    FollowedUp | LetterSent | NoticeSent | RemedyWaived | RestrictionReviewed | SignedOff | AppealDecided
)


class FactRefused(Exception):
    """A fact that the policy does not allow; the message is a sentence for people."""

    code = "fact_refused"


class UnknownReport(FactRefused):
    """Nothing of this id was reported about the caller."""

    code = "unknown_report"


class OwnReport(FactRefused):
    """Nobody reviews what he reported himself."""

    code = "own_report"


class AlreadyReported(FactRefused):
    """This adviser has reported this call already."""

    code = "already_reported"


class AlreadyDecided(FactRefused):
    """Somebody else has given the verdict, or decided the appeal."""

    code = "already_decided"


class NoOffence(FactRefused):
    """The report was not upheld, so nothing can follow from it."""

    code = "no_offence"


class SamePerson(FactRefused):
    """A stage 4 takes two people."""

    code = "same_person"


class Involved(FactRefused):
    """Whoever reported or judged does not decide the appeal."""

    code = "involved"


class TooLate(FactRefused):
    """The time to appeal is over."""

    code = "too_late"


class NoAppeal(FactRefused):
    """There is no open appeal to decide."""

    code = "no_appeal"


class VariesNothing(FactRefused):
    """An appeal that varies says what or until when."""

    code = "varies_nothing"


class TooLong(FactRefused):
    """A treatment by hand ends within 30 days."""

    code = "too_long"


def check(fact: Fact, before: Sequence[Fact], terms: Terms) -> None:
    """Raises a FactRefused when `fact` may not follow what was written `before` about the caller."""
    dossier = Dossier(before, fact.at)
    match fact:
        case Reported() | NuisanceReported():
            _check_report(fact, dossier)
        case Judged():
            _check_verdict(fact, dossier)
        case Appealed():
            _check_appeal(fact, dossier, terms)
        case Overridden() if fact.until > fact.at + LONGEST_OVERRIDE:
            raise TooLong("A treatment by hand ends within 30 days.")
        case _ if isinstance(fact, _OF_AN_OFFENCE):
            _check_offence(fact.offence, dossier)
    if isinstance(fact, SignedOff):
        _check_signature(fact, dossier)
    if isinstance(fact, AppealDecided):
        _check_decision(fact, dossier)


def _check_report(fact: Reported | NuisanceReported, dossier: Dossier) -> None:
    kind = type(fact)
    if any(one.call == fact.call and one.by == fact.by for one in dossier.all(kind)):
        raise AlreadyReported(f"{fact.by} has reported this call already.")


def _check_verdict(fact: Judged, dossier: Dossier) -> None:
    reporter = _reporters(dossier).get(fact.report)
    if reporter is None:
        raise UnknownReport(f"There is no report {fact.report} about this caller.")
    if reporter == fact.by:
        raise OwnReport("Whoever reported does not review it; somebody else has to.")
    if fact.report in dossier.verdicts:
        raise AlreadyDecided(f"{dossier.verdicts[fact.report].by} has decided this report already.")


def _check_offence(offence: str, dossier: Dossier) -> None:
    if offence not in _reporters(dossier):
        raise UnknownReport(f"There is no report {offence} about this caller.")
    verdict = dossier.verdicts.get(offence)
    if verdict is None or verdict.finding is not Finding.UPHELD:
        raise NoOffence(f"The report {offence} was not upheld: nothing follows from it.")


def _check_appeal(fact: Appealed, dossier: Dossier, terms: Terms) -> None:
    _check_offence(fact.offence, dossier)
    if dossier.appeal_of(fact.offence) is not None:
        raise AlreadyDecided(f"There was an appeal against {fact.offence} already.")
    ends = appeal_ends(dossier.verdicts[fact.offence].at, terms)
    if fact.at >= ends:
        raise TooLate(f"The time to appeal ended on {ends:%Y-%m-%d}.")


def appeal_ends(decided_at: datetime, terms: Terms) -> datetime:
    """The days to appeal begin when the notice has to be out (docs/policy.md 13)."""
    days = terms.conduct.notice_business_days + terms.conduct.appeal_business_days
    return terms.business_days_after(decided_at, days)


def _check_signature(fact: SignedOff, dossier: Dossier) -> None:
    if any(one.by == fact.by for one in dossier.signatures(fact.offence) if one.signs_as != fact.signs_as):
        raise SamePerson(f"{fact.by} has signed in the other office; two people sign.")


def _check_decision(fact: AppealDecided, dossier: Dossier) -> None:
    appeal = dossier.appeal_of(fact.offence)
    if appeal is None:
        raise NoAppeal(f"There is no appeal against {fact.offence}.")
    if appeal.decision is not None:
        raise AlreadyDecided(f"{appeal.decision.by} has decided this appeal already.")
    if fact.by in (_reporters(dossier)[fact.offence], dossier.verdicts[fact.offence].by):
        raise Involved("Whoever reported or judged does not decide the appeal.")
    if fact.outcome is Outcome.VARIED and fact.treatment is None and fact.until is None:
        raise VariesNothing("Say which treatment it becomes, or until when it lasts.")


def _reporters(dossier: Dossier) -> dict[str, str]:
    return {one.id: one.by for one in (*dossier.all(Reported), *dossier.all(NuisanceReported))}
