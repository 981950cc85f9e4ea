"""What can be decided about a call: a closed set of frozen types, each with its reason and its trace."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, NamedTuple

from routing.rules.caller import Identity


class Rule(StrEnum):
    """The rules by name, in the order in which a new call meets them; urgent_key wherever 0 is pressed."""

    STATE_UNREADABLE = "state_unreadable"
    IDENTITY_UNSURE = "identity_unsure"
    PROTECTED = "protected"
    URGENT_KEY = "urgent_key"
    CLOSED = "closed"
    EMAIL_ONLY = "email_only"
    CLOSED_HOURS = "closed_hours"
    NOBODY_SIGNED_IN = "nobody_signed_in"
    TEAM_LEADER = "team_leader"
    NUISANCE_FULL = "nuisance_full"
    SLOW_QUEUE = "slow_queue"
    SPECIALIST = "specialist"
    PROMISED_CALL = "promised_call"
    MENU = "menu"


class TraceLine(NamedTuple):
    """One rule that was asked, whether it matched, and why."""

    rule: Rule
    matched: bool
    why: str


@dataclass(frozen=True, slots=True)
class Because:
    """Why a decision was made (docs/policy.md 30); `hints` were known and had no part in it."""

    rule: Rule
    identity: Identity
    config_version: int
    offences: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    trace: tuple[TraceLine, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class PlayMenu:
    """The caller hears a menu. `after` is a prompt said first: what was wrong, or the answer to a question.

    `confirm` is a key of the menu: the caller is asked whether its first word was meant.
    """

    do: ClassVar = "menu"
    name: str
    because: Because
    attempt: int = 1
    after: str = ""
    confirm: str = ""


@dataclass(frozen=True, slots=True)
class Enqueue:
    """The caller waits in a queue. `after` is a prompt said first."""

    do: ClassVar = "enqueue"
    name: str
    because: Because
    after: str = ""


class Exit(StrEnum):
    """A key that leads out of a message."""

    URGENT = "urgent"
    SOMEBODY_ELSE = "somebody_else"
    CALL_ME_BACK = "call_me_back"


@dataclass(frozen=True, slots=True)
class SayAndHangUp:
    """The caller hears a message; then the call ends, unless the caller takes one of the `exits` by a key."""

    do: ClassVar = "say_and_hang_up"
    name: str
    because: Because
    exits: frozenset[Exit] = frozenset()


@dataclass(frozen=True, slots=True)
class OfferCallback:
    """The caller may ask to be called back; `accepted`: the caller asked, and it is written down.

    `keeps_place`: asked while waiting, and called when it is his turn; nobody says so before it is promised.
    """

    do: ClassVar = "offer_callback"
    name: str
    because: Because
    exits: frozenset[Exit] = frozenset()
    accepted: bool = False
    keeps_place: bool = False


@dataclass(frozen=True, slots=True)
class Voicemail:
    """The caller hears a message and may leave one."""

    do: ClassVar = "voicemail"
    name: str
    because: Because
    exits: frozenset[Exit] = frozenset()


@dataclass(frozen=True, slots=True)
class Connect:
    """The caller is connected with the owner of the callback we owe; `name` is the owner's user id."""

    do: ClassVar = "connect"
    name: str
    because: Because


Decision = PlayMenu | Enqueue | SayAndHangUp | OfferCallback | Voicemail | Connect
KINDS: dict[str, type[Decision]] = {
    kind.do: kind for kind in (PlayMenu, Enqueue, SayAndHangUp, OfferCallback, Voicemail, Connect)
}


def as_json(decision: Decision) -> dict[str, Any]:
    """The public form of a decision, as `calmline explain --json` prints it."""
    because = decision.because
    return {
        "do": decision.do,
        "name": decision.name,
        "because": {
            "rule": because.rule.value,
            "offences": list(because.offences),
            "config_version": because.config_version,
            "identity": because.identity.value,
            "hints": list(because.hints),
        },
        "trace": [
            {"rule": line.rule.value, "matched": line.matched, "why": line.why} for line in because.trace
        ],
    }
