"""TwiML, built with Twilio's library: the only place that knows its verbs and nesting.

https://www.twilio.com/docs/voice/twiml
"""

import re
from dataclasses import dataclass
from typing import Any

from twilio.twiml.voice_response import Enqueue, Gather, Hangup, Leave, Pause, Redirect, Say, VoiceResponse

# What XML 1.0 allows. Twilio's library lets the rest through, and the caller would hear "application error".
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# Twilio's library has no types.
Verb = Any


@dataclass(frozen=True, slots=True)
class Speech:
    """One prompt as it is spoken: its words, Twilio's code of the language, and a voice if one is wished."""

    text: str
    language: str
    voice: str | None = None


def say(speech: Speech) -> Verb:
    """Speak a prompt."""
    voice = None if speech.voice is None else _spoken(speech.voice)
    return Say(_spoken(speech.text), language=speech.language, voice=voice)


def pause(seconds: int) -> Verb:
    return Pause(length=seconds)


def gather(said: list[Verb], *, action: str, wait_s: int, answer_silence: bool) -> Verb:
    """Speak and wait for one key; `answer_silence` asks `action` also when none is pressed."""
    verb = Gather(
        input="dtmf",
        num_digits=1,
        timeout=wait_s,
        action=action,
        method="POST",
        action_on_empty_result=answer_silence,
    )
    for part in said:
        verb.append(part)
    return verb


def enqueue(queue: str, *, wait_url: str, action: str) -> Verb:
    """Wait in a queue: `wait_url` is asked for what to hear, `action` when the caller leaves it."""
    return Enqueue(queue, wait_url=wait_url, wait_url_method="POST", action=action, method="POST")


def leave() -> Verb:
    """Leave the queue (only in a document of the waiting room)."""
    return Leave()


def redirect(url: str) -> Verb:
    return Redirect(url, method="POST")


def hang_up() -> Verb:
    return Hangup()


def document(*verbs: Verb) -> str:
    """A whole document."""
    response = VoiceResponse()
    for verb in verbs:
        response.append(verb)
    return str(response.to_xml())


def _spoken(text: str) -> str:
    return _NOT_XML.sub("", text)
