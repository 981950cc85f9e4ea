"""What can stand in the conduct ledger about a caller: a closed set of frozen facts (docs/policy.md)."""

from dataclasses import dataclass
from datetime import datetime

from routing.rules.caller import Treatment
from routing.rules.conduct_words import (
    Category,
    Finding,
    FollowUp,
    LegalWish,
    NoticeBy,
    NoticeOf,
    Outcome,
    SignsAs,
    Target,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One entry: written `at`, `by` a person's id. The same `id` twice is the same fact told twice."""

    id: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported(Fact):
    """An adviser's account of abuse, `acted_at` on `call` (a CallSid, or one message of a written thread)."""

    call: str
    acted_at: datetime
    category: Category
    target: Target = Target.ADVISER
    recorded: bool = True
    legal_wish: LegalWish = LegalWish.UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class NuisanceReported(Fact):
    """A prank or silent call."""

    call: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged(Fact):
    """A verdict. From here on an upheld report of abuse is an offence, under the id of the report.

    `second_listener`: somebody who listened made a statement; an unrecorded report needs one.
    """

    report: str
    finding: Finding
    protocol_followed: bool = True
    second_listener: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedUp(Fact):
    """The follow-up call that an offence owes has come to an end."""

    offence: str
    result: FollowUp


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterSent(Fact):
    """What the follow-up call was to say went out in writing."""

    offence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemedyWaived(Fact):
    """A senior manager lets a remedy go; it counts as delivered only if a letter went out."""

    offence: str
    letter_sent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeSent(Fact):
    """The caller was told in writing what was decided about an offence, why, and how to appeal."""

    offence: str
    of: NoticeOf
    channel: NoticeBy


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialistTookCall(Fact):
    """A specialist agent handled a call of this caller."""

    call: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WritingOffered(Fact):
    """The caller was offered the written channel: the message was heard, or the address was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedOff(Fact):
    """One of the two signatures under a stage 4: conduct, not a protected ground, is the reason."""

    offence: str
    signs_as: SignsAs
    conduct_is_the_reason: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RestrictionReviewed(Fact):
    """Somebody looked at a running restriction again; `lifted`: it ends now, the stage stays."""

    offence: str
    lifted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Appealed(Fact):
    """The caller appeals against an offence; `by` is who took it down."""

    offence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealDecided(Fact):
    """An appeal's end. Varied: the offence brings nothing stronger than `treatment`, or not past `until`."""

    offence: str
    outcome: Outcome
    treatment: Treatment | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overridden(Fact):
    """A treatment set by hand, until a moment."""

    treatment: Treatment
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideLifted(Fact):
    """Back to the treatment that the policy gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Protected(Fact):
    """The caller consented to being marked as protected; `need` says what helps, never a diagnosis."""

    need: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectionEnded(Fact):
    """The caller is no longer protected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked(Fact):
    """An address (a number in E.164, mail, a chat handle) is the caller's from now on."""

    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlinked(Fact):
    """An address is the caller's no longer."""

    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased(Fact):
    """What earlier entries said is gone for good, and only their place in the chain is left."""

    parts: tuple[str, ...]
    why: str


FACTS: dict[str, type[Fact]] = {
    "linked": Linked,
    "unlinked": Unlinked,
    "erased": Erased,
    "reported": Reported,
    "nuisance_reported": NuisanceReported,
    "judged": Judged,
    "followed_up": FollowedUp,
    "letter_sent": LetterSent,
    "remedy_waived": RemedyWaived,
    "notice_sent": NoticeSent,
    "specialist_took_call": SpecialistTookCall,
    "writing_offered": WritingOffered,
    "signed_off": SignedOff,
    "restriction_reviewed": RestrictionReviewed,
    "appealed": Appealed,
    "appeal_decided": AppealDecided,
    "overridden": Overridden,
    "override_lifted": OverrideLifted,
    "protected": Protected,
    "protection_ended": ProtectionEnded,
}
