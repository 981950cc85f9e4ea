"""Calls of people in a hurry (`calmline call`) through a network that runs already."""

from dataclasses import asdict
from typing import Any

from ivr.lab.caller import tell_call
from ivr.lab.control.bodies import Follow, Hurried
from ivr.lab.control.refusals import CannotBeDialled, NoSuchCall
from ivr.lab.exchange import Exchange
from ivr.lab.hurried import a_hurried_phone
from ivr.lab.leg import Leg

JSON = dict[str, Any]


class Calls:
    """What `/lab/calls` does. A caller in a hurry has a telephone of his own beside any of that number."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def place(self, body: Hurried) -> JSON:
        """The call begins. Raises CannotBeDialled."""
        phone = a_hurried_phone(body.from_, body.press, body.say, body.wait_s)
        extra = {"StirVerstat": body.stir_verstat} if body.stir_verstat is not None else {}
        with self._exchange as network:
            if body.call_sid in network.calls:
                raise CannotBeDialled("There is a call with this CallSid already.")
            try:
                leg = network.switchboard.dial_in(phone, body.to, call_sid=body.call_sid, extra=extra)
            except ValueError as refused:
                raise CannotBeDialled(f"{refused}.") from refused
            return {"call_sid": leg.call.sid}

    def follow(self, call_sid: str, body: Follow) -> JSON:
        """What was heard since; with `story` once the call is over and the line has answered everything."""
        leg = self._leg(call_sid)

        def is_told() -> bool:
            return len(leg.phone.heard) > body.since or self._is_told_whole(leg)

        self._exchange.wait(is_told, body.wait_s)
        with self._exchange as network:
            heard = leg.phone.heard[body.since :]
            is_whole = self._is_told_whole(leg)
            return {
                "heard": [asdict(one) for one in heard],
                "next": body.since + len(heard),
                "story": asdict(tell_call(network, leg)) if is_whole else None,
            }

    def hang_up(self, call_sid: str) -> JSON:
        leg = self._leg(call_sid)
        with self._exchange as network:
            network.switchboard.hang_up(leg, "hangs up")
            return {"call_sid": call_sid}

    def _is_told_whole(self, leg: Leg) -> bool:
        return leg.call.is_over and not self._exchange.is_asking(leg.call.sid)

    def _leg(self, call_sid: str) -> Leg:
        with self._exchange as network:
            leg = network.legs.get(call_sid)
            if leg is None:
                raise NoSuchCall(f"This lab has no call {call_sid}.")
            return leg
