"""Who works here: roles, rights, skills, and what is right of a name, a telephone, a PIN."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from config.schema import RoutingConfig
from routing.rules.phone_numbers import read_number


class Role(StrEnum):
    """What somebody is here for; each person has one."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    OPS = "ops"
    ADMIN = "admin"
    ANALYST = "analyst"


class May(StrEnum):
    """What somebody was given leave to do, whatever the role (docs/policy.md 8-16)."""

    REVIEW = "review"
    APPEAL = "appeal"
    FOLLOW_UP = "follow_up"
    SIGN_MANAGER = "sign_manager"
    SIGN_LEGAL = "sign_legal"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works here. `id` is the log-in; PIN and API key are kept apart and never read back.

    `phone` is E.164, `client:…`, `sip:…` or "" for somebody who cannot be rung. `skills`: level by skill,
    1 is the lowest. `alias` and `staff_number` are what callers may be told, `manager` is a person's id.
    Reports and alarms are sent to `email`.
    """

    id: str
    role: Role
    created: datetime
    phone: str = ""
    skills: Mapping[str, int] = field(default_factory=dict)
    certified: bool = False
    languages: tuple[str, ...] = ()
    alias: str = ""
    staff_number: str = ""
    manager: str = ""
    may: frozenset[May] = frozenset()
    enabled: bool = True
    email: str = ""


_LEADS = frozenset({Role.SUPERVISOR, Role.ADMIN})


def takes_calls(person: Person) -> bool:
    """True for agents, and for whoever leads and can be rung."""
    return person.enabled and (person.role is Role.AGENT or (person.role in _LEADS and bool(person.phone)))


def kind_of_phone(person: Person) -> str:
    """What rings: number, client or sip; "" for somebody who cannot be rung."""
    kind, colon, _ = person.phone.partition(":")
    return kind if colon else "number" if person.phone else ""


class PersonRefused(Exception):
    """Something about a person is not right; `field` says what, the message says what would be."""

    field = ""


class NameRefused(PersonRefused):
    """No name that somebody could have here."""

    field = "name"


class PhoneRefused(PersonRefused):
    """Nothing that we could ring."""

    field = "phone"


class PinRefused(PersonRefused):
    """No PIN."""

    field = "pin"


class RightsRefused(PersonRefused):
    """No right that can be given."""

    field = "may"


class SkillsRefused(PersonRefused):
    """Not written as skills are, or not in the routing config."""

    field = "skills"


class LanguagesRefused(PersonRefused):
    """A language that the line does not speak."""

    field = "languages"


class AliasRefused(PersonRefused):
    """Nothing to call somebody by."""

    field = "alias"


class StaffNumberRefused(PersonRefused):
    """No staff number."""

    field = "staff_number"


class EmailRefused(PersonRefused):
    """No address for mail."""

    field = "email"


LEVELS = range(1, 11)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
# Stands for whoever asks in paths such as /agents/me.
_TAKEN_NAMES = frozenset({"me"})
_PIN = re.compile(r"[0-9]{4,8}")
_STAFF_NUMBER = re.compile(r"[A-Za-z0-9-]{0,20}")
_LONGEST_ALIAS = 60
_EMAIL = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9]([A-Za-z0-9.-]{0,180}[A-Za-z0-9])?")
# Letters, digits and _ only: https://www.twilio.com/docs/voice/sdks/javascript/twiml#client-identity
_CLIENT = re.compile(r"client:[A-Za-z0-9_]{1,100}")
_SIP = re.compile(
    r"sip:[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9]([A-Za-z0-9.-]{0,150}[A-Za-z0-9])?(:[0-9]{1,5})?"
    r"(;transport=(udp|tcp|tls))?"
)
_LEVEL = re.compile(r"[0-9]{1,2}")


def checked_name(text: str) -> str:
    """The name as it is; raises NameRefused."""
    if not _NAME.fullmatch(text):
        raise NameRefused(
            f'"{text}" cannot be a name; take up to 64 letters, digits, ., _ and -, a letter or digit first'
        )
    if text.lower() in _TAKEN_NAMES:
        raise NameRefused(f'"{text}" stands for whoever asks and cannot be a name')
    return text


def checked_pin(text: str) -> str:
    """The PIN as it is; raises PinRefused, which does not repeat it."""
    if not _PIN.fullmatch(text):
        raise PinRefused("a PIN is 4 to 8 digits")
    return text


def phone_in(text: str, region: str) -> str:
    """A telephone as we ring it, a number in E.164 (read with `region`); raises PhoneRefused."""
    found = text if _CLIENT.fullmatch(text) or _SIP.fullmatch(text) else read_number(text, region).e164
    if not found:
        raise PhoneRefused(
            f'"{text}" cannot be rung; write a number such as +12125550142, client:ana or sip:ana@example.com'
        )
    return found


def skills_in(text: str) -> dict[str, int]:
    """Levels by skill from `general,billing:2`; without one the level is 1. Raises SkillsRefused."""
    skills: dict[str, int] = {}
    for part in words_in(text):
        name, colon, level = (piece.strip() for piece in part.partition(":"))
        if not name or name in skills:
            raise SkillsRefused(f'"{part}": write each skill once, such as general,billing:2')
        if colon and not (_LEVEL.fullmatch(level) and int(level) in LEVELS):
            raise SkillsRefused(f'"{part}": a level is a whole number from {LEVELS[0]} to {LEVELS[-1]}')
        skills[name] = int(level) if colon else LEVELS[0]
    return skills


def rights_in(text: str) -> frozenset[May]:
    """The rights in `review,follow_up`; raises RightsRefused."""
    try:
        return frozenset(map(May, words_in(text)))
    except ValueError:
        raise RightsRefused(f'"{text}": rights are {", ".join(May)}') from None


def words_in(text: str) -> tuple[str, ...]:
    """What stands between the commas of `en,es`."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def check(person: Person, config: RoutingConfig) -> None:
    """Everything about a person that can be told without asking for others; raises a PersonRefused."""
    checked_name(person.id)
    _check_known(person.skills, config.skills, "skill", SkillsRefused)
    _check_known(person.languages, config.languages, "language", LanguagesRefused)
    if not person.alias.isprintable() or len(person.alias) > _LONGEST_ALIAS:
        raise AliasRefused(f"an alias is up to {_LONGEST_ALIAS} letters, which callers may be told")
    if not _STAFF_NUMBER.fullmatch(person.staff_number):
        raise StaffNumberRefused("a staff number is up to 20 letters, digits and -")
    if person.email and not _EMAIL.fullmatch(person.email):
        raise EmailRefused("write one address for mail, such as ana@example.com")


def _check_known(
    named: Iterable[str],
    known: Iterable[str],
    what: str,
    refused: Callable[[str], PersonRefused],
) -> None:
    if unknown := sorted(set(named) - set(known)):
        raise refused(f"the routing config has no {what} {unknown[0]}; it has {', '.join(known)}")


def uncertified(person: Person, config: RoutingConfig) -> list[str]:
    """Skills of a person that count only once a supervisor has certified him."""
    return [skill for skill in person.skills if config.skills[skill].certified and not person.certified]
