"""A prompt of the routing config as a verb: plain words, SSML or a recording."""

from datetime import datetime
from xml.etree.ElementTree import Element

from babel import Locale, UnknownLocaleError
from babel.dates import format_datetime

from config.prompts import filled
from config.schema import RoutingConfig
from config.wording import parsed_ssml
from ivr.voice import twiml


def spoken(config: RoutingConfig, prompt: str, language: str, **values: object) -> twiml.Verb:
    """The prompt in that language, its placeholders filled in."""
    wording, voice = config.prompts[language][prompt], voice_of(config, language)
    if wording.play is not None:
        return twiml.play(wording.play)
    if wording.ssml is not None:
        root = parsed_ssml(wording.ssml)
        _fill(root, config, values)
        return twiml.say_ssml(root, voice)
    return twiml.say(filled(wording.text or "", config, **values), voice)


def voice_of(config: RoutingConfig, language: str) -> twiml.Voice:
    """How Twilio speaks a language of the config."""
    found = config.languages[language]
    return twiml.Voice(found.code, found.voice)


def moment_in_words(config: RoutingConfig, language: str, at: str) -> str:
    """A wall time (ISO text) as people say it: Monday, November 30 at 9:00 AM.

    "" where the days have no names that we know: Twilio speaks more languages than Unicode's tables.
    """
    try:
        locale = Locale.parse(config.languages[language].code, sep="-")
    except (UnknownLocaleError, ValueError):
        return ""
    pattern = config.prompts[language]["moment"].text or ""
    return format_datetime(datetime.fromisoformat(at).replace(tzinfo=None), pattern, locale=locale)


def _fill(root: Element, config: RoutingConfig, values: dict[str, object]) -> None:
    """Values become words in the marked-up text, never marks of their own."""
    for node in root.iter():
        node.text = filled(node.text or "", config, **values)
        node.tail = filled(node.tail or "", config, **values)
