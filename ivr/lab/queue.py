"""The waiting rooms: Enqueue, their documents again and again, and every way out of them.

Source: https://www.twilio.com/docs/voice/twiml/enqueue
"""

import simpy

from ivr.lab.carrier import Ask, Carrier, Script
from ivr.lab.events import notify
from ivr.lab.fields import call_fields, left_queue_fields, queue_fields
from ivr.lab.leg import Leg, Moved
from ivr.lab.pages import Next, Page, Stop, follow
from ivr.lab.records import Queue
from ivr.lab.sids import queue_sid
from ivr.lab.twiml import Document, Verb
from ivr.lab.webhooks import page as next_page

DEFAULT_MUSIC = "http://s3.amazonaws.com/com.twilio.sounds.music/index.xml"
LARGEST = 5000
SHORTEST_DOCUMENT_S = 1.0


class Queues:
    """The account's queues, made when they are first named."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier
        self.by_sid: dict[str, Queue] = {}

    def named(self, name: str, max_size: int | None = None) -> Queue:
        sid, account = queue_sid(self._carrier.account.sid, name), self._carrier.account.sid
        queue = self.by_sid.get(sid) or Queue(sid, account, name, self._carrier.now)
        if max_size:
            queue.max_size = min(max_size, LARGEST)
        return self.by_sid.setdefault(sid, queue)


class EnqueueVerb:
    """The caller waits until a document says Leave, REST moves the call, or somebody hangs up."""

    def __init__(self, queues: Queues) -> None:
        self._queues = queues

    def __call__(self, leg: Leg, verb: Verb, page: Page) -> Script[Next | None]:
        size = verb.attributes.get("maxQueueSize")
        queue = self._queues.named(verb.text, int(size) if size else None)
        if len(queue.waiting) >= queue.max_size:
            leg.carrier.story.tell(leg.carrier.now, leg.name, f"finds the queue {queue.name} full")
            return _instruction(leg, verb, page, queue, None, "queue-full")
        entered = queue.waiting[leg.call.sid] = leg.carrier.now
        leg.carrier.story.tell(entered, leg.name, f"waits in the queue {queue.name}")
        leg.place = "queue"
        try:
            left: Page | Stop = yield from _wait(leg, verb, page, queue)
        except simpy.Interrupt as cut:
            _notice(
                leg, verb, page, queue, entered, "redirected" if isinstance(cut.cause, Moved) else "hangup"
            )
            raise
        finally:
            del queue.waiting[leg.call.sid]
        return self._after(leg, verb, page, queue, entered, left)

    def _after(
        self, leg: Leg, verb: Verb, page: Page, queue: Queue, entered: float, left: Page | Stop
    ) -> Next | None:
        leg.place = ""
        if left is Stop.LEAVE:
            return _instruction(leg, verb, page, queue, entered, "leave")
        if left is Stop.HANG_UP:
            _notice(leg, verb, page, queue, entered, "hangup")
            return Stop.HANG_UP
        return left


def _wait(leg: Leg, verb: Verb, page: Page, queue: Queue) -> Script[Page | Stop]:
    """Document after document; ends with Leave, Hangup, or the fallback document after a failure."""
    at, answering = (yield from _music(leg, verb, page, queue)), False
    while not at.is_fallback:
        leg.listened_s = 0.0
        after = yield from follow(leg, at, leg.verbs)
        if after in (Stop.LEAVE, Stop.HANG_UP):
            return Stop(after)
        is_answer = isinstance(after, Ask) and after.answered
        # Keys lead on at once, and so does a document in which nothing was to be heard.
        leads_on = is_answer or (isinstance(after, Ask) and leg.listened_s == 0)
        # After an answer's document the music starts again, and only that one is hung up on.
        if not leads_on and leg.phone.gives_up(leg) and not answering:
            leg.ended_in = "queue"
            return Stop.HANG_UP
        if leg.listened_s < SHORTEST_DOCUMENT_S and not isinstance(after, Ask):
            yield leg.env.timeout((SHORTEST_DOCUMENT_S - leg.listened_s) * leg.phone.pace)
        answering = is_answer
        if isinstance(after, Ask):
            at = yield from next_page(leg, after, "waiting")
        else:
            at = yield from _music(leg, verb, page, queue)
    return at


def _music(leg: Leg, verb: Verb, page: Page, queue: Queue) -> Script[Page]:
    """The waitUrl's document; only requests for the waitUrl itself carry the queue's figures."""
    url = verb.attributes.get("waitUrl")
    if not url:
        sound = Verb("Play", {}, DEFAULT_MUSIC) if url is None else Verb("Pause", {"length": "10"})
        return Page(page.url, Document((sound,)))
    fields = queue_fields(queue, leg.call.sid, leg.carrier.now)
    ask = Ask(page.link(url), verb.attributes.get("waitUrlMethod", "POST"), fields)
    return (yield from next_page(leg, ask, "waiting"))


def _instruction(
    leg: Leg, verb: Verb, page: Page, queue: Queue, entered: float | None, result: str
) -> Ask | None:
    """What the action answers is the call's next document; without an action the verb after the Enqueue."""
    if "action" not in verb.attributes:
        return None
    return page.ask(verb, left_queue_fields(queue, entered, leg.carrier.now, result))


def _notice(leg: Leg, verb: Verb, page: Page, queue: Queue, entered: float, result: str) -> None:
    """What the action answers is not run: the call is elsewhere already, or over."""
    if "action" in verb.attributes:
        ask = page.ask(verb, left_queue_fields(queue, entered, leg.carrier.now, result))
        over = {"CallStatus": "completed"} if result == "hangup" else {}
        notify(leg.carrier, ask, call_fields(leg.call) | over | dict(ask.fields), leg.call.sid, leg.cookies)
