"""A floor in numbers: agents and callers by the hundred on a clock that jumps, and what became of each."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.chaos.site import a_config
from ivr.lab.leg import Gone, Leg
from ivr.lab.phone import ANSWERS, Phone, Ringing
from ivr.lab.twiml import Verb
from routing import shifts
from routing.rules.agent_states import AgentState
from routing.rules.people import Person, Role
from tests.journeys.whole_line import WholeLine, whole_line
from tests.twilio import LINE

MONDAY = "2036-11-17T12:00:00-05:00"
TAKE_IT, ADVISER = "To take it, press 1", "To speak with an adviser"
# Twilio lets an account start so many calls a second here; the line's own pace is in its config.
PER_SECOND = 100
WRAP_UP_S = 5


@dataclass(eq=False)
class AgentsPhone(Phone):
    """Takes what is offered, after listening fast."""

    pace = 0.2  # type: ignore[assignment]

    def asked(self, leg: Leg, gather: Verb) -> None:
        if any(TAKE_IT in child.text for child in gather.children):
            leg.press("1")


@dataclass(eq=False)
class CallersPhone(Phone):
    """Asks for an adviser, waits, and hangs up `talks_s` after being put through (None: stays for ever)."""

    talks_s: float | None = 20.0
    joined: list[float] = field(default_factory=list)

    @property
    def pace(self) -> float:
        """Menus are gone through fast; what comes after a conversation lasts as long as it does."""
        return 1.0 if self.joined else 0.1

    def asked(self, leg: Leg, gather: Verb) -> None:
        if any(ADVISER in child.text for child in gather.children):
            leg.press("1")

    def is_in(self, leg: Any, place: str) -> None:
        if place == "conference":
            self.joined.append(leg.env.now)
            if self.talks_s is not None:
                leg.env.process(_hangs_up(leg, self.talks_s))


def _hangs_up(leg: Leg, after_s: float) -> Any:
    yield leg.env.timeout(after_s)
    if not leg.call.is_over:
        leg.interrupt(Gone("hangs up"))


@dataclass
class Offered:
    """One offer as the floor's own events tell it; moments in ms of the site's time."""

    id: str
    call: str
    agent: str
    made: int
    accepted: int | None = None
    over: int | None = None
    how: str = ""

    @property
    def held_s(self) -> float:
        """How long a call was kept for an agent who did not take it."""
        return ((self.over or self.made) - self.made) / 1000


@dataclass
class Hall:
    """What a figure works with."""

    line: WholeLine
    agents: list[str] = field(default_factory=list)

    def hire(
        self, count: int, ringing: Ringing = ANSWERS, *, soft: bool = False, name: str = "agent"
    ) -> list[str]:
        """Agents on duty for the normal queue, whose (soft)phones do as said; their names."""
        new = [f"{name}{index:03d}" for index in range(len(self.agents), len(self.agents) + count)]
        for index, one in enumerate(new, len(self.agents)):
            phone = f"client:{one}" if soft else f"+1646556{index:04d}"
            person = Person(one, Role.AGENT, self.line.now(), phone=phone, skills={"general": 1})
            self.line.floor.people.add(person, by="chaos")
            with self.line.lab.exchange as network:
                network.phones[phone] = AgentsPhone(phone, ringing)
            shifts.choose(self.line.floor, person, AgentState.AVAILABLE)
        self.agents += new
        self.line.was_touched()
        return new

    def back_on_duty(self) -> None:
        """Whoever was set aside because he did not answer comes back."""
        for one in self.agents:
            if self.line.floor.agents.read(one).status is AgentState.NOT_ANSWERING:
                self.line.floor.agents.set_status(one, AgentState.AVAILABLE)
        self.line.was_touched()

    def caller(self, index: int, talks_s: float | None = 20.0) -> CallersPhone:
        """Dials the line now."""
        number = f"+1415556{index:04d}"
        phone = CallersPhone(number, talks_s=talks_s)
        with self.line.lab.exchange as network:
            network.phones[number] = phone
            network.switchboard.dial_in(phone, LINE)
        return phone

    def offers(self) -> list[Offered]:
        """All offers so far, in the order in which they were made, from the calls' own time lines."""
        found: dict[str, Offered] = {}
        for call in self.calls():
            for entry in self.line.floor.conversations.timeline(call):
                if entry["what"] == "offer":
                    _tell(found, entry, call)
        return sorted(found.values(), key=lambda one: (one.made, one.id))

    def number_of(self, agent: str) -> str:
        person = self.line.floor.people.find(agent)
        assert person is not None
        return person.phone

    def free_again(self) -> dict[str, list[int]]:
        """When each agent became available, in ms of the site's time."""
        found: dict[str, list[int]] = {one: [] for one in self.agents}
        for _, entry in self.line.floor.store.client.xrange(self.line.floor.keys.events):
            told = json.loads(entry["data"]) if entry["kind"] == "agent" else {}
            if told.get("status") == AgentState.AVAILABLE:
                found[told["id"]].append(told["since_ms"])
        return found

    def calls(self) -> list[str]:
        """Callers who have waited, by CallSid."""
        redis, keys = self.line.floor.store.client, self.line.floor.keys
        return [
            key.removeprefix(keys.timeline("")) for key in redis.scan_iter(keys.timeline("*"), count=1000)
        ]

    def began(self, call: str) -> int:
        """When a call began to wait, in ms."""
        return int(self.line.floor.conversations.of(call).get("waiting_since_ms", 0))

    def unoffered(self, call: str) -> list["Wait"]:
        """The times when a call waited and nobody was rung for it."""
        found, since, began = list[Wait](), None, self.began(call)
        for entry in self.line.floor.conversations.timeline(call):
            if entry["what"] not in ("call", "offer"):
                continue
            state, at = entry["state"], entry["at_ms"]
            if state in ("waiting", "over") and since is None:
                since = at
            elif since is not None:
                found.append(Wait(call, began, since, at))
                since = None
        return found

    def until_all_is_over(self, seconds: float) -> None:
        self.line.until(lambda: not self.line.going_on(), seconds, 5.0)


