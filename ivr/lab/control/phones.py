"""Telephones of the lab in the hands of another process."""

from collections.abc import Callable
from typing import Any

from ivr.lab.control.bodies import Dial, Listen, OnPhone, PhoneBody, Press, Say
from ivr.lab.control.journal import Journal, News
from ivr.lab.control.refusals import CannotBeDialled, NoCall, NoSuchPhone
from ivr.lab.exchange import Exchange
from ivr.lab.handset import Handset, OnHookError
from ivr.lab.phone import Phone

JSON = dict[str, Any]


class Phones:
    """What `/lab/phones` does. Whatever is refused raises LabRefusal."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange, self._journal = exchange, Journal()

    def make(self, body: PhoneBody) -> JSON:
        """A telephone, made or found, whose news are told from now on."""
        ringing = body.ringing.ringing() if body.ringing else None
        with self._exchange as network:
            phone = network.switchboard.phone(body.number, ringing)
            self._journal.watch(phone)
            return self._told(phone)

    def every(self) -> JSON:
        with self._exchange as network:
            return {"items": [self._told(phone) for phone in network.phones.values()], "next": None}

    def calls(self, body: Dial) -> JSON:
        with self._exchange as network:
            handset = self._handset(body.number)
            if handset.leg is not None and not handset.leg.call.is_over:
                raise CannotBeDialled(f"{body.number} is in a call; hang up first.")
            if body.to in network.phones:
                raise CannotBeDialled(
                    f"{body.to} is a telephone of the lab. Telephones call the line's numbers."
                )
            try:
                handset.calls(body.to)
            except ValueError as refused:
                raise CannotBeDialled(f"{refused}.") from refused
            return self._told(network.phones[body.number])

    def presses(self, body: Press) -> JSON:
        return self._do(body, lambda handset: handset.presses(body.keys))

    def says(self, body: Say) -> JSON:
        return self._do(body, lambda handset: handset.says(body.words))

    def answers(self, body: OnPhone) -> JSON:
        return self._do(body, Handset.answers)

    def rejects(self, body: OnPhone) -> JSON:
        return self._do(body, Handset.rejects)

    def hangs_up(self, body: OnPhone) -> JSON:
        return self._do(body, Handset.hangs_up)

    def drops(self, body: OnPhone) -> JSON:
        return self._do(body, Handset.drops)

    def news(self, body: Listen) -> JSON:
        """What was heard and done since; `next` is the `since` of the next question."""
        numbers = frozenset(body.numbers)
        self._exchange.wait(lambda: bool(self._journal.since(body.since, numbers)), body.wait_s)
        with self._exchange:
            found = self._journal.since(body.since, numbers)
            return {"items": [_news(one) for one in found], "next": self._journal.last}

    def _do(self, body: OnPhone, what: Callable[[Handset], None]) -> JSON:
        with self._exchange as network:
            handset = self._handset(body.number)
            if handset.leg is None or handset.leg.call.is_over:
                raise NoCall(f"{body.number} has no call.")
            try:
                what(handset)
            except OnHookError as refused:
                raise NoCall(f"{refused}.") from refused
            return self._told(network.phones[body.number])

    def _handset(self, number: str) -> Handset:
        with self._exchange as network:
            phone = network.phones.get(number)
            if phone is None:
                raise NoSuchPhone(f"{number} is no telephone of this lab yet.")
            return Handset(self._exchange, phone)

    def _told(self, phone: Phone) -> JSON:
        handset = Handset(self._exchange, phone)
        return {
            "number": phone.number,
            "ringing": {"pickup": phone.ringing.pickup, "after_s": phone.ringing.after_s},
            "call": _call(handset),
            "talking_with": sorted(handset.is_talking_with()),
            "message": handset.message,
            "next": self._journal.last,
        }


def _call(handset: Handset) -> JSON | None:
    if handset.leg is None:
        return None
    call = handset.leg.call
    return {
        "sid": call.sid,
        "status": call.status,
        "direction": call.direction,
        "from": call.from_,
        "to": call.to,
        "is_over": call.is_over,
    }


def _news(news: News) -> JSON:
    told: JSON = {"id": news.id, "number": news.number, "at": news.at}
    if news.heard is not None:
        heard = news.heard
        return told | {"what": "heard", "verb": heard.verb, "text": heard.text, "language": heard.language}
    return told | {
        "what": "status",
        "call_sid": news.call_sid,
        "status": news.status,
        "direction": news.direction,
        "from": news.from_,
        "to": news.to,
    }
