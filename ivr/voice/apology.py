"""What callers hear when we cannot do better; made at start, so that it needs neither Redis nor config."""

from config import prompts
from config.schema import RoutingConfig
from ivr.voice import twiml
from routing.links import Links, Route

MAX_STARTS = 5
_PAUSE_S = 3
_DEFAULT_CODE = "en-US"


class Apology:
    """An apology with another try, at most MAX_STARTS times in a call; then goodbye.

    Built from what was loaded at start; without a config it speaks English and leaves the e-mail address out.
    """

    def __init__(self, config: RoutingConfig | None, links: Links) -> None:
        again, goodbye, written = _words(config)
        self._again = [
            twiml.document(
                twiml.say(again),
                twiml.pause(_PAUSE_S),
                twiml.redirect(links.without_token(Route.INCOMING, again=start)),
            )
            for start in range(1, MAX_STARTS + 1)
        ]
        self._goodbye = twiml.document(
            *(twiml.say(speech) for speech in [goodbye, *written]), twiml.hang_up()
        )

    def after(self, starts: int) -> str:
        """The document for a call that was begun anew `starts` times before."""
        return self._again[starts] if 0 <= starts < MAX_STARTS else self._goodbye


def _words(config: RoutingConfig | None) -> tuple[twiml.Speech, twiml.Speech, list[twiml.Speech]]:
    if config is None:
        texts = prompts.packaged("en")
        return (
            twiml.Speech(texts["fallback"], _DEFAULT_CODE),
            twiml.Speech(texts["fallback_goodbye"], _DEFAULT_CODE),
            [],
        )
    language = config.lines[config.default_line].languages[0]
    spoken = config.languages[language]

    def speech(prompt: str) -> twiml.Speech:
        return twiml.Speech(prompts.text(config, prompt, language), spoken.code, spoken.voice)

    return speech("fallback"), speech("fallback_goodbye"), [speech("write_to")]
