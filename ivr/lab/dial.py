"""Dial to Number, Client and Sip: other telephones ring, one is briefed and joined to the caller.

Source: https://www.twilio.com/docs/voice/twiml/dial, https://www.twilio.com/docs/voice/twiml/number
"""

from collections.abc import Callable
from dataclasses import dataclass

import simpy

from ivr.lab.carrier import Ask, Script
from ivr.lab.conference import join
from ivr.lab.leg import Gone, Leg, Moved
from ivr.lab.life import answer, rings, talk
from ivr.lab.pages import Next, Page, Stop, follow
from ivr.lab.records import Callback
from ivr.lab.rooms import Rooms
from ivr.lab.twiml import Verb
from ivr.lab.webhooks import ApplicationError
from ivr.lab.webhooks import page as next_page

PREFIXES = {"Client": "client:", "Sip": ""}
LONGEST_S = 4 * 3600.0
RINGS_S = 30.0
# parent, to, from, events, caller's script to run it by
PlaceChild = Callable[[Leg, str, str, Callback], Leg]


@dataclass(eq=False)
class Child:
    """One of the telephones that ring for a Dial."""

    leg: Leg
    ready: simpy.Event  # its briefing is over: it may be joined
    released: simpy.Event
    digits: str = ""


class DialVerb:
    """Joins the caller to a conference or to another telephone; its action is asked when that is over."""

    def __init__(self, rooms: Rooms, place: PlaceChild, tidy: Callable[[Leg], None]) -> None:
        self._rooms, self._place, self._tidy = rooms, place, tidy

    def __call__(self, leg: Leg, verb: Verb, page: Page) -> Script[Next | None]:
        nouns = verb.children or (Verb("Number", {}, verb.text),)
        if nouns[0].name == "Conference":
            return (yield from join(self._rooms, leg, verb, page))
        together = verb.attributes.get("sequential") != "true"
        children: list[Child] = []
        leg.place, seconds = "dial", 0.0
        try:
            for group in [nouns] if together else [(noun,) for noun in nouns]:
                children = [self._ring(leg, noun, verb, page) for noun in group]
                if (won := (yield from _first(leg, children))) is not None:
                    self._release([child for child in children if child is not won])
                    seconds = yield from _bridged(leg, won, verb)
                    break
            status = _status(won, children)
        finally:
            self._release(children)
            leg.place = ""
        return _after(leg, verb, page, won or children[-1], status, seconds)

    def _ring(self, leg: Leg, noun: Verb, dial: Verb, page: Page) -> Child:
        to = PREFIXES.get(noun.name, "") + noun.text
        from_ = dial.attributes.get("callerId", leg.call.from_)
        placed = self._place(leg, to, from_, _callback(noun, page))
        child = Child(placed, leg.env.event(), leg.env.event(), noun.attributes.get("sendDigits", ""))
        whisper = noun.attributes.get("url")
        ask = Ask(page.link(whisper), noun.attributes.get("method", "POST")) if whisper else None
        timeout_s = float(dial.attributes.get("timeout", RINGS_S))
        child.leg.run(self._called(child, ask, timeout_s))
        return child

    def _called(self, child: Child, whisper: Ask | None, timeout_s: float) -> Script[None]:
        leg = child.leg
        if not (yield from rings(leg, timeout_s=timeout_s)):
            _fire(child.ready, False)
            return
        if child.digits:
            leg.hears("Play", child.digits)
        moved: Ask | None = None
        try:
            is_briefed = whisper is None or (yield from _briefed(leg, whisper))
            _fire(child.ready, is_briefed)
            if is_briefed:
                yield child.released
        except simpy.Interrupt as cut:
            moved = cut.cause.ask if isinstance(cut.cause, Moved) else None
        _fire(child.ready, False)
        _fire(child.released, None)
        if moved is not None:
            yield from talk(leg, moved)
        self._end(leg)

    def _end(self, leg: Leg) -> None:
        if not leg.call.is_over:
            self._tidy(leg)
            leg.call.ended = leg.carrier.now
            leg.progress("completed")

    def _release(self, children: list[Child]) -> None:
        for child in children:
            if child.ready.triggered:
                _fire(child.released, None)
            else:
                child.leg.interrupt(Gone("the caller is gone"))


def _fire(event: simpy.Event, value: object) -> None:
    if not event.triggered:
        event.succeed(value)


def _briefed(leg: Leg, whisper: Ask) -> Script[bool]:
    """The whisper on the called leg; a document that runs out means: join them."""
    after: Next = whisper
    try:
        while isinstance(after, Ask | Page):
            at = after if isinstance(after, Page) else (yield from next_page(leg, after, "whisper"))
            after = yield from follow(leg, at, leg.verbs)
    except ApplicationError:
        return False
    return after is Stop.RAN_OUT


def _first(leg: Leg, children: list[Child]) -> Script[Child | None]:
    """The first that is ready; None when none of them will be."""
    waiting = list(children)
    while waiting:
        yield simpy.AnyOf(leg.env, [child.ready for child in waiting])
        for child in [child for child in waiting if child.ready.triggered]:
            if child.ready.value:
                return child
            waiting.remove(child)
    return None


def _bridged(leg: Leg, child: Child, dial: Verb) -> Script[float]:
    """They hear each other until one of them leaves; returns for how many seconds."""
    began, pair = leg.env.now, frozenset({leg.name, child.leg.name})
    starred = leg.env.event()
    if leg.call.answered is None:
        answer(leg)
    leg.carrier.story.connect(began, {pair}, pair)
    leg.on_words = lambda words: child.leg.hears("voice", words)
    child.leg.on_words = lambda words: leg.hears("voice", words)
    if dial.attributes.get("hangupOnStar") == "true":
        leg.on_keys = lambda keys: _fire(starred, None) if "*" in keys else None
    try:
        limit = leg.env.timeout(float(dial.attributes.get("timeLimit", LONGEST_S)))
        yield simpy.AnyOf(leg.env, [child.released, starred, limit])
    finally:
        leg.on_words = leg.on_keys = child.leg.on_words = None
        leg.carrier.story.connect(leg.env.now, set(), pair)
    return float(leg.env.now - began)


def _status(won: Child | None, children: list[Child]) -> str:
    return "completed" if won is not None else _told(children[-1].leg.call.status)


def _told(status: str) -> str:
    return status if status in ("busy", "no-answer", "failed", "canceled") else "no-answer"


def _after(leg: Leg, dial: Verb, page: Page, child: Child, status: str, seconds: float) -> Ask | None:
    if "action" not in dial.attributes:
        if leg.call.answered is None:
            answer(leg)  # answerOnBridge, and nobody was reached: the next verb is heard
        return None
    fields = {"DialCallStatus": status, "DialCallSid": child.leg.call.sid, "DialBridged": "false"}
    if status == "completed":
        fields |= {"DialCallDuration": str(round(seconds)), "DialBridged": "true"}
    return page.ask(dial, fields)


def _callback(noun: Verb, page: Page) -> Callback:
    url = noun.attributes.get("statusCallback")
    if not url:
        return Callback()
    events = frozenset(noun.attributes.get("statusCallbackEvent", "completed").replace(",", " ").split())
    return Callback(page.link(url), noun.attributes.get("statusCallbackMethod", "POST"), events)
