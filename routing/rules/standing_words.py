"""A caller's standing in sentences: what counts and why, what does not, what holds the next stage."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from routing.rules.accounts import Account, Why
from routing.rules.conduct import ConductStanding
from routing.rules.conduct_events import Fact, NuisanceReported, Reported
from routing.rules.conduct_words import SignsAs
from routing.rules.remedies import Remedy
from routing.rules.restrictions import Restriction

_NOT_COUNTING: Mapping[Why, str] = {
    Why.REPORT_OPEN: "does not count: nobody has reviewed it yet",
    Why.NOT_UPHELD: "does not count: the reviewer did not uphold it",
    Why.INCONCLUSIVE: "does not count: the reviewer could not tell, which is as not upheld",
    Why.NOT_AIMED_AT_A_PERSON: "does not count: it was not aimed at a person, and anger is no abuse",
    Why.NO_SECOND_LISTENER: "does not count: it was not recorded and no second listener made a statement",
    Why.NOT_RECORDED: "does not count: the call was not recorded, and cannot lead beyond stage 1",
    Why.SAME_CALL: "does not count: {with_} is about the same call",
    Why.SAME_EPISODE: "does not count: it belongs to the same episode as {with_}",
    Why.QUASHED: "does not count: it was quashed on appeal",
    Why.SPENT: "does not count: it was spent on {spent}",
}
_GATES: Mapping[Remedy, str] = {
    Remedy.FOLLOW_UP_CALL: "the follow-up call for {offence} is delivered",
    Remedy.SPECIALIST: "a specialist has handled a call of this caller, after {offence}",
    Remedy.EMAIL_ONLY: "the written channel was offered, after {offence}",
    Remedy.CLOSED: "stage 4 is signed for {offence}",
}
_OFFICES: Mapping[SignsAs, str] = {SignsAs.MANAGER: "a senior manager", SignsAs.LEGAL: "the legal team"}


def why_told(account: Account) -> str:
    """Why one report counts, or why it does not."""
    if account.counts:
        paused = "; what follows from it is paused by an appeal" if account.is_paused else ""
        return f"counts, until {_day(account.spent_at)}{paused}"
    return _NOT_COUNTING[account.why].format(
        with_=account.with_ or "another report", spent=_day(account.spent_at)
    )


def gate_told(conduct: ConductStanding) -> str:
    """What the next offence waits for before it can count; "" when it would count at once."""
    if conduct.gate is None:
        return ""
    what = _GATES[conduct.gate.remedy].format(offence=conduct.gate.offence)
    return f"No further offence can count before {what}."


def unsigned_told(conduct: ConductStanding) -> str:
    """Who has still to sign before the line is closed to the caller."""
    if not conduct.unsigned:
        return ""
    return (
        f"Stage 4 still takes the signature of {' and of '.join(_OFFICES[one] for one in conduct.unsigned)}."
    )


def restriction_told(restriction: Restriction | None) -> str:
    """What runs, how long, and when somebody looks at it again."""
    if restriction is None:
        return ""
    return (
        f"{restriction.treatment} because of {restriction.offence} until {_day(restriction.ends_at)};"
        f" to be reviewed by {_day(restriction.review_at)}."
    )


def told(conduct: ConductStanding, facts: Sequence[Fact]) -> list[str]:
    """Everything about a caller, a sentence each; the counting offences first."""
    return list(filter(None, _told(conduct, {fact.id: fact for fact in facts})))


def reasons(conduct: ConductStanding) -> list[str]:
    """Why the next call is treated as it is; [] for a normal one."""
    return list(filter(None, _reasons(conduct)))


def _told(conduct: ConductStanding, facts: Mapping[str, Fact]) -> Iterator[str]:
    yield f"Stage {conduct.stage}; the policy gives: {conduct.treatment}{_until(conduct.until)}."
    for account in sorted(conduct.accounts, key=lambda one: not one.counts):
        yield f"{account.report} ({_what(facts.get(account.report))}) {why_told(account)}."
        yield from _remedy(account)
    yield from _reasons(conduct, with_offences=False)
    yield gate_told(conduct)
    yield unsigned_told(conduct)


def _remedy(account: Account) -> Iterator[str]:
    if account.remedy is None:
        return
    owed = account.remedy.replace("_", " ")
    if account.delivered_at is not None:
        yield f"  Its remedy, {owed}, was delivered on {_day(account.delivered_at)}."
    elif account.is_waived:
        yield f"  Its remedy, {owed}, was waived, and not delivered."
    else:
        yield f"  Its remedy, {owed}, is still owed, and overdue from {_day(account.overdue_at)}."


def _reasons(conduct: ConductStanding, *, with_offences: bool = True) -> Iterator[str]:
    if conduct.override is not None:
        yield (
            f"Set by hand by {conduct.override.by}: {conduct.override.treatment}"
            f" until {_day(conduct.override.until)}."
        )
    if conduct.is_protected:
        yield "Protected: always the urgent queue, whatever else stands here."
    if with_offences and conduct.offences:
        yield f"Stage {conduct.stage}: {len(conduct.offences)} upheld, live: {', '.join(conduct.offences)}."
    yield restriction_told(conduct.restriction)
    if conduct.open_reports:
        yield f"Waiting for a verdict: {', '.join(conduct.open_reports)}."
    if conduct.nuisance_until is not None:
        yield f"Marked for nuisance calls until {_day(conduct.nuisance_until)}."


def _what(fact: Fact | None) -> str:
    match fact:
        case Reported():
            return f"{fact.category}, {_day(fact.acted_at)}"
        case NuisanceReported():
            return f"nuisance, {_day(fact.at)}"
    return "unknown"


def _until(at: datetime | None) -> str:
    return f" until {_day(at)}" if at else ""


def _day(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d}" if at else "-"
