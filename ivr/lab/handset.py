"""A telephone in somebody's hand: what a test or a person at the terminal does with it."""

from collections.abc import Mapping

from ivr.lab.exchange import Exchange
from ivr.lab.leg import Leg
from ivr.lab.life import pick_up
from ivr.lab.phone import ANSWERS, REJECTS, Phone, Reaction, checked
from ivr.lab.story import Heard

NOTHING: Mapping[str, str] = {}


class OnHookError(Exception):
    """There is no call on this telephone to do that with."""


class Handset:
    """One telephone of the network. What is done takes effect at once, and what follows from it with time."""

    def __init__(self, exchange: Exchange, phone: Phone) -> None:
        self._exchange, self._phone = exchange, phone
        self.number = phone.number

    @property
    def leg(self) -> Leg | None:
        """Its latest call that is not over; when all are, its latest."""
        legs: list[Leg] = self._phone.legs
        live = (leg for leg in reversed(legs) if not leg.call.is_over)
        return next(live, legs[-1] if legs else None)

    @property
    def call_sid(self) -> str:
        """The CallSid of its latest call; "" before any."""
        return self.leg.call.sid if self.leg else ""

    @property
    def status(self) -> str:
        """The status of its latest call in Twilio's words; "" before any."""
        return self.leg.call.status if self.leg else ""

    @property
    def message(self) -> str:
        """What its voicemail kept: everything heard after the beep."""
        return " ".join(self._phone.message)

    def calls(self, to: str, *, call_sid: str = "", extra: Mapping[str, str] = NOTHING) -> Leg:
        """Dials a number of the account. Raises ValueError if it has no such number."""
        with self._exchange as network:
            return network.switchboard.dial_in(self._phone, to, call_sid=call_sid, extra=extra)

    def answers(self) -> None:
        """Picks up while it rings. Raises OnHookError."""
        with self._exchange:
            pick_up(self._ringing(), ANSWERS)

    def rejects(self) -> None:
        """Refuses while it rings. Raises OnHookError."""
        with self._exchange:
            pick_up(self._ringing(), REJECTS)

    def presses(self, keys: str) -> None:
        """Raises OnHookError, ValueError for what is no key."""
        with self._exchange:
            self._live().press(checked(keys))

    def says(self, words: str) -> None:
        """Raises OnHookError."""
        with self._exchange:
            self._live().say(words)

    def hangs_up(self) -> None:
        """Nothing happens to a call that is over."""
        self._end("hangs up")

    def drops(self) -> None:
        """The connection is lost in the middle of whatever happens."""
        self._end("is cut off")

    def on_hearing(
        self, phrase: str, *, press: str = "", say: str = "", hang_up: bool = False, once: bool = True
    ) -> None:
        """A habit of this person: on hearing the phrase, one of these. Raises ValueError for no key."""
        keys = checked(press)

        def do(leg: Leg) -> None:
            if keys:
                leg.press(keys)
            if say:
                leg.say(say)
            if hang_up:
                self._end("hangs up", leg)

        with self._exchange:
            self._phone.reactions.append(Reaction(phrase, do, once))

    def heard(self) -> list[str]:
        """Everything said to this person so far, in order, without pauses."""
        with self._exchange:
            return [one.text for one in self._phone.heard if one.verb in ("Say", "Play", "voice")]

    def everything(self) -> list[Heard]:
        """Everything heard and done."""
        with self._exchange:
            return list(self._phone.heard)

    def is_talking_with(self) -> set[str]:
        """The numbers of those who can hear this person now."""
        with self._exchange as network:
            open_now = [one.people for one in network.story.bridges if one.until is None]
            return {other for people in open_now if self.number in people for other in people - {self.number}}

    def _end(self, reason: str, leg: Leg | None = None) -> None:
        with self._exchange as network:
            if ending := leg or self.leg:
                network.switchboard.hang_up(ending, reason)

    def _live(self) -> Leg:
        if self.leg is None or self.leg.call.is_over:
            raise OnHookError(f"{self.number} has no call")
        return self.leg

    def _ringing(self) -> Leg:
        leg = self._live()
        if leg.call.direction == "inbound":
            raise OnHookError(f"{self.number} does not ring: it is the one who calls")
        if leg.call.status != "ringing":
            raise OnHookError(f"{self.number} does not ring: its call is {leg.call.status}")
        return leg
