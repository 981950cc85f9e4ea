"""What a stage owes and when it was delivered: the gate before the next stage (docs/policy.md 12)."""

from collections.abc import Callable, Collection
from datetime import datetime
from enum import StrEnum

from routing.rules.conduct_events import (
    Fact,
    FollowedUp,
    LetterSent,
    RemedyWaived,
    SpecialistTookCall,
    WritingOffered,
)
from routing.rules.conduct_words import FollowUp
from routing.rules.dossier import Dossier

CLOSED_STAGE = 4


class Remedy(StrEnum):
    """What is owed at the stages from 1 to 4."""

    FOLLOW_UP_CALL = "follow_up_call"
    SPECIALIST = "specialist"
    EMAIL_ONLY = "email_only"
    CLOSED = "closed"


def owed_at(stage: int) -> Remedy:
    """The remedy of a stage from 1 to 4."""
    return tuple(Remedy)[stage - 1]


def delivered_at(
    dossier: Dossier,
    offences: Collection[str],
    since: datetime,
    stage_at: Callable[[datetime], int],
) -> datetime | None:
    """When the remedy of an episode was delivered: the one that its stage owed at that moment.

    `offences` are the episode's. A stage 4 that waits for its signatures is an e-mail only until then.
    """
    for fact in dossier.facts:
        if fact.at >= since and _delivers(dossier, fact, offences, stage_at(fact.at)):
            return fact.at
    return None


def waived(dossier: Dossier, offences: Collection[str]) -> bool:
    """True when a senior manager has let the remedy go, with a letter or without."""
    return any(fact.offence in offences for fact in dossier.all(RemedyWaived))


def _delivers(dossier: Dossier, fact: Fact, offences: Collection[str], stage: int) -> bool:
    if isinstance(fact, RemedyWaived):
        return fact.offence in offences and fact.letter_sent
    match stage:
        case 1:
            return _follows_up(dossier, fact, offences)
        case 2:
            return isinstance(fact, SpecialistTookCall)
        case _:
            return isinstance(fact, WritingOffered)


def _follows_up(dossier: Dossier, fact: Fact, offences: Collection[str]) -> bool:
    """Spoken to; or not, and a letter went out, whichever was written down last."""
    if not isinstance(fact, FollowedUp | LetterSent) or fact.offence not in offences:
        return False
    if isinstance(fact, FollowedUp) and fact.result is FollowUp.SPOKE:
        return True
    other: type[FollowedUp | LetterSent] = LetterSent if isinstance(fact, FollowedUp) else FollowedUp
    return any(one.offence in offences and one.at <= fact.at for one in dossier.all(other))
