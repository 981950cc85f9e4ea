"""Follows one document, verb by verb, to what comes after it."""

from dataclasses import dataclass
from enum import Enum

from ivr.lab.carrier import Ask
from ivr.lab.person import Person
from ivr.lab.twiml import Document, Verb
from ivr.lab.webhooks import Page


class Stop(Enum):
    """A document's end without another document."""

    RAN_OUT = "ran out"
    HANG_UP = "hang up"
    LEAVE = "leave"
    RECORD = "record"


@dataclass(frozen=True)
class Enter:
    """Into the waiting room; `after` is the rest of the document, for an Enqueue without an action."""

    enqueue: Verb
    page: Page
    after: Page


Next = Ask | Enter | Stop


def walk(page: Page, person: Person) -> Next:
    """Plays the document to the person. Source: https://www.twilio.com/docs/voice/twiml"""
    person.listened_s = 0.0
    for number, verb in enumerate(page.document.verbs, start=1):
        if verb.name == "Enqueue":
            rest = Document(page.document.verbs[number:])
            return Enter(verb, page, Page(page.url, rest, page.is_fallback))
        if (after := _step(verb, page, person)) is not None:
            return after
    return Stop.RAN_OUT


def _step(verb: Verb, page: Page, person: Person) -> Ask | Stop | None:
    """What a verb leads to, None for the verb after it."""
    match verb.name:
        case "Say" | "Play" | "Pause":
            person.listens(verb)
        case "Gather":
            return _gather(verb, page, person)
        case "Redirect":
            return Ask(page.link(verb.text), verb.attributes.get("method", "POST"))
        case "Hangup" | "Reject":
            return Stop.HANG_UP
        case "Leave":
            return Stop.LEAVE
        case "Record":
            return Stop.RECORD
        case other:
            raise AssertionError(f"the grammar lets <{other}> through, but nobody follows it")
    return None


def _gather(gather: Verb, page: Page, person: Person) -> Ask | None:
    """The action's request, or None for the verb after it: nothing was pressed or said."""
    for child in gather.children:
        person.listens(child)
    fields = person.answers(gather)
    if not fields and gather.attributes.get("actionOnEmptyResult") != "true":
        return None
    return Ask(
        url=page.link(gather.attributes.get("action")),
        method=gather.attributes.get("method", "POST"),
        fields=fields or _empty(gather),
        answered=bool(fields),
    )


def _empty(gather: Verb) -> dict[str, str]:
    names = {"dtmf": "Digits", "speech": "SpeechResult"}
    return {names[kind]: "" for kind in gather.attributes.get("input", "dtmf").split()}
