"""Callers who asked to be called back: written down by the storey below, read by people here."""

from dataclasses import dataclass
from datetime import datetime

from config.now import moment
from routing.floor import Floor
from routing.store.records import Left


@dataclass(frozen=True, slots=True)
class Wish:
    """Who asked, from which number (E.164), on which line, in which language, when."""

    call_sid: str
    number: str
    line: str
    language: str
    at: datetime


def wishes(floor: Floor, *, limit: int = 100) -> list[Wish]:
    """The latest wishes, newest first; raises StoreAway."""
    entries: list[tuple[str, dict[str, str]]] = floor.store.run(
        lambda redis: redis.xrevrange(floor.keys.callback_wishes, count=limit)
    )
    return [_wish(entry, Left.from_json(entry["left"])) for _, entry in entries]


def _wish(entry: dict[str, str], left: Left) -> Wish:
    return Wish(entry["call"], entry["number"], left.line, left.language, moment(int(entry["at_ms"])))
