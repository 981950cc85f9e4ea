"""Everything that happened on the network, in order, to be read by people and asked by tests."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime


@dataclass(frozen=True)
class Heard:
    """One thing that one person heard or did.

    `verb` is Say, Play or Pause as in TwiML, `voice` for another person's words, `beep`, or what the
    person did: `press` (text: the keys) or `speak` (text: the words). A Pause's text is its length,
    "1 s"; a Play's its URL. `at` are seconds since 1970.
    """

    verb: str
    text: str
    language: str = ""
    at: float = 0.0


@dataclass(frozen=True)
class Moment:
    """One line of the story."""

    at: float
    who: str
    what: str


@dataclass(frozen=True)
class Request:
    """One request to the web server; status 0 means that no answer came. The path has no query."""

    path: str
    status: int
    milliseconds: float
    call_sid: str = ""


@dataclass(frozen=True)
class Alert:
    """A line of the debugger: what Twilio would complain of. `code` 0 is the lab's own refusal.

    Source: https://www.twilio.com/docs/api/errors
    """

    at: float
    code: int
    message: str
    sid: str

    def __str__(self) -> str:
        return f"{self.code} {self.message}" if self.code else self.message


@dataclass(frozen=True)
class Bridge:
    """Two people who could hear each other; `until` None while they still can."""

    people: frozenset[str]
    since: float
    until: float | None = None


@dataclass
class Story:
    """What happened so far."""

    moments: list[Moment] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    bridges: list[Bridge] = field(default_factory=list)
    _open: dict[frozenset[str], int] = field(default_factory=dict, repr=False)

    def tell(self, at: float, who: str, what: str) -> None:
        self.moments.append(Moment(at, who, what))

    def connect(self, at: float, people: set[frozenset[str]], of: frozenset[str]) -> None:
        """From now on, of the people `of`, exactly the pairs in `people` hear each other."""
        for pair in [pair for pair in self._open if pair <= of and pair not in people]:
            number = self._open.pop(pair)
            self.bridges[number] = replace(self.bridges[number], until=at)
        for pair in sorted(people - self._open.keys(), key=sorted):
            self._open[pair] = len(self.bridges)
            self.bridges.append(Bridge(pair, at))

    def __str__(self) -> str:
        """Line by line: the time, who, what. Ends with the debugger's complaints."""
        lines = [f"{_clock(moment.at)}  {moment.who:<18} {moment.what}" for moment in self.moments]
        lines += [f"{_clock(alert.at)}  {'debugger':<18} {alert} ({alert.sid})" for alert in self.alerts]
        return "\n".join(lines)


def _clock(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%a %H:%M:%S.%f")[:-4]
