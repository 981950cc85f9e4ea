"""The simulated person: hears what is said, presses keys, says one thing."""

from collections import deque
from collections.abc import Callable, Sequence

from ivr.lab.story import Heard
from ivr.lab.twiml import Verb

CHARACTERS_A_SECOND = 15
PLAY_S = 10.0  # the lab does not fetch recordings, so every one is taken to last this long
GATHER_TIMEOUT_S = "5"
CONFIDENCE = "0.9172"
KEYS = frozenset("0123456789*#")


class Person:
    """Who is on the line; `listened_s` counts since the present document began."""

    def __init__(
        self,
        press: Sequence[str] = (),
        say: str | None = None,
        on_heard: Callable[[Heard], None] | None = None,
    ) -> None:
        if any(set(item) - KEYS for item in press):
            raise ValueError("a telephone has the keys 0-9, * and #")
        self.heard: list[Heard] = []
        self.to_press = deque(press)
        self.listened_s = 0.0
        self._to_say = say
        self._on_heard = on_heard

    def notes(self, verb: str, text: str, language: str = "") -> None:
        """Writes down one thing that was heard or done."""
        heard = Heard(verb, text, language)
        self.heard.append(heard)
        if self._on_heard is not None:
            self._on_heard(heard)

    def listens(self, verb: Verb) -> None:
        """Hears one Say, Play or Pause."""
        match verb.name:
            case "Say":
                text, seconds = verb.text, len(verb.text) / CHARACTERS_A_SECOND
            case "Play":
                text, seconds = verb.text or verb.attributes.get("digits", ""), PLAY_S
            case _:
                length = verb.attributes.get("length", "1")
                text, seconds = f"{length} s", float(length)
        self.notes(verb.name, text, verb.language)
        self.listened_s += seconds * int(verb.attributes.get("loop", "1"))

    def answers(self, gather: Verb) -> dict[str, str]:
        """What a Gather takes from this person, as its action's fields; {} is no input.

        Source: https://www.twilio.com/docs/voice/twiml/gather (the first input that arrives counts)
        """
        accepts = gather.attributes.get("input", "dtmf").split()
        fields: dict[str, str] = {}
        if "dtmf" in accepts and self.to_press:
            fields = self._presses(gather)
        elif "speech" in accepts and self._to_say is not None:
            fields = self._speaks(gather)
        if not fields:
            self.listened_s += int(gather.attributes.get("timeout", GATHER_TIMEOUT_S))
        return fields

    def _presses(self, gather: Verb) -> dict[str, str]:
        item = self.to_press.popleft()
        self.notes("press", item)
        limit = gather.attributes.get("numDigits")
        finish_on = gather.attributes.get("finishOnKey", "#")
        digits, finished_on = keyed(item, num_digits=int(limit) if limit else None, finish_on=finish_on)
        return {"Digits": digits, "FinishedOnKey": finished_on, "msg": "Gather End"} if digits else {}

    def _speaks(self, gather: Verb) -> dict[str, str]:
        words, self._to_say = self._to_say or "", None
        self.notes("speak", words, gather.attributes.get("language", "en-US"))
        return {"SpeechResult": words, "Confidence": CONFIDENCE} if words else {}


def keyed(item: str, *, num_digits: int | None, finish_on: str) -> tuple[str, str]:
    """The digits that a Gather takes from the keys pressed, and the key that finished it ("" if none).

    The finishing key is not a digit, and it finishes nothing while no digit precedes it. At numDigits
    the Gather is over, and what is pressed after that is lost.
    Source: https://www.twilio.com/docs/voice/twiml/gather
    """
    digits = ""
    for key in item:
        if key == finish_on and digits:
            return digits, key
        if key != finish_on:
            digits += key
        if len(digits) == num_digits:
            break
    return digits, ""
