"""The states of a leg, a call that we make, and the changes they allow, as data; Twilio's words for them."""

from dataclasses import dataclass
from enum import StrEnum


class LegState(StrEnum):
    """How far a leg has come.

    - intent: it is to be made; nothing has been sent.
    - posted: `POST /Calls` was sent, or is being sent. ringing, answered: as Twilio tells.
    - joined: it has reached what it was made for, mostly its conference. ended: for good.
    - unconfirmed: the reply was lost. It may ring or not, and is never posted again.
    """

    INTENT = "intent"
    POSTED = "posted"
    RINGING = "ringing"
    ANSWERED = "answered"
    JOINED = "joined"
    ENDED = "ended"
    UNCONFIRMED = "unconfirmed"


class Role(StrEnum):
    """Whose telephone rings. owner: whoever speaks to the customer of a promised call."""

    OWNER = "owner"
    CUSTOMER = "customer"
    AGENT = "agent"


class Ended(StrEnum):
    """How a leg ended. refused: by Twilio, before it rang. lost: nobody knows any more."""

    COMPLETED = "completed"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REFUSED = "refused"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Status:
    """What Twilio tells of a call, in our words."""

    state: LegState
    how: Ended | None = None


class UnknownStatus(ValueError):
    """A word of Twilio's that we do not know."""


# https://www.twilio.com/docs/voice/twiml#callstatus-values; initiated and answered occur in events only.
_TWILIO_SAYS: dict[str, Status] = {
    "queued": Status(LegState.POSTED),
    "initiated": Status(LegState.POSTED),
    "ringing": Status(LegState.RINGING),
    "in-progress": Status(LegState.ANSWERED),
    "answered": Status(LegState.ANSWERED),
    "completed": Status(LegState.ENDED, Ended.COMPLETED),
    "busy": Status(LegState.ENDED, Ended.BUSY),
    "no-answer": Status(LegState.ENDED, Ended.NO_ANSWER),
    "failed": Status(LegState.ENDED, Ended.FAILED),
    "canceled": Status(LegState.ENDED, Ended.CANCELLED),
}


def status_of(word: str) -> Status:
    """Twilio's word for a call's status in ours; raises UnknownStatus."""
    try:
        return _TWILIO_SAYS[word]
    except KeyError:
        raise UnknownStatus(f"Twilio says {word[:40]!r} of a call") from None


def _states(names: str) -> frozenset[LegState]:
    return frozenset(map(LegState, names.split()))


MAY_BECOME: dict[LegState, frozenset[LegState]] = {
    # From intent straight to what Twilio tells: a Redis that was restored may have forgotten the posting.
    LegState.INTENT: _states("posted ringing answered joined ended"),
    # Back to intent: Twilio did not take it (429). Events come in any order and some not at all.
    LegState.POSTED: _states("intent ringing answered joined ended unconfirmed"),
    LegState.UNCONFIRMED: _states("posted ringing answered joined ended"),
    LegState.RINGING: _states("answered joined ended"),
    LegState.ANSWERED: _states("joined ended"),
    LegState.JOINED: _states("ended"),
    LegState.ENDED: _states(""),
}


def may_lead_to(state: LegState) -> frozenset[LegState]:
    """The states from which a leg may come to `state`."""
    return frozenset(before for before, after in MAY_BECOME.items() if state in after)
