"""What is left of a simulated call when it is over."""

from dataclasses import dataclass
from typing import Literal

Ended = Literal["hung_up", "waiting", "rings", "voicemail", "error"]


@dataclass(frozen=True)
class Heard:
    """One thing that happened on the line, in order.

    `verb` is Say, Play or Pause as in TwiML, or what the caller did: `press` (text: the keys)
    or `speak` (text: the words). A Pause's text is its length, "1 s"; a Play's its URL.
    """

    verb: str
    text: str
    language: str = ""


@dataclass(frozen=True)
class Request:
    """One webhook that was sent; status 0 means that no answer came. The path has no query."""

    path: str
    status: int
    milliseconds: float


@dataclass(frozen=True)
class CallStory:
    """A call from beginning to end.

    `ended`: hung_up = the line ended it, waiting = the caller gave up in the waiting room,
    voicemail = a <Record> was reached, error = see `problems`, rings = not used yet (Dial).
    `event_status` is the HTTP status that /voice/events answered, 0 if it did not.
    """

    call_sid: str
    heard: tuple[Heard, ...]
    ended: Ended
    requests: tuple[Request, ...] = ()
    problems: tuple[str, ...] = ()
    event_status: int = 0
    unpressed: tuple[str, ...] = ()
