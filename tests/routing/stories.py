"""What callers did and what was done about it, day by day: builders for the tests of conduct."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from config.policy_numbers import Conduct
from routing.rules.accounts import Account, Terms
from routing.rules.caller import Treatment
from routing.rules.conduct import ConductStanding, standing_at
from routing.rules.conduct_events import (
    AppealDecided,
    Appealed,
    Fact,
    FollowedUp,
    Judged,
    LetterSent,
    NuisanceReported,
    Overridden,
    Reported,
    SignedOff,
    SpecialistTookCall,
    WritingOffered,
)
from routing.rules.conduct_words import Category, Finding, FollowUp, Outcome, SignsAs

# A Monday.
BEGINNING = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
FRIDAY = 4
_ids = count()


def on(day: float, hour: float = 0) -> datetime:
    """Noon of a day, counted from BEGINNING, and some hours on."""
    return BEGINNING + timedelta(days=day, hours=hour)


def weekdays_after(at: datetime, days: int) -> datetime:
    """The end of the n-th Monday to Friday after `at`."""
    day = at
    while days:
        day += timedelta(days=1)
        days -= day.weekday() <= FRIDAY
    return day.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def terms(**numbers: Any) -> Terms:
    """The default policy with the numbers named."""
    return Terms(Conduct(**numbers), weekdays_after)


def told(kind: type[Fact], day: float, by: str = "sam", **more: Any) -> Fact:
    """Any fact, with an id of its own."""
    return kind(id=more.pop("id", f"f{next(_ids)}"), at=on(day), by=by, **more)


def reported(
    report: str,
    day: float,
    *,
    by: str = "ana",
    category: str = "swearing",
    call: str = "",
    acted: float | None = None,
    **more: Any,
) -> Fact:
    """An adviser ended a call and says why; `acted`: the day, when it is told later."""
    return Reported(
        id=report,
        at=on(day),
        by=by,
        call=call or f"call of {report}",
        acted_at=on(day if acted is None else acted),
        category=Category(category),
        **more,
    )


def judged(report: str, day: float, finding: str = "upheld", *, by: str = "rita", **more: Any) -> Fact:
    return told(Judged, day, by, report=report, finding=Finding(finding), **more)


def upheld(report: str, day: float, **more: Any) -> list[Fact]:
    """A report, and its verdict an hour later."""
    return [reported(report, day, **more), judged(report, day + 1 / 24)]


def spoken(offence: str, day: float) -> Fact:
    """The follow-up call was made and the customer was spoken to."""
    return told(FollowedUp, day, "mona", offence=offence, result=FollowUp.SPOKE)


def not_reached(offence: str, day: float) -> Fact:
    """All attempts of the follow-up call were used up."""
    return told(FollowedUp, day, "mona", offence=offence, result=FollowUp.NOT_REACHED)


def letter(offence: str, day: float) -> Fact:
    return told(LetterSent, day, "mona", offence=offence)


def specialist(day: float) -> Fact:
    """A specialist has handled a call."""
    return told(SpecialistTookCall, day, "carl", call=f"CA{day}")


def writing_offered(day: float) -> Fact:
    return told(WritingOffered, day, "line")


def signed(offence: str, day: float, signs_as: str, by: str, *, reason: bool = True) -> Fact:
    return told(SignedOff, day, by, offence=offence, signs_as=SignsAs(signs_as), conduct_is_the_reason=reason)


def signed_by_both(offence: str, day: float) -> list[Fact]:
    return [signed(offence, day, "manager", "mona"), signed(offence, day + 1 / 24, "legal", "lea")]


def appealed(offence: str, day: float) -> Fact:
    return told(Appealed, day, "sam", offence=offence)


def decided(
    offence: str,
    day: float,
    outcome: str,
    *,
    by: str = "dora",
    treatment: str = "",
    until: float | None = None,
) -> Fact:
    return AppealDecided(
        id=f"f{next(_ids)}",
        at=on(day),
        by=by,
        offence=offence,
        outcome=Outcome(outcome),
        treatment=Treatment(treatment) if treatment else None,
        until=None if until is None else on(until),
    )


def quashed(offence: str, day: float) -> list[Fact]:
    """An appeal, decided a day later."""
    return [appealed(offence, day), decided(offence, day + 1, "quashed")]


def nuisance(report: str, day: float) -> list[Fact]:
    return [
        NuisanceReported(id=report, at=on(day), by="ana", call=f"call of {report}"),
        judged(report, day + 1 / 24),
    ]


def by_hand(treatment: str, day: float, until: float) -> Fact:
    return told(Overridden, day, "sam", treatment=Treatment(treatment), until=on(until))


def at_stage(stage: int) -> list[Fact]:
    """The straight way up: offences o1 to o4 on days 0, 10, 20, 30, with every remedy delivered between."""
    way = [
        [*upheld("o1", 0), spoken("o1", 1)],
        [*upheld("o2", 10), specialist(11)],
        [*upheld("o3", 20), writing_offered(21)],
        [*upheld("o4", 30), *signed_by_both("o4", 31)],
    ]
    return [fact for facts in way[:stage] for fact in facts]


def standing(facts: Iterable[Fact], day: float, **numbers: Any) -> ConductStanding:
    return standing_at(facts, terms(**numbers), on(day))


def account(found: ConductStanding, report: str) -> Account:
    """What is said about one report."""
    [one] = [one for one in found.accounts if one.report == report]
    return one
