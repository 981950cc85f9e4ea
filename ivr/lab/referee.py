"""Finds what is wrong with the verbs of a document, in Twilio's codes."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from urllib.parse import quote_plus

from ivr.lab import grammar
from ivr.lab.attributes import say_limit
from ivr.lab.grammar import CODES, NOT_COVERED, NOT_COVERED_ATTRIBUTES, RULES, SSML, Place, Rule

BAD_SCHEMA = 12200
MIXED_NOUNS, BAD_NOUN, NO_NUMBER, BAD_TIMEOUT, TOO_LONG = 13000, 13215, 13223, 13335, 13521
MOST_ENCODED = 4500
_SPACED = frozenset({"p", "s", "break"})


class TwimlError(Exception):
    """A document that Twilio would not run as written; `code` as in https://www.twilio.com/docs/api/errors."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code} {message}" if code else message)
        self.code, self.message = code, message


class NotCoveredError(TwimlError):
    """Twilio can do this and the lab cannot yet: a gap of ours, not a mistake of the document."""

    def __init__(self, what: str) -> None:
        super().__init__(0, f"{what} is not covered by the lab yet")


def faults(root: ET.Element, place: Place) -> Iterator[TwimlError]:
    """Everything that is wrong with a <Response> in this place, in the document's order."""
    if root.attrib:
        yield TwimlError(BAD_SCHEMA, "Response: it has no attributes")
    yield from _stray_text(root)
    for element in root:
        yield from _faults(element, place)


def spoken(element: ET.Element) -> str:
    """An element's text as it is heard, its white space collapsed."""
    return " ".join("".join(_spoken(element)).split())


def _spoken(element: ET.Element) -> Iterator[str]:
    """A <sub> is heard as its alias, paragraphs and breaks part words."""
    yield element.get("alias", "") if element.tag == "sub" else element.text or ""
    for child in element:
        around = " " if child.tag in _SPACED else ""
        yield around
        yield from _spoken(child)
        yield around
        yield child.tail or ""


def _faults(element: ET.Element, place: Place) -> Iterator[TwimlError]:
    name = element.tag
    rule = RULES.get(name)
    if name in NOT_COVERED:
        yield NotCoveredError(f"<{name}>")
    elif rule is None:
        yield TwimlError(BAD_SCHEMA, f"{name}: there is no such verb")
    elif name not in place.verbs:
        yield TwimlError(place.code, f"{name}: not allowed in {place.words}")
    else:
        yield from _attribute_faults(element, rule)
        yield from _combination_faults(element)
        yield from _text_faults(element, rule, place)
        for child in element:
            yield from _child_faults(child, rule, name)


def _child_faults(child: ET.Element, rule: Rule, parent: str) -> Iterator[TwimlError]:
    if rule.nests is not SSML:
        code = BAD_NOUN if parent == "Dial" else BAD_SCHEMA
        yield from _faults(child, Place(f"<{parent}>", rule.page, rule.nests, code))
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
        elif not kind.fits(value):
            code = CODES.get((element.tag, name), BAD_SCHEMA)
            yield TwimlError(code, f"{element.tag}: {name}={value[:60]!r} is not {kind.wanted}")


def _combination_faults(element: ET.Element) -> Iterator[TwimlError]:
    """What is right by itself and wrong together."""
    if element.tag == "Gather":
        if element.get("speechTimeout") == "auto" and "speechModel" in element.attrib:
            yield TwimlError(BAD_TIMEOUT, "Gather: with a speechModel, speechTimeout is not auto but seconds")
        if any("digits" in child.attrib for child in element.iter("Play")):
            # https://www.twilio.com/docs/voice/twiml/play#nesting-rules
            yield TwimlError(BAD_SCHEMA, "Play: digits are not played within <Gather>")
    elif element.tag == "Dial":
        yield from _noun_faults(element)


def _noun_faults(dial: ET.Element) -> Iterator[TwimlError]:
    nouns = [child.tag for child in dial]
    if "Conference" in nouns and len(nouns) > 1:
        yield TwimlError(MIXED_NOUNS, "Dial: a Conference stands alone")
    if len(nouns) > grammar.MOST_NOUNS:
        yield TwimlError(BAD_SCHEMA, f"Dial: {len(nouns)} nouns, more than {grammar.MOST_NOUNS}")
    if not nouns and not spoken(dial):
        yield TwimlError(NO_NUMBER, "Dial: there is nobody to call")


def _text_faults(element: ET.Element, rule: Rule, place: Place) -> Iterator[TwimlError]:
    if rule.text is None or (element.tag == "Dial" and len(element)):
        yield from _stray_text(element)
        return
    text = spoken(element)
    if not text and _needs_no_text(element, place):
        return
    if not rule.text.fits(text):
        code = CODES.get((element.tag, ""), BAD_SCHEMA)
        yield TwimlError(code, f"{element.tag}: {text[:60]!r} is not {rule.text.wanted}")
    if element.tag == "Say":
        yield from say_faults(text, element.get("voice", ""))


def _needs_no_text(element: ET.Element, place: Place) -> bool:
    match element.tag:
        case "Play":
            return "digits" in element.attrib
        case "Redirect":
            return place.may_redirect_to_itself
        case tag:
            return tag == "Dial"  # told already, with what is missing


def say_faults(text: str, voice: str) -> Iterator[TwimlError]:
    """Words that are too many for the voice; SSML tags are not counted.

    Source: https://www.twilio.com/docs/api/errors/13521
    """
    if (length := len(text.encode())) > say_limit(voice):
        yield TwimlError(TOO_LONG, f"Say: {length} bytes of text, more than {say_limit(voice)}")
    elif (length := len(quote_plus(text))) > MOST_ENCODED:
        yield TwimlError(
            TOO_LONG, f"Say: {length} characters when encoded for a URL, more than {MOST_ENCODED}"
        )


def _stray_text(element: ET.Element) -> Iterator[TwimlError]:
    pieces = [element.text, *(child.tail for child in element)]
    if any(piece and piece.strip() for piece in pieces):
        yield TwimlError(BAD_SCHEMA, f"{element.tag}: it has no text of its own")
