"""The words of the conduct policy, each a closed set (docs/policy.md)."""

from enum import StrEnum


class Category(StrEnum):
    """What was said, by kind (docs/policy.md, Words)."""

    THREAT = "threat"
    RELIGIOUS_CULTURAL_RACIAL = "religious_cultural_racial"
    HOMOPHOBIC = "homophobic"
    SEXIST = "sexist"
    SEXUAL = "sexual"
    DEROGATORY = "derogatory"
    SWEARING = "swearing"


# May go to the legal team at any stage (docs/policy.md 12).
FOR_LEGAL = frozenset(
    {Category.THREAT, Category.RELIGIOUS_CULTURAL_RACIAL, Category.HOMOPHOBIC, Category.SEXIST}
)


# May end a call at once, without two warnings (docs/policy.md 3).
ENDS_AT_ONCE = FOR_LEGAL | {Category.SEXUAL}


class Target(StrEnum):
    """What the words were aimed at. Anger at a thing is no abuse."""

    ADVISER = "adviser"
    OTHER_PERSON = "other_person"
    COMPANY = "company"
    PRODUCT = "product"
    PROCESS = "process"


PEOPLE = frozenset({Target.ADVISER, Target.OTHER_PERSON})


class LegalWish(StrEnum):
    """Whether the adviser wants the case to go to the legal team."""

    YES = "yes"
    NO = "no"
    UNDECIDED = "undecided"


class Finding(StrEnum):
    """What a reviewer found; only `upheld` has consequences."""

    UPHELD = "upheld"
    NOT_UPHELD = "not_upheld"
    INCONCLUSIVE = "inconclusive"


class Outcome(StrEnum):
    """What an appeal came to."""

    CONFIRMED = "confirmed"
    VARIED = "varied"
    QUASHED = "quashed"


class FollowUp(StrEnum):
    """What became of a follow-up call. Without a conversation it is delivered only by a letter."""

    SPOKE = "spoke"
    NOT_REACHED = "not_reached"  # all attempts were used up
    DECLINED = "declined"  # "do not call me"


class SignsAs(StrEnum):
    """In which of the two offices a stage 4 is signed."""

    MANAGER = "manager"
    LEGAL = "legal"


class NoticeOf(StrEnum):
    """What a caller is told in writing (docs/policy.md 13)."""

    VERDICT = "verdict"
    APPEAL = "appeal"
    CLOSED = "closed"  # a stage 4 has both its signatures


class NoticeBy(StrEnum):
    """How a notice went out. An SMS says only that there is a letter, and where to ask for it."""

    EMAIL = "email"
    LETTER = "letter"
