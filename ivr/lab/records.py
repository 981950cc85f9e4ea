"""What the simulated network knows: calls, conferences, queues, recordings, messages, in Twilio's words.

Times are seconds since 1970, as the network's clock tells them. Source: https://www.twilio.com/docs/voice/api
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

CallStatus = Literal[
    "queued",
    "initiated",
    "ringing",
    "in-progress",
    "completed",
    "busy",
    "failed",
    "no-answer",
    "canceled",
]
Direction = Literal["inbound", "outbound-api", "outbound-dial"]
OVER: frozenset[CallStatus] = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})


class Refused(Exception):
    """Twilio's REST says no: an HTTP status, its error code and its message.

    Source: https://www.twilio.com/docs/api/errors
    """

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


@dataclass(frozen=True)
class Callback:
    """Where events are told: a URL, by which method, and which events ("" for no URL: nobody is told)."""

    url: str = ""
    method: str = "POST"
    events: frozenset[str] = frozenset()


@dataclass(eq=False)
class Call:
    """One leg."""

    sid: str
    account_sid: str
    from_: str
    to: str
    direction: Direction
    created: float
    status: CallStatus = "queued"
    parent_sid: str = ""
    queued_s: float = 0.0
    answered: float | None = None
    ended: float | None = None
    status_callback: Callback = Callback()
    fallback_url: str = ""
    fallback_method: str = "POST"
    extra: Mapping[str, str] = field(default_factory=dict)  # StirVerstat and other fields of this call
    sip_code: str = "200"

    @property
    def is_over(self) -> bool:
        return self.status in OVER

    @property
    def lasted_s(self) -> float:
        """Seconds of conversation so far counted by Twilio: 0 for a call that was never answered."""
        if self.answered is None:
            return 0.0
        return max(0.0, (self.ended or self.answered) - self.answered)


@dataclass(eq=False)
class Participant:
    """A call in a conference."""

    call: Call
    label: str = ""
    muted: bool = False
    hold: bool = False
    start_on_enter: bool = True
    end_on_exit: bool = False
    coaching: bool = False
    call_sid_to_coach: str = ""
    joined: float = 0.0


@dataclass(eq=False)
class Conference:
    """A room. `callback` and `events` are those of whoever joined first."""

    sid: str
    account_sid: str
    name: str
    created: float
    status: Literal["init", "in-progress", "completed"] = "init"
    callback: Callback = Callback()
    participants: list[Participant] = field(default_factory=list)
    updated: float = 0.0
    reason_ended: str = ""
    call_sid_ending: str = ""
    sequence: int = 0


@dataclass(eq=False)
class Queue:
    """A waiting room; `waiting` are the SIDs of its calls in order, with the moment each entered."""

    sid: str
    account_sid: str
    name: str
    created: float
    max_size: int = 1000
    waiting: dict[str, float] = field(default_factory=dict)


@dataclass(eq=False)
class Recording:
    """A recording of a call: its pauses are silence, so its length is the whole time."""

    sid: str
    account_sid: str
    call_sid: str
    source: str  # StartCallRecordingAPI, RecordVerb
    created: float
    channels: int = 1
    track: str = "both"
    trim: str = "do-not-trim"
    status: Literal["in-progress", "paused", "stopped", "processing", "completed", "absent"] = "in-progress"
    pause_behavior: str = ""
    ended: float | None = None
    callback: Callback = Callback()
    deleted: bool = False


@dataclass(eq=False)
class Message:
    """A text message; `status` moves on with the network's clock."""

    sid: str
    account_sid: str
    from_: str
    to: str
    body: str
    created: float
    status: str = "queued"
    status_callback: Callback = Callback()
    updated: float = 0.0


@dataclass(eq=False)
class Number:
    """A telephone number of the account and the URLs it asks; `number` "" stands for any number."""

    sid: str
    number: str
    voice_url: str
    voice_method: str = "POST"
    fallback_url: str = ""
    fallback_method: str = "POST"
    status_callback: str = ""
    status_callback_method: str = "POST"
    friendly_name: str = ""
    created: float = 0.0


@dataclass(frozen=True)
class NewCall:
    """What `POST /Calls` asks for."""

    from_: str
    to: str
    url: str = ""
    twiml: str = ""
    method: str = "POST"
    fallback_url: str = ""
    fallback_method: str = "POST"
    status_callback: Callback = Callback(events=frozenset({"completed"}))
    timeout_s: float = 60.0
    send_digits: str = ""
    time_limit_s: float = 14400.0
    record: bool = False
    caller_id: str = ""


@dataclass(frozen=True)
class Move:
    """What an update of a live call asks for: another document. Exactly one of `url` and `twiml` is set."""

    url: str = ""
    twiml: str = ""
    method: str = "POST"
    fallback_url: str | None = None
    fallback_method: str = "POST"


@dataclass(frozen=True)
class ParticipantOptions:
    """What `POST /Participants` says of the participant and of the conference that it may begin."""

    label: str = ""
    muted: bool = False
    start_on_enter: bool = True
    end_on_exit: bool = False
    wait_url: str | None = None  # None: Twilio's music; "": silence
    wait_method: str = "POST"
    conference_callback: Callback = Callback()
