"""Reads what a web server answered into verbs, refereed as Twilio would, only louder."""

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from functools import lru_cache

from ivr.lab.grammar import PLACES, Context
from ivr.lab.referee import NotCoveredError, TwimlError, faults, say_faults, spoken

__all__ = ["Context", "Document", "NotCoveredError", "TwimlError", "Verb", "document_of", "problems"]

MAX_BYTES = 64 * 1024
TWIML_TYPES = frozenset({"text/xml", "application/xml", "text/html"})
# https://www.twilio.com/docs/voice/twiml/play (supported audio file types)
# fmt: off
AUDIO_TYPES = frozenset({
    "audio/mpeg", "audio/wav", "audio/wave", "audio/x-wav", "audio/aiff", "audio/x-aifc", "audio/x-aiff",
    "audio/x-gsm", "audio/gsm", "audio/ulaw",
})
# fmt: on
PARSE_FAILURE, TOO_BIG, BAD_CONTENT_TYPE = 12100, 11750, 12300
LANGUAGE = "en-US"  # https://www.twilio.com/docs/voice/twiml/say: unless the document says otherwise
_NESTS_VERBS = frozenset({"Gather", "Dial"})


@dataclass(frozen=True)
class Verb:
    """One verb or noun; `text` has its white space collapsed; `language` is the one spoken, "" if none is.

    The `children` of a Gather are its prompts, those of a Dial its nouns; a Dial of a plain number has none,
    and the number is its text. `loop` is kept as written: "0" is heard a thousand times.
    """

    name: str
    attributes: Mapping[str, str]
    text: str = ""
    children: tuple["Verb", ...] = ()
    language: str = ""


@dataclass(frozen=True)
class Document:
    """The verbs of one <Response>, in order."""

    verbs: tuple[Verb, ...]


# A waiting caller is told the same again and again, and so are all who come to the same menu.
@lru_cache(maxsize=4096)
def document_of(body: bytes, *, content_type: str, context: Context, url: str) -> Document:
    """What is to be done with an answer that came from `url`: TwiML, a text to read aloud, audio to play.

    Raises TwimlError for the first fault: 12100 not XML or not one <Response>, 11750 over 64 kB,
    12300 a content type that is none of these, 13521 a text too long to be read, 13238 a verb that no
    conference plays, another of ivr.lab.grammar.CODES for a value, else 12200 for a verb, attribute, value
    or nesting that does not exist; NotCoveredError for what Twilio knows and the lab does not.
    Most of the 12200s and 13000s are warnings of Twilio's; here they are errors, so that no test overlooks
    them. Source: https://www.twilio.com/docs/voice/twiml#twilio-understands-mime-types
    """
    mime = _mime(content_type)
    if mime in AUDIO_TYPES:
        return Document((Verb("Play", {}, url),))
    _check_size(body)
    if mime == "text/plain" and not body.startswith((b"<?xml", b"<Response")):
        return _read_aloud(body, content_type)
    return _document(_root(body, "text/xml" if mime == "text/plain" else content_type), context)


def problems(body: bytes, *, content_type: str = "text/xml", context: Context = "call") -> list[str]:
    """Everything that is wrong with a TwiML document, one sentence each; [] for a sound one.

    Another content type is a problem here even if Twilio could read it aloud or play it.
    """
    try:
        root = _root(body, content_type)
    except TwimlError as fault:
        return [str(fault)]
    return [str(fault) for fault in faults(root, PLACES[context])]


def _mime(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _check_size(body: bytes) -> None:
    if len(body) > MAX_BYTES:
        raise TwimlError(TOO_BIG, f"the document has {len(body)} bytes, more than 64 kB")


def _read_aloud(body: bytes, content_type: str) -> Document:
    """The text in the account's default voice. The call ends after it, as it does after any last verb."""
    header = Message()
    header["Content-Type"] = content_type
    try:
        words = " ".join(body.decode(header.get_content_charset("utf-8"), "replace").split())
    except LookupError as error:
        raise TwimlError(BAD_CONTENT_TYPE, f"no such character set: {error}") from error
    for fault in say_faults(words, voice=""):
        raise fault
    return Document((Verb("Say", {}, words, language=LANGUAGE),) if words else ())


def _root(body: bytes, content_type: str) -> ET.Element:
    mime = _mime(content_type)
    if mime not in TWIML_TYPES:
        raise TwimlError(BAD_CONTENT_TYPE, f"content type {mime or 'missing'!r} is not TwiML")
    _check_size(body)
    try:
        root = ET.fromstring(body)
    except (ET.ParseError, LookupError, ValueError) as error:
        raise TwimlError(PARSE_FAILURE, f"not XML: {error}") from error
    if root.tag != "Response":
        raise TwimlError(PARSE_FAILURE, f"the root is <{root.tag}>, not <Response>")
    return root


def _document(root: ET.Element, context: Context) -> Document:
    for fault in faults(root, PLACES[context]):
        raise fault
    return Document(tuple(_verb(element) for element in root))


def _verb(element: ET.Element) -> Verb:
    children = tuple(_verb(child) for child in element) if element.tag in _NESTS_VERBS else ()
    return Verb(
        name=element.tag,
        attributes=dict(element.attrib),
        text="" if children or element.tag == "Gather" else spoken(element),
        children=children,
        language=element.get("language", LANGUAGE) if element.tag == "Say" else "",
    )
