"""What the watched telephones heard and did, numbered, so that a reader can ask what came after."""

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass

from ivr.lab.leg import Leg
from ivr.lab.phone import Phone
from ivr.lab.records import Call
from ivr.lab.story import Heard

KEPT = 20_000  # a demo may run for days; who reads more slowly than that misses the oldest


@dataclass(frozen=True)
class News:
    """One thing: something heard or done, or else (`heard` is None) a call's new status in Twilio's words."""

    id: int
    number: str
    at: float
    heard: Heard | None = None
    call_sid: str = ""
    status: str = ""
    direction: str = ""
    from_: str = ""
    to: str = ""


class Journal:
    """Needs the exchange's lock: telephones tell it things while the network moves."""

    def __init__(self) -> None:
        self._kept: deque[News] = deque(maxlen=KEPT)
        self.last = 0

    def watch(self, phone: Phone) -> None:
        """From now on this telephone's news are written down; a second time changes nothing."""

        def heard(what: Heard) -> None:
            self.last += 1
            self._kept.append(News(self.last, phone.number, what.at, heard=what))

        def has_status(leg: Leg) -> None:
            self.last += 1
            self._kept.append(_status(self.last, phone.number, leg.carrier.now, leg.call))

        phone.on_heard, phone.on_status = heard, has_status

    def since(self, last: int, numbers: Collection[str]) -> list[News]:
        """What came after the news `last` of these telephones, oldest first."""
        found: list[News] = []
        for news in reversed(self._kept):
            if news.id <= last:
                break
            if news.number in numbers:
                found.append(news)
        return found[::-1]


def _status(id_: int, number: str, at: float, call: Call) -> News:
    return News(id_, number, at, None, call.sid, call.status, call.direction, call.from_, call.to)
