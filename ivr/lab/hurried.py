"""A caller in a hurry: prompts take no time, one item answers one Gather, and only waiting takes seconds."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from ivr.lab.carrier import Script
from ivr.lab.leg import Gone, Leg
from ivr.lab.phone import Phone, checked
from ivr.lab.twiml import Verb

MAX_HURRIED = 10
WITH_OTHERS, RINGS_S = ("dial", "conference"), 1.0
MESSAGE, MESSAGE_S = "This is a message.", 0.8  # a second when rounded, and shorter than any silence


@dataclass(eq=False)
class HurriedPhone(Phone):
    """Somebody who tries a line out: `calmline call`.

    An empty item of `to_press` lets one Gather pass; `to_say` answers the first Gather that takes speech.
    Stays `wait_s` seconds in a waiting room, or for one document. While keys are left to press, up to ten
    waiting documents take no time either. Hangs up while another telephone rings: nobody answers it.
    """

    to_press: deque[str] = field(default_factory=deque)
    to_say: str | None = None
    wait_s: float = 0.0
    hurried: int = 0
    is_patient: bool = False
    entered: float | None = None  # the waiting room, at which time

    @property
    def pace(self) -> float:
        waits = self.entered is not None and self.wait_s > 0
        return 1.0 if waits and self.is_patient else 0.0

    def asked(self, leg: Leg, gather: Verb) -> None:
        accepts = gather.attributes.get("input", "dtmf").split()
        if "dtmf" in accepts and self.to_press:
            leg.press(self.to_press.popleft())
        elif "speech" in accepts and self.to_say is not None:
            words, self.to_say = self.to_say, None
            leg.say(words)

    def recorded(self, leg: Leg) -> None:
        words, self.to_say = self.to_say or MESSAGE, None
        leg.env.process(_leaves(leg, words))

    def is_in(self, leg: Leg, place: str) -> None:
        if self.entered is not None:
            self.wait_s -= leg.env.now - self.entered
            self.entered = None
        if place == "queue":
            self.entered, self.is_patient = leg.env.now, not self.to_press
            if self.wait_s > 0:
                leg.env.process(_waits(self, leg))
        elif place in WITH_OTHERS:
            leg.env.process(_hangs_up(leg, place))

    def gives_up(self, _leg: Leg) -> bool:
        self.is_patient = not self.to_press or self.hurried >= MAX_HURRIED
        self.hurried += 1
        return self.is_patient and self.wait_s <= 0


def a_hurried_phone(
    number: str, press: Sequence[str] = (), say: str | None = None, wait_s: float = 0.0
) -> HurriedPhone:
    """Raises ValueError for a key that no telephone has."""
    return HurriedPhone(number, to_press=deque(map(checked, press)), to_say=say, wait_s=wait_s)


def _waits(phone: HurriedPhone, leg: Leg) -> Script[None]:
    entered = phone.entered
    yield leg.env.timeout(phone.wait_s)
    if phone.entered is not None and phone.entered == entered:
        leg.interrupt(Gone("has waited enough"))


def _leaves(leg: Leg, words: str) -> Script[None]:
    leg.say(words)
    yield leg.env.timeout(MESSAGE_S)
    if not leg.call.is_over:
        leg.interrupt(Gone("hangs up"))


def _hangs_up(leg: Leg, place: str) -> Script[None]:
    yield leg.env.timeout(RINGS_S)
    if leg.place == place:
        leg.ended_in = place
        leg.interrupt(Gone("hangs up"))