def _tell(found: dict[str, Offered], entry: dict[str, Any], call: str) -> None:
    offer = found.setdefault(entry["offer"], Offered(entry["offer"], call, entry["agent"], entry["at_ms"]))
    if entry["state"] == "accepted":
        offer.accepted = entry["at_ms"]
    elif entry["state"] == "over":
        offer.over, offer.how = entry["at_ms"], entry["how"]


@contextmanager
def a_hall() -> Iterator[Hall]:
    """It runs, with nobody in it, on a clock that jumps; at its end all is ended."""
    with tempfile.TemporaryDirectory(prefix="ch", dir="/tmp", ignore_cleanup_errors=True) as named:
        folder = Path(named)
        config = a_config(folder, PER_SECOND, wrap_up_s=WRAP_UP_S)
        with whole_line(folder, at=MONDAY, calls_per_second=PER_SECOND, CALMLINE_CONFIG=str(config)) as line:
            yield Hall(line)


def out_of_order(hall: Hall) -> list[str]:
    """Offers of a call while one that had waited for longer could have been offered: there should be none."""
    waits = [wait for call in hall.calls() for wait in hall.unoffered(call)]
    return [
        f"{offer.id}: {wait.call} had waited for longer"
        for offer in hall.offers()
        for wait in waits
        if wait.call != offer.call
        and wait.since_ms < hall.began(offer.call)
        and wait.from_ms < offer.made < wait.until_ms
    ]


@dataclass(frozen=True)
class Wait:
    """A call that could be offered and was not, from when to when (ms); it waits since `since_ms`."""

    call: str
    since_ms: int
    from_ms: int
    until_ms: int
