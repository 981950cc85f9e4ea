"""A floor with agents and callers, new ones for every test, on a line that runs."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from ivr.lab.handset import Handset
from ivr.lab.phone import ANSWERS, Ringing
from routing.rules.agent_states import AgentState
from routing.rules.call_states import CallState
from routing.rules.caller import Override, Treatment
from tests.journeys.whole_line import Person, WholeLine
from tests.twilio import LINE

_count = itertools.count(1)
_WITH_A_CALL = frozenset({AgentState.RESERVED, AgentState.OFFERED, AgentState.CONNECTING, AgentState.ON_CALL})


@dataclass
class Hall:
    """Agents take what rings them, unless said otherwise; callers press 1 for the general queue."""

    line: WholeLine
    staff: list[Person] = field(default_factory=list)
    callers: list[Handset] = field(default_factory=list)

    def agent(
        self, name: str = "ana", ringing: Ringing = ANSWERS, *, presses: str = "1", **special: Any
    ) -> Person:
        """On duty, with a telephone; `presses` on the first words."""
        number = next(_count)
        special = {"role": "agent", "phone": f"+1212556{number:04d}", "skills": {"general": 1}} | special
        one = self.line.user(f"{name}{number}", special.pop("phone"), ringing, **special)
        if presses:
            one.takes_calls(presses)
        one.is_available()
        self.staff.append(one)
        return one

    def caller(self, keys: str = "1", treatment: str = "") -> Handset:
        """Somebody who has dialled the line and pressed these keys in its menus."""
        one = self.line.lab.phone(f"+1212557{next(_count):04d}")
        if treatment:
            until, at = self.line.now() + timedelta(days=1), self.line.now()
            override = Override(Treatment(treatment), until, "a test", "tests")
            self.line.floor.standings.override(one.number, override, at=at)
        self.callers.append(one)
        one.calls(LINE)
        for key in keys:
            self.line.lab.run(1)
            one.presses(key)
        self.line.lab.run(0.5)
        return one

    def until_talking(self, one: Handset | Person, other: Handset, seconds: float = 60) -> None:
        """The two hear each other."""
        handset = one.phone if isinstance(one, Person) else one
        self.line.until(lambda: handset.number in other.is_talking_with(), seconds, 0.5)

    def until_status(self, one: Person, *statuses: str, seconds: float = 60) -> None:
        self.line.until(lambda: one.status in statuses, seconds, 0.5)

    def until_heard(self, one: Handset, words: str, seconds: float = 60) -> None:
        self.line.until(lambda: words in " ".join(one.heard()), seconds, 0.5)

    def state_of(self, caller: Handset) -> CallState:
        return CallState(self.line.floor.conversations.of(caller.call_sid)["state"])

    def until_over(self, caller: Handset, seconds: float = 60) -> None:
        self.line.until(lambda: self.state_of(caller) is CallState.ENDED, seconds, 0.5)

    def rang(self, one: Person) -> int:
        """How often this agent's telephone was rung."""
        return len(self.line.calls_to(one.phone.number))

    def says(self, one: Person, method: str, path: str, body: Any = None, expect: int = 200) -> Any:
        """What the API answers to an agent."""
        answer = one.ask(method, path, body)
        assert answer.status_code == expect, answer.text
        return answer.json()


@contextmanager
def open_hall(line: WholeLine) -> Iterator[Hall]:
    """At its end no call goes on, nobody stands in a line, and Twilio complained of nothing."""
    complained = len(line.lab.story.alerts)
    hall = Hall(line)
    yield hall
    for caller in hall.callers:
        caller.hangs_up()
    line.until(lambda: not line.going_on(), 120)
    line.until(lambda: all(one.status not in _WITH_A_CALL for one in hall.staff), 60)
    assert [str(alert) for alert in line.lab.story.alerts[complained:]] == []
    assert _standing_anywhere(line) == []
    for one in hall.staff:
        line.floor.people.disable(one.name, by="tests", at=line.now())


def _standing_anywhere(line: WholeLine) -> list[str]:
    redis, keys = line.floor.store.client, line.floor.keys
    patterns = (keys.queue("*"), keys.line_up("*"), keys.seen)
    return [key for pattern in patterns for key in redis.scan_iter(pattern)]
