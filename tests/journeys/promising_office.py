"""An office that promises calls: for every test people, customers and a morning of its own."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from holidays import country_holidays

from callbacks.records import Callback
from callbacks.rules.states import State, Step
from ivr.lab.handset import Handset
from ivr.lab.phone import ANSWERS, Ringing
from routing.rules.agent_states import AgentState
from routing.rules.people import May
from tests.journeys.whole_line import Person, WholeLine
from tests.twilio import LINE

HOLIDAYS = country_holidays("US")
NEW_YORK = ZoneInfo("America/New_York")
_count = itertools.count(1)
_OVER = (State.DONE, State.CANCELLED, State.REACHED)


@dataclass
class Office:
    """A line that runs. Maria is a supervisor who is on duty and takes the calls that ring her."""

    line: WholeLine
    staff: list[Person] = field(default_factory=list)
    promised: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.maria = self.person("maria")

    def person(self, name: str, ringing: Ringing = ANSWERS, *, presses: str = "1", **special: Any) -> Person:
        """Somebody on duty with a telephone of her own; `presses` on the first words of a call."""
        number = next(_count)
        one = self.line.user(
            f"{name}{number}", f"+1212556{number:04d}", ringing, alias=name.title(), **special
        )
        if presses:
            one.takes_calls(presses)
        one.is_available()
        self.staff.append(one)
        return one

    def another_who_may(self, name: str = "tom", **special: Any) -> Person:
        """An adviser who may make follow-up calls."""
        return self.person(name, role="agent", may=frozenset({May.FOLLOW_UP}), **special)

    def customer(self, ringing: Ringing = ANSWERS) -> Handset:
        """In New York, where the line is."""
        return self.line.lab.phone(f"+1212557{next(_count):04d}", ringing)

    def promise(self, customer: Handset, *, by: Person | None = None, **more: Any) -> str:
        """Booked for ten in the morning of the next working day; Maria is the owner unless another is."""
        owner = more.pop("owner", self.maria.name)
        at = more.pop("at", self.next_morning()).isoformat()
        booked = (by or self.maria).books(customer.number, owner=owner, at=at, name="Ana Ruiz", **more)
        self.promised.append(booked)
        return booked

    def next_morning(self) -> datetime:
        """Ten in New York on the next working day."""
        now = self.line.now().astimezone(NEW_YORK)
        day = now.date() + timedelta(days=1)
        while day.weekday() > 4 or day in HOLIDAYS:
            day += timedelta(days=1)
        return datetime.combine(day, time(10), NEW_YORK)

    def is_due(self, callback_id: str) -> None:
        """The clock shows its moment, and what follows from it at once has happened."""
        due = self.now(callback_id).due_at
        assert due is not None
        self.line.advance_to(due)
        self.line.lab.run(0.1)

    def now(self, callback_id: str) -> Callback:
        return self.line.callback(callback_id)

    def until_state(self, callback_id: str, *states: State, seconds: float = 90) -> None:
        self.line.until(lambda: self.now(callback_id).state in states, seconds)

    def until_step(self, callback_id: str, step: Step, seconds: float = 90) -> None:
        self.line.until(lambda: self.now(callback_id).step is step, seconds, 0.25)

    def until_talking(self, one: Handset, other: Handset, seconds: float = 90) -> None:
        self.line.until(lambda: other.number in one.is_talking_with(), seconds)

    def calls_in(self, customer: Handset) -> None:
        customer.calls(LINE)

    def times_called(self, one: Handset | Person) -> int:
        """How often we rang this telephone."""
        phone = one.phone if isinstance(one, Person) else one
        return len(self.line.calls_to(phone.number))


@contextmanager
def open_office(line: WholeLine) -> Iterator[Office]:
    """At its end all is over: no call goes on, nobody is kept for one, and Twilio complained of nothing."""
    complained = len(line.lab.story.alerts)
    office = Office(line)
    yield office
    line.lab.run(2)
    for phone in line.lab.network.phones.values():
        if phone.legs and phone.legs[-1].call.direction == "inbound":
            line.lab.phone(phone.number).hangs_up()
    line.until(lambda: not line.going_on(), 240)
    line.until(lambda: all(one.status is not AgentState.RESERVED for one in office.staff), 90)
    assert [str(alert) for alert in line.lab.story.alerts[complained:]] == []
    for callback_id in office.promised:
        if office.now(callback_id).state not in _OVER:
            office.maria.does(callback_id, "cancel", reason="the test is over")
    for one in office.staff:
        line.floor.people.disable(one.name, by="tests", at=line.now())
