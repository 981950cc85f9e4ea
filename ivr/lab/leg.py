"""A leg in use: its call, the person on it, what that person hears and presses."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import simpy

from ivr.lab.carrier import Ask, Carrier, Script
from ivr.lab.events import tell_call
from ivr.lab.pages import Verbs
from ivr.lab.phone import Phone
from ivr.lab.records import Call, CallStatus
from ivr.lab.story import Heard
from ivr.lab.twiml import Verb

CHARACTERS_A_SECOND = 15
PLAY_S = 10.0  # the lab does not fetch what is played, so every one is taken to last this long
MAX_LOOPS = 1000


@dataclass(frozen=True)
class Moved:
    """REST sent the leg to another document."""

    ask: Ask


@dataclass(frozen=True)
class Gone:
    """The leg ends, and why."""

    reason: str


class Leg:
    """One leg. Its script runs as a process of the network's time; events from outside interrupt it."""

    def __init__(self, carrier: Carrier, call: Call, phone: Phone, verbs: Verbs) -> None:
        self.carrier, self.call, self.phone, self.verbs = carrier, call, phone, verbs
        self.cookies: dict[str, str] = {}
        self.documents = 0
        self.sequence = 0
        self.process: simpy.Process | None = None
        self._place = ""
        self.ended_in = ""
        self.on_keys: Callable[[str], None] | None = None
        self.on_words: Callable[[str], None] | None = None
        self.language = ""  # in which words are listened for
        self.listened_s = 0.0
        self.picked_up = carrier.env.event()

    @property
    def env(self) -> simpy.Environment:
        return self.carrier.env

    @property
    def name(self) -> str:
        """Whom the story speaks of."""
        return self.phone.number

    @property
    def place(self) -> str:
        """Where this person is while no document runs: queue, conference, dial, record; "" elsewhere."""
        return self._place

    @place.setter
    def place(self, place: str) -> None:
        self._place = place
        self.phone.is_in(self, place)

    def run(self, script: Script[object]) -> None:
        self.process = self.env.process(script)

    def interrupt(self, cause: Moved | Gone) -> None:
        """What the leg is doing stops now; nothing happens to a leg that is over."""
        if self.process is not None and self.process.is_alive:
            self.process.interrupt(cause)

    def progress(self, status: CallStatus) -> None:
        """The call's next status, told to whoever asked for it."""
        self.call.status = status
        self.carrier.story.tell(self.carrier.now, self.name, f"call {status}")
        self._tell(self.call)
        self.phone.progressed(self)

    def initiated(self) -> None:
        """Twilio begins to dial: told as an event, while REST still calls the call queued."""
        self.carrier.story.tell(self.carrier.now, self.name, f"is dialled by {self.call.from_}")
        self._tell(replace(self.call, status="initiated"))

    def _tell(self, call: Call) -> None:
        """Only events that are told have a number: the one of an inbound call is 0."""
        if tell_call(self.carrier, call, self.sequence, self.cookies):
            self.sequence += 1

    def hears(self, verb: str, text: str, language: str = "", *, seconds: float = 0.0) -> None:
        """Something begins to be heard on this leg and lasts so long."""
        heard = Heard(verb, text, language, self.carrier.now)
        self.carrier.story.tell(self.carrier.now, self.name, _told(heard))
        self.phone.hears(self, heard, seconds)

    def does(self, verb: str, text: str, language: str = "") -> None:
        """Something that the person on this leg does."""
        heard = Heard(verb, text, language, self.carrier.now)
        self.carrier.story.tell(self.carrier.now, self.name, _told(heard))
        self.phone.notes(heard)

    def press(self, keys: str) -> None:
        """Keys on this leg's telephone; they are lost while nobody listens for them."""
        self.does("press", keys)
        if self.on_keys is not None:
            self.on_keys(keys)

    def say(self, words: str) -> None:
        """Words on this leg; they are lost while nobody listens."""
        self.does("speak", words, self.language)
        if self.on_words is not None:
            self.on_words(words)

    def plays(self, verb: Verb, *, until: simpy.Event | None = None) -> Script[None]:
        """Say, Play or Pause, to its end or to `until`."""
        text, seconds = sound(verb)
        for _ in range(int(verb.attributes.get("loop", "1")) or MAX_LOOPS):
            self.hears(verb.name, text, verb.language, seconds=seconds)
            yield from self.listens(seconds, until=until)
            if until is not None and until.triggered:
                return

    def listens(self, seconds: float, *, until: simpy.Event | None = None) -> Script[None]:
        """Time passes on the line: as much as this person takes for it."""
        self.listened_s += seconds
        pause = self.env.timeout(seconds * self.phone.pace)
        yield pause if until is None else pause | until


def sound(verb: Verb) -> tuple[str, float]:
    """What is heard of a Say, Play or Pause, and for how many seconds."""
    match verb.name:
        case "Say":
            return verb.text, len(verb.text) / CHARACTERS_A_SECOND
        case "Play":
            return verb.text or verb.attributes.get("digits", ""), PLAY_S
        case _:
            length = verb.attributes.get("length", "1")
            return f"{length} s", float(length)


def _told(heard: Heard) -> str:
    match heard.verb:
        case "Say":
            return f"hears [{heard.language}] {heard.text}"
        case "press" | "speak":
            return f"{'presses' if heard.verb == 'press' else 'says'} {heard.text}"
        case other:
            return f"hears ({other} {heard.text})"
