"""The people: owners who take every call at once, customers who answer and hang up a moment later."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

from callbacks.rules.dialable import refusal
from callbacks.rules.zones import zones_of
from ivr.lab.lab import Lab
from ivr.lab.leg import Gone, Leg
from ivr.lab.phone import Phone, Ringing
from ivr.lab.records import Call
from ivr.lab.twiml import Verb

OWNERS_AREA = 646  # no customer's
PACIFIC, EASTERN = "America/Los_Angeles", "America/New_York"
TALKS_S = 1.0
LOOKS_EVERY_S = 0.1
TAKE_IT = "To take it, press 1"


class OwnersPhone(Phone):
    """Takes what is offered, listens fast, and hangs up when it is asked who answered."""

    pace = 0.03

    def asked(self, leg: Leg, gather: Verb) -> None:
        if any(TAKE_IT in child.text for child in gather.children):
            leg.press("1")
        else:
            leg.env.process(_hangs_up(leg))


def _hangs_up(leg: Leg) -> Any:
    yield leg.env.timeout(0.05)
    if not leg.call.is_over:
        leg.interrupt(Gone("hangs up"))


# What the people do with a call of ours that rings or talks, looked at ten times a second.
Habit = Callable[[Any, Call], None]


def hangs_up_after_a_moment(network: Any, call: Call) -> None:
    """A customer's: a second after the answer, whatever was heard."""
    if call.answered is not None and network.now - call.answered >= TALKS_S:
        network.switchboard.hang_up(network.legs[call.sid], "hangs up")


@dataclass
class Town:
    """The telephones of one lab."""

    lab: Lab

    def owners(self, numbers: list[str], after_s: float = 0.2) -> None:
        with self.lab.exchange as network:
            for number in numbers:
                network.phones[number] = OwnersPhone(number, Ringing("answer", after_s))

    def customers(self, numbers: list[str], ringing: Ringing, habit: Habit) -> None:
        with self.lab.exchange as network:
            for number in numbers:
                network.switchboard.phone(number, ringing)
            network.carrier.env.process(_life(network, frozenset(numbers), habit))

    def calls_to(self, numbers: set[str] | frozenset[str]) -> list[Call]:
        """In the order in which they were asked for."""
        with self.lab.exchange as network:
            return [call for call in network.calls.values() if call.to in numbers]

    def rang(self, numbers: set[str]) -> dict[str, int]:
        """How often each telephone rang."""
        with self.lab.exchange as network:
            told = [one.who for one in network.story.moments if one.what == "call ringing"]
        return {number: count for number, count in _counted(told).items() if number in numbers}


def _life(network: Any, numbers: frozenset[str], habit: Habit) -> Any:
    known, going_on = 0, list[Call]()
    while True:
        yield network.carrier.env.timeout(LOOKS_EVERY_S)
        new = list(islice(network.calls.values(), known, None))
        known += len(new)
        going_on = [call for call in (*going_on, *new) if call.to in numbers and not call.is_over]
        for call in going_on:
            habit(network, call)


def _counted(names: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name in names:
        found[name] = found.get(name, 0) + 1
    return found


def numbers_in(zone: str, count: int) -> list[str]:
    """Numbers kept for fiction (555-01xx) of area codes that lie wholly in one zone."""
    return list(islice(_numbers(zone), count))


def _numbers(zone: str) -> Iterator[str]:
    for last in range(100):
        for area in _areas(zone):
            yield f"+1{area}55501{last:02d}"


@cache
def _areas(zone: str) -> tuple[int, ...]:
    def is_wanted(area: int) -> bool:
        number = f"+1{area}5550100"
        return area != OWNERS_AREA and zones_of(number) == (zone,) and not refusal(number, ("US", "CA"))

    return tuple(area for area in range(201, 990) if is_wanted(area))
