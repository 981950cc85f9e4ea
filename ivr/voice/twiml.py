"""TwiML, built with Twilio's library: the only place that knows its verbs and nesting.

https://www.twilio.com/docs/voice/twiml
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

from twilio.twiml.voice_response import (
    Dial,
    Enqueue,
    Gather,
    Hangup,
    Leave,
    Pause,
    Play,
    Record,
    Redirect,
    Say,
    VoiceResponse,
)

# What XML 1.0 allows. Twilio's library lets the rest through, and the caller would hear "application error".
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

LONGEST_TALK_S = 4 * 3600

# Twilio's library has no types.
Verb = Any


@dataclass(frozen=True, slots=True)
class Voice:
    """Twilio's code of a language, and a voice if one is wished."""

    language: str
    name: str | None = None


def say(text: str, voice: Voice) -> Verb:
    """Speak plain words."""
    return Say(_spoken(text), language=voice.language, voice=_name(voice))


def say_ssml(root: Element, voice: Voice) -> Verb:
    """Speak words with marks for breaks, stress and the like; `root` stands for the whole."""
    verb = Say(_spoken(root.text or ""), language=voice.language, voice=_name(voice))
    _add_ssml(verb, root)
    return verb


def _add_ssml(verb: Verb, parent: Element) -> None:
    for child in parent:
        inner = verb.add_child(child.tag, _spoken(child.text or ""), **child.attrib)
        _add_ssml(inner, child)
        if child.tail:
            verb.append(_spoken(child.tail))


def _name(voice: Voice) -> str | None:
    return None if voice.name is None else _spoken(voice.name)


def play(url: str) -> Verb:
    """Play a recording."""
    return Play(url)


def record(*, action: str, longest_s: int, silence_s: int, status_url: str) -> Verb:
    """Record the caller after a beep; `action` is asked after it, `status_url` told when it is stored."""
    return Record(
        action=action,
        method="POST",
        max_length=longest_s,
        timeout=silence_s,
        play_beep=True,
        recording_status_callback=status_url,
        recording_status_callback_method="POST",
    )


def pause(seconds: int) -> Verb:
    return Pause(length=seconds)


def gather(
    said: list[Verb],
    *,
    action: str,
    wait_s: int,
    answer_silence: bool,
    listen_in: str = "",
    hints: Sequence[str] = (),
) -> Verb:
    """Speak and wait for one key; `answer_silence` asks `action` also when none is pressed.

    With `listen_in`, Twilio's code of a language, words count too; `hints` are those to expect.
    """
    verb = Gather(
        input="dtmf speech" if listen_in else "dtmf",
        language=listen_in or None,
        hints=_spoken(", ".join(hints)) if hints else None,
        speech_timeout="auto" if listen_in else None,
        num_digits=1,
        timeout=wait_s,
        action=action,
        method="POST",
        action_on_empty_result=answer_silence,
    )
    for part in said:
        verb.append(part)
    return verb


def gather_number(said: list[Verb], *, action: str, wait_s: int, longest: int) -> Verb:
    """Ask for digits, ended by #; `action` is asked in any case."""
    verb = Gather(
        input="dtmf",
        num_digits=longest,
        finish_on_key="#",
        timeout=wait_s,
        action=action,
        method="POST",
        action_on_empty_result=True,
    )
    for part in said:
        verb.append(part)
    return verb


def enqueue(queue: str, *, wait_url: str, action: str) -> Verb:
    """Wait in a queue: `wait_url` is asked for what to hear, `action` when the caller leaves it."""
    return Enqueue(queue, wait_url=wait_url, wait_url_method="POST", action=action, method="POST")


def conference(
    name: str,
    *,
    label: str,
    action: str,
    events_url: str,
    star_leaves: bool = False,
    ends_for_all: bool = True,
) -> Verb:
    """Into a conversation; `action` is asked when this leg is out of it.

    `ends_for_all`: when this leg goes, the others are out of it too.
    The attributes are the same for all, because Twilio takes the conference's from whoever joins first:
    https://www.twilio.com/docs/voice/twiml/conference#attributes-statuscallback
    """
    verb = Dial(action=action, method="POST", hangup_on_star=star_leaves, time_limit=LONGEST_TALK_S)
    verb.conference(
        name,
        participant_label=label,
        beep=False,
        start_conference_on_enter=True,
        end_conference_on_exit=ends_for_all,
        status_callback=events_url,
        status_callback_method="POST",
        status_callback_event="join leave end mute hold announcement",
    )
    return verb


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
