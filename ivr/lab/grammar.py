"""What a voice verb may carry: a hand-written table of the verbs that the lab can follow.

Source: https://www.twilio.com/docs/voice/twiml and the page of each verb beneath it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Kind:
    """What a value has to look like: in words, and as a test."""

    wanted: str
    fits: Callable[[str], object]


@dataclass(frozen=True)
class Rule:
    """One verb: its attributes, what may be nested in it, and its text (None: it has none)."""

    attributes: Mapping[str, Kind] = field(default_factory=dict)
    text: Kind | None = None
    nests: frozenset[str] = frozenset()


def _pattern(wanted: str, pattern: str) -> Kind:
    return Kind(wanted, re.compile(pattern).fullmatch)


def _is_url(value: str) -> bool:
    """Relative, or http(s) with a host name; Twilio refuses a host with an underscore."""
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
        _ = parts.port  # raises for a port that is no number
    except ValueError:
        return False
    if not value or re.search(r"\s", value):
        return False
    if not parts.scheme and not parts.netloc:
        return True
    return parts.scheme in {"http", "https"} and bool(host) and "_" not in host


ANY = Kind("anything", lambda _: True)
URL = Kind("a relative or http(s) URL whose host has no underscore", _is_url)
METHOD = _pattern("GET or POST", "GET|POST")
COUNT = _pattern("a positive whole number", "[1-9][0-9]{0,5}")
FLAG = _pattern("true or false", "true|false")
LANGUAGE = _pattern("a language tag such as en-US", "[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
ONE_KEY = _pattern("one key of 0-9 * #, or nothing", "[0-9*#]?")
KEYS = _pattern("keys of 0-9 * #, or nothing", "[0-9*#]*")
TONES = _pattern("keys of 0-9 * # and w", "[0-9wW*#]+")
INPUT = _pattern("dtmf, speech or both", "dtmf|speech|dtmf speech|speech dtmf")
SECONDS_OR_AUTO = _pattern("a positive whole number, or auto", "auto|[1-9][0-9]{0,5}")
REASON = _pattern("rejected or busy", "rejected|busy")
TRIM = _pattern("trim-silence or do-not-trim", "trim-silence|do-not-trim")
WORDS = Kind("something to say", str.strip)
QUEUE_NAME = Kind("a queue's name of at most 64 characters", lambda name: 0 < len(name) <= 64)

SSML = frozenset({"break", "emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "sub", "w"})

_GATHER = {
    "action": URL,
    "method": METHOD,
    "input": INPUT,
    "timeout": COUNT,
    "numDigits": COUNT,
    "finishOnKey": ONE_KEY,
    "actionOnEmptyResult": FLAG,
    "bargeIn": FLAG,
    "language": LANGUAGE,
    "hints": ANY,
    "profanityFilter": FLAG,
    "speechTimeout": SECONDS_OR_AUTO,
    "maxSpeechTime": COUNT,
    "speechModel": ANY,
    "enhanced": FLAG,
    "debug": FLAG,
    "partialResultCallback": URL,
    "partialResultCallbackMethod": METHOD,
}
_ENQUEUE = {
    "action": URL,
    "method": METHOD,
    "waitUrl": URL,
    "waitUrlMethod": METHOD,
    "maxQueueSize": COUNT,
}
_RECORD = {
    "action": URL,
    "method": METHOD,
    "timeout": COUNT,
    "finishOnKey": KEYS,
    "maxLength": COUNT,
    "playBeep": FLAG,
    "trim": TRIM,
    "transcribe": FLAG,
    "transcribeCallback": URL,
    "recordingStatusCallback": URL,
    "recordingStatusCallbackEvent": ANY,
    "recordingStatusCallbackMethod": METHOD,
}

VERBS: Mapping[str, Rule] = {
    "Say": Rule({"voice": ANY, "language": LANGUAGE, "loop": COUNT}, text=WORDS, nests=SSML),
    "Play": Rule({"digits": TONES, "loop": COUNT}, text=URL),
    "Pause": Rule({"length": COUNT}),
    "Gather": Rule(_GATHER, nests=frozenset({"Say", "Play", "Pause"})),
    "Redirect": Rule({"method": METHOD}, text=URL),
    "Reject": Rule({"reason": REASON}),
    "Hangup": Rule(),
    "Leave": Rule(),
    "Enqueue": Rule(_ENQUEUE, text=QUEUE_NAME),
    "Record": Rule(_RECORD),
}

# https://www.twilio.com/docs/voice/twiml/enqueue (waitUrl): nothing else runs while a caller is queued.
IN_WAITING_ROOM = frozenset({"Play", "Say", "Pause", "Gather", "Redirect", "Leave", "Hangup"})
IN_CALL = frozenset(VERBS) - {"Leave"}

# Twilio knows these; the lab says so instead of treating them as mistakes.
# fmt: off
NOT_COVERED = frozenset({
    "AiSession", "Application", "Autopilot", "Client", "Conference", "Connect", "Conversation",
    "ConversationRelay", "Dial", "Echo", "Number", "Parameter", "Pay", "Prompt", "Queue", "Recording",
    "Refer", "Room", "Sim", "Sip", "Siprec", "Sms", "Start", "Stop", "Stream", "Task", "Transcription",
    "VirtualAgent", "WhatsApp",
})
# fmt: on
NOT_COVERED_ATTRIBUTES = frozenset({("Enqueue", "workflowSid"), ("Record", "recordingConfigurationId")})
