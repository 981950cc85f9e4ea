"""The routing config's shape: frozen, every key known, every default from docs/policy.md."""

from functools import cached_property
from typing import Annotated, Literal, Self, TypeVar

from pydantic import Field, PrivateAttr, model_validator

from config.hours import OpenHours
from config.kinds import (
    Count,
    Days,
    Email,
    Id,
    Key,
    LanguageCode,
    PhoneNumber,
    Region,
    Seconds,
    Section,
    Text,
    Zone,
    empty_is,
)
from config.policy_numbers import Callbacks, Conduct, Recordings
from config.wording import Prompt

URGENT_KEY = "0"
SOMEBODY_ELSE_KEY = "2"
CALL_ME_BACK_KEY = "1"
REFUSE_RECORDING_KEY = "8"
NORMAL_QUEUE = "general"

Ids = Annotated[tuple[Id, ...], Field(strict=False)]
Texts = dict[Id, Annotated[dict[Id, Prompt], empty_is({}, dict[Id, Prompt])]]
Numbers = Annotated[tuple[PhoneNumber, ...], Field(strict=False)]

Part = TypeVar("Part", bound="Section")


_PLACES = ("queue", "menu", "message", "voicemail", "offer_callback")


class Destination(Section):
    """Where a call goes next: exactly one of a queue, a menu, a message, a voicemail, an offer to call back.

    The last three are the id of the prompt that says so.
    """

    queue: Id | None = None
    menu: Id | None = None
    message: Id | None = None
    voicemail: Id | None = None
    offer_callback: Id | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        return _exactly_one(self, _PLACES)


class Option(Section):
    """What one key of a menu does, the prompt that offers it (`say`), and the `words` that choose it too."""

    say: Id | None = None
    words: Annotated[tuple[Text, ...], Field(strict=False)] = ()
    queue: Id | None = None
    menu: Id | None = None
    message: Id | None = None
    voicemail: Id | None = None
    offer_callback: Id | None = None
    answer: Id | None = None
    language: Id | None = None
    call_me_back: Literal[True] | None = None
    repeat: Literal[True] | None = None
    back: Literal[True] | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        return _exactly_one(self, (*_PLACES, "answer", "language", "call_me_back", "repeat", "back"))


def _exactly_one(section: Part, names: tuple[str, ...]) -> Part:
    given = [name for name in names if getattr(section, name) is not None]
    if len(given) != 1:
        said = " and ".join(given) or "none"
        raise ValueError(f"takes exactly one of {', '.join(names)}; here: {said}")
    return section


class Company(Section):
    """Who answers: said in prompts as {company} and {email}. The e-mail address is the written channel."""

    name: Text
    email: Email


class Line(Section):
    """Numbers that callers dial, with hours, menu and languages (the first language greets)."""

    numbers: Numbers
    default: bool = False
    region: Region
    zone: Zone
    hours: Id
    menu: Id
    languages: Ids = Field(min_length=1)
    caller_id: PhoneNumber | None = None
    agent_number: PhoneNumber | None = None
    emergency: Destination = Destination(queue="urgent")
    after_hours: Destination = Destination(message="closed_hours")
    nobody_signed_in: Destination = Destination(message="nobody_signed_in")
    notice: Id | None = None


class Language(Section):
    """A language callers are spoken to in: Twilio's code for it and, if wished, one of Twilio's voices."""

    code: LanguageCode
    voice: Text | None = None


class Speech(Section):
    """Whether a menu listens: below `confidence` (0 to 1) the caller is asked whether that was meant."""

    confidence: Annotated[float, Field(ge=0, le=1)] = 0.6
    hints: Annotated[tuple[Text, ...], Field(strict=False)] = ()


class Menu(Section):
    """What callers hear and which keys do what. After `tries` rounds without a key: `otherwise`."""

    greeting: Id | None = None
    keys: dict[Key, Option]
    wait_s: Annotated[int, Field(ge=1, le=60)] = 6
    tries: Annotated[int, Field(ge=1, le=10)] = 3
    otherwise: Destination = Destination(queue=NORMAL_QUEUE)
    speech: Speech | None = None


class Queue(Section):
    """Where callers wait: who may serve it, for how long, and what follows (docs/policy.md 7, 17)."""

    skill: Id
    max_wait_s: Seconds = 1800
    overflow: Destination = Destination(message="all_busy")
    service_level_s: Seconds = 20
    callback_after_s: Seconds = 120
    # A caller who does not ask for 90 s counts as gone (routing/store/calls.py).
    announce_every_s: Annotated[int, Field(ge=5, le=60)] = 20
    min_wait_s: Seconds = 0
    max_wait_ceiling_s: Annotated[int, Field(ge=0, le=3600)] = 3600
    max_calls: Count | None = None
    max_transfers: Count = 2
    head_start_s: Seconds = 0
    wrap_up_s: Annotated[int, Field(ge=1, le=3600)] = 60


class Skill(Section):
    """Which queues an agent with this skill serves."""

    queues: Ids
    certified: bool = False


class Disposition(Section):
    """What an agent may call a finished call; `report` writes a report of that kind."""

    report: Literal["nuisance"] | None = None


class Voicemail(Section):
    """How long a message may be, and after how much silence it ends."""

    longest_s: Annotated[int, Field(ge=5, le=600)] = 120
    silence_s: Annotated[int, Field(ge=2, le=30)] = 5


class Twilio(Section):
    """Limits of the account: `calls_per_second` is what Twilio lets it start."""

    calls_per_second: Annotated[int, Field(ge=1, le=1000)] = 1


class RoutingConfig(Section):
    """One whole routing config."""

    company: Company
    lines: dict[Id, Line]
    languages: dict[Id, Language]
    prompts: Annotated[Texts, empty_is({}, Texts)] = Field(default_factory=dict)
    hours: dict[Id, OpenHours]
    menus: dict[Id, Menu]
    queues: dict[Id, Queue]
    skills: dict[Id, Skill]
    dispositions: dict[Id, Disposition]
    conduct: Conduct = Conduct()
    callbacks: Callbacks = Callbacks()
    recordings: Recordings = Recordings()
    voicemail: Voicemail = Voicemail()
    call_log_days: Days = 90
    twilio: Twilio = Twilio()

    _version: int = PrivateAttr(default=0)

    def __hash__(self) -> int:
        """A loaded config is one thing, so that documents prepared from it can be kept by it."""
        return id(self)

    @property
    def version(self) -> int:
        """0 for the file; a published version has its own number."""
        return self._version

    @cached_property
    def default_line(self) -> str:
        return next(name for name, line in self.lines.items() if line.default)

    @cached_property
    def line_of(self) -> dict[str, str]:
        """From each dialled number (E.164) to the id of its line."""
        return {number: name for name, line in self.lines.items() for number in line.numbers}

    @cached_property
    def desk_of(self) -> dict[str, str]:
        """From each number that agents ring to sign in (E.164) to the id of its line."""
        return {line.agent_number: name for name, line in self.lines.items() if line.agent_number}
