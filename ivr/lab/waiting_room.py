"""The waiting room of an <Enqueue>: its documents again and again, until somebody leaves.

Source: https://www.twilio.com/docs/voice/twiml/enqueue
"""

from ivr.lab.carrier import Ask
from ivr.lab.leg import Leg
from ivr.lab.parameters import left_queue_fields, queue_sid, waiting_fields
from ivr.lab.story import Ended
from ivr.lab.twiml import Document, Verb
from ivr.lab.walk import Enter, Stop, walk
from ivr.lab.webhooks import Page

DEFAULT_MUSIC = "http://s3.amazonaws.com/com.twilio.sounds.music/index.xml"


def wait(leg: Leg, enter: Enter) -> Page | Ended:
    """Stays until the queue is left (then the call's next document) or the call is over.

    A waiting document that fails hands the call to the fallback document, outside the queue.
    """
    room = _Room(leg, enter)
    page, answering = room.music(), False
    while not page.is_fallback:
        match walk(page, leg.person):
            # Keys lead on at once, and so does a document in which nothing was to be heard.
            case Ask() as ask if ask.answered or leg.person.listened_s == 0:
                page, answering = leg.page(ask, context="waiting"), ask.answered
            case Stop.LEAVE:
                return room.leave()
            case Stop.HANG_UP:
                return room.hang_up("hung_up")
            case after:
                stays = leg.patience.stays(leg.person.listened_s, has_keys_left=bool(leg.person.to_press))
                # After an answer's document the music starts again, and only that one is hung up on.
                if not stays and not answering:
                    return room.hang_up("waiting")
                answering = False
                page = leg.page(after, context="waiting") if isinstance(after, Ask) else room.music()
    return page


class _Room:
    def __init__(self, leg: Leg, enter: Enter) -> None:
        self._leg = leg
        self._enter = enter
        self._attributes = enter.enqueue.attributes
        self._sid = queue_sid(leg.webhooks.call.account_sid, enter.enqueue.text)
        self._entered_s = leg.patience.spent_s

    def _waited_s(self) -> float:
        return self._leg.patience.spent_s - self._entered_s

    def music(self) -> Page:
        """The waitUrl's document; only requests for the waitUrl itself carry the queue's figures."""
        if "waitUrl" not in self._attributes:
            return Page(self._enter.page.url, Document((Verb("Play", {}, DEFAULT_MUSIC),)))
        url = self._enter.page.link(self._attributes["waitUrl"])
        fields = waiting_fields(self._sid, self._waited_s(), self._attributes)
        ask = Ask(url, self._attributes.get("waitUrlMethod", "POST"), fields)
        return self._leg.page(ask, context="waiting")

    def leave(self) -> Page:
        """By <Leave>: the action's document, or without an action the verb after the Enqueue."""
        ask = self._left("leave")
        return self._leg.page(ask) if ask else self._enter.after

    def hang_up(self, ended: Ended) -> Ended:
        """The call ends in the queue: the action is told, and what it answers is not run."""
        if ask := self._left("hangup"):
            self._leg.webhooks.notify(ask)
        return ended

    def _left(self, result: str) -> Ask | None:
        if "action" not in self._attributes:
            return None
        url = self._enter.page.link(self._attributes["action"])
        fields = left_queue_fields(self._sid, self._waited_s(), result)
        return Ask(url, self._attributes.get("method", "POST"), fields)
