"""Callers who asked the menu to be called back: written down by the storey below, read by people here."""

from dataclasses import dataclass
from datetime import datetime

from config.now import moment
from routing.floor import Floor


@dataclass(frozen=True, slots=True)
class Wish:
    """Who asked, from which number (E.164), on which line, when."""

    call_sid: str
    number: str
    line: str
    at: datetime


def wishes(floor: Floor, *, limit: int = 100) -> list[Wish]:
    """The latest wishes, newest first; raises StoreAway."""
    entries: list[tuple[str, dict[str, str]]] = floor.store.run(
        lambda redis: redis.xrevrange(floor.keys.callback_wishes, count=limit)
    )
    return [
        Wish(entry["call"], entry["number"], entry["line"], moment(int(entry["at_ms"])))
        for _, entry in entries
    ]
