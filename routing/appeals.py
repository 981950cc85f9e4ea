"""What is decided about an offence after its verdict: appeals, signatures, waivers (docs/policy.md 12-15)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from config.observe import log
from routing.floor import Floor
from routing.rules.caller import Treatment
from routing.rules.conduct_events import (
    AppealDecided,
    Appealed,
    Fact,
    RemedyWaived,
    RestrictionReviewed,
    SignedOff,
)
from routing.rules.conduct_refusals import AlreadyDecided, FactRefused
from routing.rules.conduct_words import Outcome, SignsAs
from routing.what_follows import Follows, caller_of, facts_of, standing_of, what_follows


class NothingToSign(FactRefused):
    """No offence of this caller waits for a signature."""

    code = "nothing_to_sign"


class NoRestriction(FactRefused):
    """Nothing is closed or e-mail only because of this offence now."""

    code = "no_restriction"


@dataclass(frozen=True, slots=True)
class Decided:
    """How an appeal ends; `treatment`, `until`: what it becomes when it is varied."""

    outcome: Outcome
    treatment: Treatment | None = None
    until: datetime | None = None
    note: str = ""


# Each raises FactRefused, StoreAway, LedgerBroken, NotKept, NoConfigError, and answers the same thing,
# said again by the same person, as it did before.


def appeal(floor: Floor, offence: str, appellant: str, grounds: str, *, taken_by: str) -> Follows:
    """The caller appeals; `taken_by` writes it down."""
    caller, words = caller_of(floor, offence), f"{appellant}: {grounds}"
    fact = Appealed(id=f"appeal-{offence}-{taken_by}", at=_now(floor), by=taken_by, offence=offence)
    floor.offences.append(caller, fact, floor.terms(), words=words)
    if floor.offences.dossiers.words(fact.id) != words:
        raise AlreadyDecided("You have taken down another appeal against this already.")
    return _told(floor, caller, fact, offence)


def decide(floor: Floor, offence: str, decided: Decided, *, by: str) -> Follows:
    """An appeal ends; quashed, the offence never was, from now on."""
    caller = caller_of(floor, offence)
    fact = AppealDecided(
        id=f"decision-{offence}-{by}",
        at=_now(floor),
        by=by,
        offence=offence,
        outcome=decided.outcome,
        treatment=decided.treatment,
        until=decided.until,
    )
    floor.offences.append(caller, fact, floor.terms(), words=decided.note)
    kept = next((one for one in facts_of(floor, caller) if one.id == fact.id), fact)
    assert isinstance(kept, AppealDecided)
    if (kept.outcome, kept.treatment, kept.until) != (fact.outcome, fact.treatment, fact.until):
        raise AlreadyDecided("You have decided this appeal already, and otherwise.")
    return _told(floor, caller, fact, offence)


def sign(floor: Floor, offence: str, signs_as: SignsAs, *, by: str) -> Follows:
    """One of two people confirms that conduct is the reason for which the line is closed to somebody."""
    caller = caller_of(floor, offence)
    fact = SignedOff(
        id=f"sign-{offence}-{signs_as}-{by}",
        at=_now(floor),
        by=by,
        offence=offence,
        signs_as=signs_as,
        conduct_is_the_reason=True,
    )
    _unless_written(floor, caller, fact, lambda: _check_waits(floor, caller))
    floor.offences.append(caller, fact, floor.terms())
    return _told(floor, caller, fact, offence)


def waive(floor: Floor, offence: str, reason: str, *, letter_sent: bool, by: str) -> Follows:
    """A remedy is let go."""
    caller = caller_of(floor, offence)
    how = "by-letter" if letter_sent else "without"
    fact = RemedyWaived(
        id=f"waive-{offence}-{how}-{by}", at=_now(floor), by=by, offence=offence, letter_sent=letter_sent
    )
    floor.offences.append(caller, fact, floor.terms(), words=reason)
    return _told(floor, caller, fact, offence)


def look_again(floor: Floor, offence: str, *, lifted: bool, note: str, by: str) -> Follows:
    """Somebody looked at a restriction again; once a day and answer."""
    caller, at = caller_of(floor, offence), _now(floor)
    how = "lifted" if lifted else "kept"
    fact = RestrictionReviewed(
        id=f"looked-{offence}-{how}-{at:%Y%m%d}-{by}", at=at, by=by, offence=offence, lifted=lifted
    )
    _unless_written(floor, caller, fact, lambda: _check_runs(floor, caller, offence))
    floor.offences.append(caller, fact, floor.terms(), words=note)
    return _told(floor, caller, fact, offence)


def _unless_written(floor: Floor, caller: str, fact: Fact, check: Callable[[], None]) -> None:
    """What was written already is answered again, whatever has followed from it."""
    if floor.offences.dossiers.written_before(caller, fact) is None:
        check()


def _check_waits(floor: Floor, caller: str) -> None:
    if not standing_of(floor, caller).unsigned:
        raise NothingToSign("Nothing of this caller waits for a signature.")


def _check_runs(floor: Floor, caller: str, offence: str) -> None:
    running = standing_of(floor, caller).restriction
    if running is None or running.offence != offence:
        raise NoRestriction("No restriction runs because of this offence.")


def _told(floor: Floor, caller: str, fact: Fact, offence: str) -> Follows:
    log.info("offence_changed", what=type(fact).__name__, offence=offence, by=fact.by)
    return what_follows(floor, caller, offence)


def _now(floor: Floor) -> datetime:
    return floor.clock.now(floor.store)
