"""Reads a TwiML document into verbs, and referees it as Twilio would, only louder."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from ivr.lab.grammar import IN_CALL, IN_WAITING_ROOM, NOT_COVERED, NOT_COVERED_ATTRIBUTES, SSML, VERBS, Rule

Context = Literal["call", "waiting"]

MAX_BYTES = 64 * 1024
TWIML_TYPES = frozenset({"text/xml", "application/xml", "text/html"})
PARSE_FAILURE, TOO_BIG, BAD_CONTENT_TYPE, BAD_SCHEMA = 12100, 11750, 12300, 12200
_SPACED = frozenset({"p", "s", "break"})


class TwimlError(Exception):
    """A document that Twilio would not run as written; `code` as in https://www.twilio.com/docs/api/errors."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code} {message}" if code else message)
        self.code = code


class NotCoveredError(TwimlError):
    """Twilio can do this and the lab cannot yet: a gap of ours, not a mistake of the document."""

    def __init__(self, what: str) -> None:
        super().__init__(0, f"{what} is not covered by the lab yet")


@dataclass(frozen=True)
class Verb:
    """One verb; `text` has its white space collapsed; `language` is the one spoken, "" if none is."""

    name: str
    attributes: Mapping[str, str]
    text: str = ""
    children: tuple["Verb", ...] = ()
    language: str = ""


@dataclass(frozen=True)
class Document:
    """The verbs of one <Response>, in order."""

    verbs: tuple[Verb, ...]


def parse(body: bytes, *, content_type: str, context: Context) -> Document:
    """The document's verbs.

    Raises TwimlError for the first fault: 12100 not XML or not one <Response>, 11750 over 64 kB,
    12300 a content type that is not TwiML, 12200 a verb, attribute, value or nesting that does not exist.
    12200 is a warning of Twilio's; here it is an error, so that no test overlooks it.
    Source: https://www.twilio.com/docs/voice/twiml
    """
    root = _root(body, content_type)
    for fault in _faults(root, context):
        raise fault
    return Document(tuple(_verb(element) for element in root))


def problems(body: bytes, *, content_type: str = "text/xml", context: Context = "call") -> list[str]:
    """Everything that is wrong with a document, one sentence each; [] for a sound one."""
    try:
        root = _root(body, content_type)
    except TwimlError as fault:
        return [str(fault)]
    return [str(fault) for fault in _faults(root, context)]


def _root(body: bytes, content_type: str) -> ET.Element:
    mime = content_type.partition(";")[0].strip().lower()
    if mime not in TWIML_TYPES:
        raise TwimlError(BAD_CONTENT_TYPE, f"content type {mime or 'missing'!r} is not TwiML")
    if len(body) > MAX_BYTES:
        raise TwimlError(TOO_BIG, f"the document has {len(body)} bytes, more than 64 kB")
    try:
        root = ET.fromstring(body)
    except (ET.ParseError, LookupError, ValueError) as error:
        raise TwimlError(PARSE_FAILURE, f"not XML: {error}") from error
    if root.tag != "Response":
        raise TwimlError(PARSE_FAILURE, f"the root is <{root.tag}>, not <Response>")
    return root


def _faults(root: ET.Element, context: Context) -> Iterator[TwimlError]:
    if root.attrib:
        yield TwimlError(BAD_SCHEMA, "Response: it has no attributes")
    yield from _stray_text(root)
    allowed = IN_WAITING_ROOM if context == "waiting" else IN_CALL
    place = "a waiting room" if context == "waiting" else "a call outside a queue"
    for element in root:
        yield from _verb_faults(element, allowed, place)


def _verb_faults(element: ET.Element, allowed: frozenset[str], place: str) -> Iterator[TwimlError]:
    name = element.tag
    rule = VERBS.get(name)
    if name in NOT_COVERED:
        yield NotCoveredError(f"<{name}>")
    elif rule is None:
        yield TwimlError(BAD_SCHEMA, f"{name}: there is no such verb")
    elif name not in allowed:
        yield TwimlError(BAD_SCHEMA, f"{name}: not allowed in {place}")
    else:
        yield from _attribute_faults(element, rule)
        yield from _text_faults(element, rule)
        for child in element:
            yield from _child_faults(child, rule, name)


def _child_faults(child: ET.Element, rule: Rule, parent: str) -> Iterator[TwimlError]:
    if rule.nests is not SSML:
        yield from _verb_faults(child, rule.nests, f"<{parent}>")
    elif child.tag not in SSML:
        yield TwimlError(BAD_SCHEMA, f"{parent}: <{child.tag}> is not SSML that it knows")
    else:
        for grandchild in child:
            yield from _child_faults(grandchild, rule, parent)


def _attribute_faults(element: ET.Element, rule: Rule) -> Iterator[TwimlError]:
    for name, value in element.attrib.items():
        kind = rule.attributes.get(name)
        if (element.tag, name) in NOT_COVERED_ATTRIBUTES:
            yield NotCoveredError(f"{element.tag} {name}")
        elif kind is None:
            yield TwimlError(BAD_SCHEMA, f"{element.tag}: there is no attribute {name}")
        elif name == "loop" and value == "0":
            yield NotCoveredError(f'{element.tag} loop="0" (for ever)')
        elif not kind.fits(value):
            yield TwimlError(BAD_SCHEMA, f"{element.tag}: {name}={value[:60]!r} is not {kind.wanted}")


def _text_faults(element: ET.Element, rule: Rule) -> Iterator[TwimlError]:
    if rule.text is None:
        yield from _stray_text(element)
        return
    text = _text(element)
    if element.tag == "Play" and "digits" in element.attrib and not text:
        return
    if not rule.text.fits(text):
        yield TwimlError(BAD_SCHEMA, f"{element.tag}: {text[:60]!r} is not {rule.text.wanted}")


def _stray_text(element: ET.Element) -> Iterator[TwimlError]:
    pieces = [element.text, *(child.tail for child in element)]
    if any(piece and piece.strip() for piece in pieces):
        yield TwimlError(BAD_SCHEMA, f"{element.tag}: it has no text of its own")


def _verb(element: ET.Element) -> Verb:
    nests_verbs = element.tag == "Gather"
    return Verb(
        name=element.tag,
        attributes=dict(element.attrib),
        text="" if nests_verbs else _text(element),
        children=tuple(_verb(child) for child in element) if nests_verbs else (),
        # https://www.twilio.com/docs/voice/twiml/say: en-US unless the document says otherwise
        language=element.get("language", "en-US") if element.tag == "Say" else "",
    )


def _text(element: ET.Element) -> str:
    return " ".join("".join(_spoken(element)).split())


def _spoken(element: ET.Element) -> Iterator[str]:
    """What is heard of an element: a <sub> is heard as its alias, paragraphs and breaks part words."""
    yield element.get("alias", "") if element.tag == "sub" else element.text or ""
    for child in element:
        around = " " if child.tag in _SPACED else ""
        yield around
        yield from _spoken(child)
        yield around
        yield child.tail or ""
