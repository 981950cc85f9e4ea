"""A Gather at work: prompts cut short by a key or a word, digits until they are enough, words until silence.

Source: https://www.twilio.com/docs/voice/twiml/gather
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import simpy

from ivr.lab.carrier import Ask, Script
from ivr.lab.leg import Leg
from ivr.lab.pages import Next, Page
from ivr.lab.twiml import LANGUAGE, Verb

CONFIDENCE = "0.9172"
TIMEOUT_S = "5"
SILENCE_S = 1.0  # what "auto" takes for the end of a sentence


@dataclass
class Keypad:
    """The keys of one Gather as they come; `is_over` once no further key counts."""

    num_digits: int | None
    finish_on: str
    digits: str = ""
    finished_on: str = ""
    is_over: bool = False

    def press(self, keys: str) -> None:
        """The finishing key is not a digit; what is pressed after the last digit is lost."""
        for key in keys:
            if self.is_over:
                return
            if key == self.finish_on:
                self.finished_on, self.is_over = key, True
            else:
                self.digits += key
                self.is_over = len(self.digits) == self.num_digits


@dataclass
class Intake:
    """What a Gather has taken so far, and the event of the next thing it takes."""

    env: simpy.Environment
    keypad: Keypad
    more: simpy.Event
    spoken: list[str] = field(default_factory=list)

    def keys(self, keys: str) -> None:
        if not self.spoken:
            self.keypad.press(keys)
            self._wake()

    def words(self, words: str) -> None:
        if not self.keypad.digits:
            self.spoken.append(words)
            self._wake()

    def _wake(self) -> None:
        woken, self.more = self.more, self.env.event()
        woken.succeed()

    @property
    def is_empty(self) -> bool:
        return not (self.keypad.digits or self.keypad.is_over or self.spoken)


def gather(leg: Leg, verb: Verb, page: Page) -> Script[Next | None]:
    """The action's request, or None for the verb after it: nothing was pressed or said."""
    intake = _intake(leg, verb)
    accepts = verb.attributes.get("input", "dtmf").split()
    leg.on_keys = intake.keys if "dtmf" in accepts else None
    leg.on_words = intake.words if "speech" in accepts else None
    leg.language = verb.attributes.get("language", LANGUAGE)
    try:
        yield from _prompts(leg, verb, intake)
        yield from _listen(leg, verb, intake)
    finally:
        leg.on_keys = leg.on_words = None
        leg.language = ""
    return _after(verb, page, intake)


def _intake(leg: Leg, verb: Verb) -> Intake:
    limit = verb.attributes.get("numDigits")
    keypad = Keypad(int(limit) if limit else None, verb.attributes.get("finishOnKey", "#"))
    return Intake(leg.env, keypad, leg.env.event())


def _prompts(leg: Leg, verb: Verb, intake: Intake) -> Script[None]:
    for child in verb.children:
        if not intake.is_empty:
            return
        yield from leg.plays(child, until=intake.more)
    if intake.is_empty:
        leg.phone.asked(leg, verb)


def _listen(leg: Leg, verb: Verb, intake: Intake) -> Script[None]:
    """Until it is enough or nothing came in time; the time begins anew with everything that comes."""
    while not intake.keypad.is_over:
        more = intake.more
        yield from leg.listens(_patience_s(verb, intake), until=more)
        if not more.triggered:
            return


def _patience_s(verb: Verb, intake: Intake) -> float:
    timeout_s = verb.attributes.get("timeout", TIMEOUT_S)
    if not intake.spoken:
        return float(timeout_s)
    after_words = verb.attributes.get("speechTimeout", timeout_s)
    return SILENCE_S if after_words == "auto" else float(after_words)


def _after(verb: Verb, page: Page, intake: Intake) -> Ask | None:
    if intake.spoken:
        words = " ".join(intake.spoken)
        # Sounds that are no words are heard as nothing.
        if words.strip():
            return page.ask(verb, {"SpeechResult": words, "Confidence": CONFIDENCE}, answered=True)
    if digits := intake.keypad.digits:
        fields = {"Digits": digits, "FinishedOnKey": intake.keypad.finished_on, "msg": "Gather End"}
        return page.ask(verb, fields, answered=True)
    if verb.attributes.get("actionOnEmptyResult") == "true":
        return page.ask(verb, _empty(verb))
    return None


def _empty(verb: Verb) -> Mapping[str, str]:
    names = {"dtmf": "Digits", "speech": "SpeechResult"}
    return {names[kind]: "" for kind in verb.attributes.get("input", "dtmf").split()}
