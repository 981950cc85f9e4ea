"""What the values of TwiML have to look like: each kind in words and as a test.

Sources: the page of each verb and noun, named in ivr/lab/grammar.py.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Kind:
    """What a value has to look like: in words, and as a test."""

    wanted: str
    fits: Callable[[str], object]


def _pattern(wanted: str, pattern: str) -> Kind:
    return Kind(wanted, re.compile(pattern).fullmatch)


def _one_of(*values: str) -> Kind:
    return Kind(" or ".join((", ".join(values[:-1]), values[-1])), frozenset(values).__contains__)


def _some_of(*values: str) -> Kind:
    """One or more of these, parted by spaces, none twice."""

    def fits(value: str) -> bool:
        words = value.split(" ")
        return len(words) == len(set(words)) and set(words) <= set(values)

    return Kind(f"some of {', '.join(values)}, parted by one space", fits)


def _between(least: int, most: int) -> Kind:
    number = re.compile("0|[1-9][0-9]{0,5}")
    return Kind(
        f"a whole number from {least} to {most}",
        lambda value: number.fullmatch(value) and least <= int(value) <= most,
    )


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


def _is_phone_number(value: str) -> bool:
    """E.164, or a number of the USA and Canada however it is written."""
    if re.fullmatch(r"\+[1-9][0-9]{1,14}", value):
        return True
    return bool(re.fullmatch("1?[2-9][0-9]{9}", re.sub(r"[ ().-]", "", value)))


def _is_label(value: str) -> bool:
    """Twilio must be able to tell a label from a CallSid, and to write it into a path."""
    is_sid = re.fullmatch("CA[0-9a-f]{32}", value)
    return 0 < len(value) <= 128 and not is_sid and "/" not in value and "%2f" not in value.lower()


def _is_sip_address(value: str) -> bool:
    """Less than 255 characters, and less than 1,024 in the headers after the question mark."""
    address, _, headers = value.partition("?")
    is_address = re.fullmatch(r"sips?:[^\s@]+(@[^\s@]+)?|[^\s@:]+@[^\s@]+", address)
    return bool(is_address) and len(address) < 255 and len(headers) < 1024 and not re.search(r"\s", headers)


URL = Kind("a relative or http(s) URL whose host has no underscore", _is_url)
URL_OR_NOTHING = Kind(
    "a relative or http(s) URL whose host has no underscore, or nothing for silence",
    lambda value: not value or _is_url(value),
)
METHOD = _one_of("GET", "POST")
FLAG = _one_of("true", "false")
COUNT = _pattern("a positive whole number", "[1-9][0-9]{0,5}")
COUNT_OR_NEVER = _pattern("a positive whole number, or 0 for never", "0|[1-9][0-9]{0,5}")
LOOP = _pattern("a positive whole number, or 0 for a thousand times", "0|[1-9][0-9]{0,5}")
SECONDS_OR_AUTO = _pattern("a positive whole number, or auto", "auto|[1-9][0-9]{0,5}")
RING_S = _between(5, 600)
TALK_S = _between(1, 14_400)
RECORD_S = _between(2, 14_400)
PARTICIPANTS = _between(2, 250)

LANGUAGE = _pattern("a language tag such as en-US", "[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
HEARD_LANGUAGE = _pattern(
    "a language tag with its region such as en-US, or multi", "[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})+|multi"
)
VOICE = _pattern(
    "man, woman, alice, or a voice of Polly. or Google.", r"man|woman|alice|(Polly|Google)\.[\w-]+"
)
WORDS = Kind("something to say", str.strip)
HINTS = Kind("words and phrases parted by commas", lambda _: True)
SPEECH_MODEL = _pattern(
    "default, numbers_and_commands, phone_call, an experimental_ model, or one of googlev2_ or deepgram_",
    "default|numbers_and_commands|phone_call|experimental_(conversations|utterances)"
    "|googlev2_(long|short|telephony|telephony_short)|deepgram_[a-z0-9-]+",
)
INPUT = _pattern("dtmf, speech or both", "dtmf|speech|dtmf speech|speech dtmf")
ONE_KEY = _pattern("one key of 0-9 * #, or nothing", "[0-9*#]?")
KEYS = _pattern("keys of 0-9 * #, or nothing", "[0-9*#]*")
TONES = _pattern("keys of 0-9 A-D * # and the pauses w and W", "[0-9A-DwW*#]+")

QUEUE_NAME = Kind("a queue's name of at most 64 characters", lambda name: 0 < len(name) <= 64)
CONFERENCE_NAME = Kind("a conference's name", str.strip)
LABEL = Kind("a label of at most 128 characters that is no CallSid and has no /", _is_label)
CALL_SID = _pattern("a CallSid", "CA[0-9a-f]{32}")
PHONE_NUMBER = Kind("a phone number such as +12125550100", _is_phone_number)
CLIENT_NAME = _pattern("a client's name of at most 256 characters", r'[^\s<>#%"{}|\\^\[\]`]{1,256}')
SIP_ADDRESS = Kind("a SIP address such as sip:jack@example.com", _is_sip_address)
CALLER_ID = _pattern(
    "a phone number, client: with a name, or letters, digits and + - _ .",
    r"client:[^\s<>#%\"{}|\\^\[\]`]{1,256}|[A-Za-z0-9+._-]+",
)
CREDENTIAL = Kind("a name or password", str.strip)

REASON = _one_of("rejected", "busy")
TRIM = _one_of("trim-silence", "do-not-trim")
BEEP = _one_of("true", "false", "onEnter", "onExit")
JITTER = _one_of("small", "medium", "large", "off")
REGION = _one_of("us1", "ie1", "de1", "sg1", "br1", "au1", "jp1")
# fmt: off
RING_TONE = _one_of(
    "at", "au", "bg", "br", "be", "ch", "cl", "cn", "cz", "de", "dk", "ee", "es", "fi",
    "fr", "gr", "hu", "il", "in", "it", "lt", "jp", "mx", "my", "nl", "no", "nz", "ph",
    "pl", "pt", "ru", "se", "sg", "th", "uk", "us", "us-old", "tw", "ve", "za",
)
# fmt: on
CALL_EVENTS = _some_of("initiated", "ringing", "answered", "completed")
CONFERENCE_EVENTS = _some_of(
    "start", "end", "join", "leave", "mute", "hold", "modify", "speaker", "announcement"
)
RECORDING_EVENTS = _some_of("in-progress", "completed", "absent")


def say_limit(voice: str) -> int:
    """The most bytes that one Say may have, by its voice ("" is the account's default, taken for man).

    Source: https://www.twilio.com/docs/api/errors/13521
    """
    provider = voice.partition(".")[0]
    return {"Polly": 3000, "Google": 5000}.get(provider, 4096)
