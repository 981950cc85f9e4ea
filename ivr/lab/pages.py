"""A document on its way through a leg, and what can come of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any
from urllib.parse import urljoin

from ivr.lab.carrier import Ask, Script
from ivr.lab.twiml import Document, Verb


class Stop(Enum):
    """A document's end without another document."""

    RAN_OUT = "ran out"
    HANG_UP = "hang up"
    REJECT = "reject"
    LEAVE = "leave"


@dataclass(frozen=True)
class Page:
    """A document and the URL it came from, against which its own URLs are resolved."""

    url: str
    document: Document
    is_fallback: bool = False

    def link(self, reference: str | None) -> str:
        """A URL of this document made absolute; none at all means the document's own URL."""
        if not reference or reference.startswith(("http://", "https://")):
            return reference or self.url
        return urljoin(self.url, reference)

    def ask(self, verb: Verb, fields: Mapping[str, str], *, answered: bool = False) -> Ask:
        """The request of a verb's action."""
        url = self.link(verb.attributes.get("action"))
        return Ask(url, verb.attributes.get("method", "POST"), fields, answered)


Next = Ask | Page | Stop
# A verb at work on a leg: what it leads to, None for the verb after it.
Handler = Callable[[Any, Verb, Page], Script[Next | None]]
Verbs = Mapping[str, Handler]


def follow(leg: Any, page: Page, verbs: Verbs) -> Script[Next]:
    """Plays the document, verb by verb, until one leads away. Source: https://www.twilio.com/docs/voice/twiml"""
    for verb in page.document.verbs:
        after = yield from verbs[verb.name](leg, verb, page)
        if after is not None:
            return after
    return Stop.RAN_OUT
