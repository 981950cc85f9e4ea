"""What callers hear when we cannot do better; made at start, so that it needs neither Redis nor config."""

from config import prompts
from config.schema import RoutingConfig
from ivr.voice import twiml
from ivr.voice.speech import spoken
from routing.links import Links, Route

MAX_STARTS = 5
_PAUSE_S = 3
_PAUSE_WHILE_WAITING_S = 15


class Apology:
    """An apology with another try, at most MAX_STARTS times in a call; then goodbye.

    Built from what was loaded at start; without a config it speaks English and leaves the e-mail address out.
    """

    def __init__(self, config: RoutingConfig | None, links: Links) -> None:
        again, goodbye, written = _words(config)
        self._again = [
            twiml.document(
                again,
                twiml.pause(_PAUSE_S),
                twiml.redirect(links.without_token(Route.INCOMING, again=start)),
            )
            for start in range(1, MAX_STARTS + 1)
        ]
        self._while_waiting = twiml.document(again, twiml.pause(_PAUSE_WHILE_WAITING_S))
        self._goodbye = twiml.document(goodbye, *written, twiml.hang_up())
        self._to_called = twiml.document(_to_called(config), twiml.hang_up())

    @property
    def to_called(self) -> str:
        """For somebody whom we called: there is nothing to begin anew."""
        return self._to_called

    @property
    def while_waiting(self) -> str:
        """For a caller in a queue: at the document's end Twilio asks for the next one."""
        return self._while_waiting

    def after(self, starts: int) -> str:
        """The document for a call that was begun anew `starts` times before."""
        return self._again[starts] if 0 <= starts < MAX_STARTS else self._goodbye


def _words(config: RoutingConfig | None) -> tuple[twiml.Verb, twiml.Verb, list[twiml.Verb]]:
    if config is None:
        texts, voice = prompts.packaged("en"), twiml.Voice("en-US")
        return twiml.say(texts["fallback"], voice), twiml.say(texts["fallback_goodbye"], voice), []
    language = config.lines[config.default_line].languages[0]
    again, goodbye, written = (
        spoken(config, prompt, language) for prompt in ("fallback", "fallback_goodbye", "write_to")
    )
    return again, goodbye, [written]


def _to_called(config: RoutingConfig | None) -> twiml.Verb:
    if config is None:
        return twiml.say(prompts.packaged("en")["call_failed"], twiml.Voice("en-US"))
    return spoken(config, "call_failed", config.lines[config.default_line].languages[0])
