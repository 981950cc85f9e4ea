"""Who is calling and how sure we are: a number is a hint, never a person (docs/policy.md 18, 20)."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from routing.rules.phone_numbers import Number, NumberKind


class Treatment(StrEnum):
    """What the line does with the next call; the strongest last (docs/policy.md, Words)."""

    NORMAL = "normal"
    SPECIALIST = "specialist"
    SLOW_QUEUE = "slow_queue"
    TEAM_LEADER = "team_leader"
    EMAIL_ONLY = "email_only"
    CLOSED = "closed"


class Identity(StrEnum):
    """Whether the number tells who is calling, and if not, why."""

    SURE = "sure"
    WITHHELD = "withheld"
    PLACEHOLDER = "placeholder"
    SHARED = "shared"
    SPOOFED = "spoofed"
    NOT_A_NUMBER = "not_a_number"
    LINK_LAPSED = "link_lapsed"


# A number that is withheld, shared or shown falsely is not called (docs/policy.md 28).
CALLABLE = frozenset({Identity.SURE, Identity.LINK_LAPSED})


@dataclass(frozen=True, slots=True)
class Override:
    """A treatment set by hand: by whom, why, until when."""

    treatment: Treatment
    until: datetime
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class Phase:
    """A treatment from a moment on, and the offences that count then."""

    since: datetime
    treatment: Treatment
    offences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """The record under a number: its treatment and why, in one read.

    `course`: what the policy gives from phase to phase, so that no process has to change it on the day.
    """

    treatment: Treatment = Treatment.NORMAL
    override: Override | None = None
    offences: tuple[str, ...] = ()
    is_protected: bool = False
    support_need: str = ""
    is_shared: bool = False
    last_contact: datetime | None = None
    callback_owner: str = ""
    language: str = ""
    course: tuple[Phase, ...] = ()

    def treatment_at(self, at: datetime) -> Treatment:
        """An override counts until it ends; after that the derived treatment does again."""
        if self.override is not None and at < self.override.until:
            return self.override.treatment
        return self.as_of(at).treatment

    def as_of(self, at: datetime) -> "Standing":
        """Treatment and offences as they are at `at`: those of the phase that has begun last."""
        begun = [phase for phase in self.course if phase.since <= at]
        if not begun:
            return self
        return replace(self, treatment=begun[-1].treatment, offences=begun[-1].offences)


@dataclass(frozen=True, slots=True)
class Caller:
    """All that the rules need to know of who is calling. `number` is empty unless it is a real one."""

    number: str
    identity: Identity
    standing: Standing = field(default_factory=Standing)
    is_readable: bool = True
    hints: tuple[str, ...] = ()

    @property
    def identity_is_sure(self) -> bool:
        return self.identity is Identity.SURE

    @property
    def can_be_called(self) -> bool:
        return self.identity in CALLABLE

    @property
    def is_protected(self) -> bool:
        return self.standing.is_protected

    def treatment_at(self, at: datetime) -> Treatment:
        """The treatment that this call may be given: none when the identity is not sure."""
        return self.standing.treatment_at(at) if self.identity_is_sure else Treatment.NORMAL


def recognise(
    number: Number,
    standing: Standing | None,
    *,
    verification: str,
    at: datetime,
    link_days: int,
    hints: tuple[str, ...] = (),
) -> Caller:
    """The caller behind a number; `standing` is None when it could not be read.

    `verification` is Twilio's StirVerstat: https://www.twilio.com/docs/voice/trusted-calling-with-shakenstir
    """
    known = (standing or Standing()).as_of(at)
    identity = _identity(number, known, verification, at, link_days)
    return Caller(number.e164, identity, known, standing is not None, hints)


def _identity(
    number: Number, standing: Standing, verification: str, at: datetime, link_days: int
) -> Identity:
    if number.kind is not NumberKind.E164:
        return Identity(number.kind.value)
    if verification_failed(verification):
        return Identity.SPOOFED
    if standing.is_shared:
        return Identity.SHARED
    if standing.last_contact is not None and at - standing.last_contact > timedelta(days=link_days):
        return Identity.LINK_LAPSED
    return Identity.SURE


def verification_failed(verification: str) -> bool:
    """True for every way in which a carrier says that the number shown may be false."""
    return verification.startswith("TN-Validation-Failed")
