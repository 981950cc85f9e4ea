"""What a leg that we made hears next: a closed set, turned into documents by the storey above."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class AskToTake:
    """Neutral first words to whoever picked up the speaker's telephone: no name, no reason, two keys."""

    asked: int = 1


@dataclass(frozen=True, slots=True)
class Brief:
    """Who is called, why, and what to keep in mind (docs/policy.md 24); then the conference."""

    name: str
    kind: str
    brief: str


@dataclass(frozen=True, slots=True)
class Join:
    """Into the conversation. `label` tells the participants apart."""

    conference: str
    label: str


@dataclass(frozen=True, slots=True)
class Neutral:
    """For voicemails, strangers, and customers whose speaker is gone: a business, a person, a number (25)."""

    speaker: str


class Farewell(StrEnum):
    """The last words to a speaker, each a prompt of this name."""

    GONE = "speaker_gone"  # the call was taken care of, or nobody is there any more
    DECLINED = "speaker_declined"
    NOT_NOW = "speaker_not_now"  # the hour does not allow it
    CUSTOMER_BUSY = "speaker_customer_busy"  # the customer is on the telephone with us
    SHOWN = "speaker_shown"  # no rule allows it any more: a person has to look
    NOT_OWED = "speaker_not_owed"  # what it was promised for is settled
    NOT_REACHED = "speaker_not_reached"
    THANKS = "speaker_thanks"
    CALLER_GONE = "agent_caller_gone"
    NOT_CONNECTED = "agent_not_connected"
    CALL_OVER = "agent_thanks"
    MISSED = "agent_missed"  # somebody else is asked


@dataclass(frozen=True, slots=True)
class Goodbye:
    """The last words to a speaker."""

    farewell: Farewell


@dataclass(frozen=True, slots=True)
class AskWhoAnswered:
    """After the call: was it a voicemail, or somebody else? Without a key it was the customer."""


@dataclass(frozen=True, slots=True)
class HangUp:
    """Nothing is said: a second call of an attempt that has its call (docs/operations.md)."""


Words = AskToTake | Brief | Join | Neutral | Goodbye | AskWhoAnswered | HangUp
