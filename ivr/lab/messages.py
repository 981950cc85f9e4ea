"""Text messages: sent, delivered, told.

Source: https://www.twilio.com/docs/messaging/api/message-resource
"""

from dataclasses import replace

from ivr.lab.carrier import Carrier, Script
from ivr.lab.events import tell
from ivr.lab.fields import message_fields
from ivr.lab.records import Callback, Message
from ivr.lab.sids import new_sid

STEPS, STEP_S = ("sent", "delivered"), 1.0


class Messages:
    """The account's messages."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier
        self.by_sid: dict[str, Message] = {}

    def send(self, from_: str, to: str, body: str, callback: Callback) -> Message:
        """Queued at once, sent and delivered a little later."""
        now, account = self._carrier.now, self._carrier.account.sid
        told = replace(callback, events=frozenset(STEPS))  # a message's callback has no choice of events
        message = Message(new_sid("SM"), account, from_, to, body, now, status_callback=told, updated=now)
        self.by_sid[message.sid] = message
        self._carrier.env.process(self._deliver(message))
        return message

    def _deliver(self, message: Message) -> Script[None]:
        for status in STEPS:
            yield self._carrier.env.timeout(STEP_S)
            message.status, message.updated = status, self._carrier.now
            tell(self._carrier, message.status_callback, status, message_fields(message), message.sid)
        self._carrier.story.tell(self._carrier.now, message.to, f"gets the message: {message.body}")
