"""Where calls begin: telephones that call the account, and calls that the account makes.

Source: https://www.twilio.com/docs/voice/api/call-resource
"""

from collections.abc import Mapping

import simpy

from ivr.lab.carrier import Ask, Carrier, Script
from ivr.lab.conference import stay
from ivr.lab.leg import Gone, Leg, Moved
from ivr.lab.life import over, pick_up, rings, talk
from ivr.lab.pages import Verbs
from ivr.lab.phone import REJECTS, Phone, Ringing
from ivr.lab.record import Recordings
from ivr.lab.records import Call, Callback, Direction, NewCall, Number, Participant
from ivr.lab.room_sounds import Wait
from ivr.lab.rooms import Room
from ivr.lab.sids import new_call_token, new_sid

NOTHING: Mapping[str, str] = {}


class Switchboard:
    """All telephones and all legs. `verbs` are what documents can do on a leg."""

    def __init__(self, carrier: Carrier, recordings: Recordings) -> None:
        self._carrier, self._recordings = carrier, recordings
        self.phones: dict[str, Phone] = {}
        self.legs: dict[str, Leg] = {}
        self.verbs: Verbs = {}
        self._next_slot = carrier.now

    def phone(self, number: str, ringing: Ringing | None = None) -> Phone:
        """The telephone of this number; one that nobody has described rings until it is answered by hand."""
        found = self.phones.setdefault(number, Phone(number))
        if ringing is not None:
            found.ringing = ringing
        return found

    def dial_in(
        self, phone: Phone, to: str, *, call_sid: str = "", extra: Mapping[str, str] = NOTHING
    ) -> Leg:
        """A telephone calls one of the account's numbers; `extra` are fields of the first webhook only.

        Raises ValueError when the account does not have the number.
        """
        number = self._carrier.account.number(to)
        if number is None:
            raise ValueError(f"{to} is not a number of this account")
        call = self._call(phone.number, to, "inbound", sid=call_sid)
        call.status = "ringing"
        call.status_callback = _told_at(number)
        call.fallback_url, call.fallback_method = number.fallback_url, number.fallback_method
        leg = self._leg(call, phone)
        self._carrier.story.tell(self._carrier.now, phone.number, f"calls {to}")
        first = {"CallToken": new_call_token(), **extra}
        leg.run(self._inbound(leg, Ask(number.voice_url, number.voice_method, first)))
        return leg

    def call(self, new: NewCall) -> Leg:
        """A call of the account's: it follows a document once it is answered."""
        leg = self._outbound(new)
        leg.run(self._called(leg, new))
        return leg

    def call_into(self, room: Room, new: NewCall, participant: Participant, wait: Wait) -> Leg:
        """A call of the account's that joins a conference once it is answered; `participant.call` is set."""
        leg = self._outbound(new)
        participant.call = leg.call
        leg.run(self._called_in(leg, new, room, participant, wait))
        return leg

    def child(self, parent: Leg, to: str, from_: str, callback: Callback) -> Leg:
        """A leg that a Dial rings; whoever asks for it runs it."""
        call = self._call(from_, to, "outbound-dial", parent_sid=parent.call.sid)
        call.status_callback = callback
        call.fallback_url, call.fallback_method = parent.call.fallback_url, parent.call.fallback_method
        return self._leg(call, self.phone(to))

    def hang_up(self, leg: Leg, reason: str) -> None:
        """The person puts the telephone down, or is cut off; nothing happens to a call that is over."""
        if leg.call.is_over:
            return
        self._carrier.story.tell(self._carrier.now, leg.name, reason)
        if leg.call.status == "ringing" and leg.call.direction != "inbound":
            pick_up(leg, REJECTS)  # who puts down a telephone that rings refuses the call
        else:
            leg.interrupt(Gone(reason))

    def tidy(self, leg: Leg) -> None:
        """What ends with a leg."""
        self._recordings.end_with(leg.call)

    def _inbound(self, leg: Leg, first: Ask) -> Script[None]:
        yield from talk(leg, first)
        over(leg, self.tidy)

    def _called(self, leg: Leg, new: NewCall) -> Script[None]:
        if not (yield from self._answered(leg, new)):
            return
        if new.record:
            self._recordings.start(
                leg.call, "OutboundAPI", channels=1, track="both", trim="do-not-trim", to=Callback()
            )
        yield from talk(leg, Ask(new.url, new.method, twiml=new.twiml))
        over(leg, self.tidy)

    def _called_in(
        self, leg: Leg, new: NewCall, room: Room, participant: Participant, wait: Wait
    ) -> Script[None]:
        if not (yield from self._answered(leg, new)):
            room.not_reached(participant)
            return
        if room.conference.status == "completed":
            over(leg, self.tidy)  # the others did not wait for him
            return
        try:
            yield from stay(room, leg, participant, None, wait)
        except simpy.Interrupt as cut:
            if isinstance(cut.cause, Moved):
                yield from talk(leg, cut.cause.ask)
        over(leg, self.tidy)

    def _answered(self, leg: Leg, new: NewCall) -> Script[bool]:
        try:
            yield leg.env.timeout(leg.call.queued_s)
        except simpy.Interrupt:
            # No event tells of a call that never left Twilio's queue: docs/lab.md, "Assumptions".
            leg.call.status, leg.call.ended = "canceled", self._carrier.now
            return False
        if not (yield from rings(leg, timeout_s=new.timeout_s)):
            return False
        if new.send_digits:
            leg.hears("Play", new.send_digits)
        leg.env.process(_limited(leg, new.time_limit_s))
        return True

    def _outbound(self, new: NewCall) -> Leg:
        """A call in Twilio's own queue: one a second leaves it, or as many as the account may make."""
        call = self._call(new.caller_id or new.from_, new.to, "outbound-api")
        call.status_callback = new.status_callback
        call.fallback_url, call.fallback_method = new.fallback_url, new.fallback_method
        self._next_slot = max(self._next_slot, self._carrier.now)
        call.queued_s = self._next_slot - self._carrier.now
        self._next_slot += 1 / self._carrier.account.calls_per_second
        return self._leg(call, self.phone(new.to))

    def _call(
        self, from_: str, to: str, direction: Direction, *, sid: str = "", parent_sid: str = ""
    ) -> Call:
        account, now = self._carrier.account.sid, self._carrier.now
        call = Call(sid or new_sid("CA"), account, from_, to, direction, now, parent_sid=parent_sid)
        self._carrier.calls[call.sid] = call
        return call

    def _leg(self, call: Call, phone: Phone) -> Leg:
        leg = Leg(self._carrier, call, phone, self.verbs)
        self.legs[call.sid] = leg
        phone.legs.append(leg)
        return leg


def _limited(leg: Leg, seconds: float) -> Script[None]:
    yield leg.env.timeout(seconds)
    if not leg.call.is_over:
        leg.carrier.story.tell(leg.carrier.now, leg.name, "has talked as long as its TimeLimit allows")
        leg.interrupt(Gone("time limit"))


def _told_at(number: Number) -> Callback:
    """A number's status callback tells only ends: https://www.twilio.com/docs/voice/api/call-resource"""
    return Callback(number.status_callback, number.status_callback_method, frozenset({"completed"}))
