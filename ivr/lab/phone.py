"""A telephone and the person beside it: when it is answered, what is pressed on hearing what."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from ivr.lab.story import Heard
from ivr.lab.twiml import Verb

KEYS = frozenset("0123456789*#")
REACTS_AFTER_S = 0.3

Pickup = Literal["answer", "busy", "no-answer", "reject", "voicemail", "failed"]


@dataclass(frozen=True)
class Ringing:
    """What a telephone does when it rings: which, and after how many seconds.

    A voicemail answers by itself, speaks for `greeting_s` seconds, beeps, and keeps what it hears then.
    """

    pickup: Pickup = "answer"
    after_s: float = 2.0
    greeting_s: float = 6.0


ANSWERS, BUSY, REJECTS = Ringing(), Ringing("busy", 0.5), Ringing("reject", 1.0)
NO_ANSWER, FAILED = Ringing("no-answer", 0), Ringing("failed", 0.5)
VOICEMAIL = Ringing("voicemail", 12.0)
BY_HAND = Ringing("no-answer", 0)  # it rings until the person does something


@dataclass(frozen=True)
class Reaction:
    """On hearing the phrase, the person does this; `once` only the first time."""

    phrase: str
    do: Callable[[Any], None]
    once: bool = True


@dataclass(eq=False)
class Phone:
    """One telephone. `ringing` may be changed at any time; `legs` are its calls, the latest last."""

    number: str
    ringing: Ringing = BY_HAND
    legs: list[Any] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    reactions: list[Reaction] = field(default_factory=list)
    on_heard: Callable[[Heard], None] | None = None
    on_status: Callable[[Any], None] | None = None
    message: list[str] = field(default_factory=list)
    beeped: float | None = None

    @property
    def pace(self) -> float:
        """How long a second of speech lasts for this person."""
        return 1.0

    def notes(self, heard: Heard) -> None:
        """Writes down one thing that was heard or done."""
        self.heard.append(heard)
        if self.on_heard is not None:
            self.on_heard(heard)

    def progressed(self, leg: Any) -> None:
        """A call of this telephone has a new status."""
        if self.on_status is not None:
            self.on_status(leg)

    def hears(self, leg: Any, heard: Heard, seconds: float) -> None:
        """Something begins to be heard; the person reacts when it has been said."""
        self.notes(heard)
        if self.beeped is not None and heard.verb != "Pause":
            self.message.append(heard.text)
        for reaction in [one for one in self.reactions if one.phrase.lower() in heard.text.lower()]:
            if reaction.once:
                self.reactions.remove(reaction)
            leg.env.process(_reacts(leg, reaction, seconds * self.pace))

    def asked(self, leg: Any, gather: Verb) -> None:
        """A Gather's prompts are over and nothing was pressed yet."""

    def recorded(self, leg: Any) -> None:
        """A Record has begun to listen."""

    def is_in(self, leg: Any, place: str) -> None:
        """The person is somewhere else now: ivr/lab/leg.py, `place`."""

    def gives_up(self, _leg: Any) -> bool:
        """Whether the person hangs up after the waiting document that was just heard."""
        return False


def _reacts(leg: Any, reaction: Reaction, seconds: float) -> Any:
    yield leg.env.timeout(seconds + REACTS_AFTER_S)
    if not leg.call.is_over:
        reaction.do(leg)


def checked(keys: str) -> str:
    """The keys, if a telephone has them. Raises ValueError."""
    if set(keys) - KEYS:
        raise ValueError("a telephone has the keys 0-9, * and #")
    return keys
