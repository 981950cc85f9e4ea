"""What all rooms of the network share: its time, its account, its story, the way out to the web server."""

from collections import deque
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import simpy

from ivr.lab.account import Account
from ivr.lab.faults import Faults
from ivr.lab.records import Call
from ivr.lab.sids import new_sid
from ivr.lab.story import Alert, Request, Story

Result = TypeVar("Result")
Script = Generator[simpy.Event, Any, Result]


@dataclass(frozen=True)
class Ask:
    """A request for the next document; `answered` says that the person's keys or words led to it."""

    url: str
    method: str = "POST"
    fields: Mapping[str, str] = field(default_factory=dict)
    answered: bool = False
    twiml: str = ""  # given with the REST request instead of a URL


@dataclass(frozen=True)
class Answer:
    """What came back. `failure` is "" for any HTTP answer, else connect, timeout or other."""

    status: int = 0
    content_type: str = ""
    body: bytes = b""
    location: str = ""
    cookies: tuple[tuple[str, str], ...] = ()
    failure: str = ""
    detail: str = ""
    milliseconds: float = 0.0


@dataclass(frozen=True)
class Outgoing:
    """One HTTP request on its way; `answer` is to be succeeded with its Answer."""

    url: str
    method: str
    fields: Mapping[str, str]
    cookies: Mapping[str, str]
    idempotency_token: str
    read_timeout_s: float
    answer: simpy.Event
    call_sid: str = ""


class Carrier:
    """The ground of the network. Pure: what has to be sent lies in `outbox` until somebody takes it."""

    def __init__(self, account: Account, *, began: float, faults: Faults | None = None) -> None:
        self.env = simpy.Environment(initial_time=began)
        self.account = account
        self.faults = faults or Faults()
        self.story = Story()
        self.outbox: deque[Outgoing] = deque()
        self.calls: dict[str, Call] = {}

    @property
    def now(self) -> float:
        """Seconds since 1970, by the network's clock."""
        return float(self.env.now)

    def send(
        self,
        ask: Ask,
        fields: Mapping[str, str],
        *,
        cookies: Mapping[str, str],
        token: str = "",
        read_timeout_s: float,
    ) -> simpy.Event:
        """Lay a request into the outbox; the event will bring its Answer."""
        outgoing = Outgoing(
            ask.url,
            ask.method,
            fields,
            cookies,
            token or new_sid("")[:32],
            read_timeout_s,
            self.env.event(),
            fields.get("CallSid", ""),
        )
        self.outbox.append(outgoing)
        return outgoing.answer

    def asked(self, request: Request) -> None:
        self.story.requests.append(request)

    def alert(self, code: int, message: str, sid: str) -> None:
        """A line for the debugger."""
        self.story.alerts.append(Alert(self.now, code, message, sid))
