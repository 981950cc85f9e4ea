"""What changed on the live floor, for desks: a stream that forgets. Lua adds to it by `add_event`."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from config.connections import Store
from config.observe import log
from routing.rules.audiences import Kind
from routing.store.keys import EVENTS_KEPT, Keys

BEGINNING = "0-0"
_ID = re.compile(r"([0-9]{1,20})(?:-([0-9]{1,20}))?")
_MOST = 2**64 - 1


@dataclass(frozen=True, slots=True)
class Event:
    """One change. `id` is the stream's; `kind` is of `Kind`, or "" for an entry that nobody can read."""

    id: str
    kind: str
    data: Mapping[str, Any]


class NoEventId(ValueError):
    """Not written as an id of the stream is."""


def id_in(text: str) -> str:
    """The id as the stream writes it, `1795398900000-0`; raises NoEventId."""
    found = _ID.fullmatch(text)
    parts = (int(found[1]), int(found[2] or 0)) if found and text.isascii() else (_MOST + 1, 0)
    if max(parts) > _MOST:
        raise NoEventId(f'"{text[:40]}" is no id of an event, such as 1795398900000-0')
    return f"{parts[0]}-{parts[1]}"


class Events:
    """The stream of one site."""

    def __init__(self, store: Store, keys: Keys) -> None:
        self._store, self._stream = store, keys.events

    def add(self, kind: str, data: Mapping[str, Any]) -> str:
        """The new event's id. Raises StoreAway."""
        fields = {"kind": kind, "data": json.dumps(data)}
        added: str = self._store.run(lambda redis: redis.xadd(self._stream, fields, maxlen=EVENTS_KEPT))
        return added

    def after(self, last_id: str, limit: int) -> list[Event]:
        """The next events, the oldest first, at most `limit` of them. Raises StoreAway."""
        found = self._store.run(lambda redis: redis.xrange(self._stream, min=f"({last_id}", count=limit))
        return [_decoded(entry) for entry in found]

    def latest_id(self) -> str:
        """The id of the last event, BEGINNING when there is none. Raises StoreAway."""
        found = self._store.run(lambda redis: redis.xrevrange(self._stream, count=1))
        return str(found[0][0]) if found else BEGINNING

    def goes_back_to(self, event_id: str) -> bool:
        """Whether all that came after this event is still here; False also for one that never was.

        Raises StoreAway.
        """

        def read(redis: Any) -> Any:
            with redis.pipeline(transaction=False) as pipe:
                pipe.xrange(self._stream, count=1)
                pipe.xrevrange(self._stream, count=1)
                pipe.xlen(self._stream)
                return pipe.execute()

        first, last, length = self._store.run(read)
        if event_id == BEGINNING:
            return bool(length < EVENTS_KEPT)
        return bool(first) and order(first[0][0]) <= order(event_id) <= order(last[0][0])


def order(event_id: str) -> tuple[int, ...]:
    """Ids in the order of their events."""
    return tuple(map(int, event_id.split("-")))


def _decoded(entry: tuple[str, dict[str, str]]) -> Event:
    id_, fields = entry
    try:
        return Event(id_, Kind(fields["kind"]), dict(json.loads(fields["data"])))
    except (KeyError, ValueError, TypeError) as wrong:
        log.warning("event_unreadable", id=id_, error=repr(wrong))
        return Event(id_, "", {})
