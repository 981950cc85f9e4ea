"""One live page: what of a batch of changes is for it, and what it has not taken yet."""

from collections import defaultdict
from collections.abc import Iterable
from queue import SimpleQueue

import orjson

from routing.rules.audiences import audiences_of, showings
from routing.rules.people import Person
from routing.store.events import Event

COMMENT = b":\n\n"
# So many batches that a page has not taken (a minute and more): it ends, and may come back.
_MOST_BEHIND = 300

# What each audience is shown of a batch, each text with its number in it.
Rendered = dict[str, list[tuple[int, bytes]]]


class Page:
    """Somebody's page, open since the event `since`."""

    def __init__(self, who: Person, since: str) -> None:
        self.who, self.since = who, since
        self.is_softphone = who.phone.startswith("client:")
        # None: that was all.
        self.waiting: SimpleQueue[bytes | None] = SimpleQueue()
        self._audiences = audiences_of(who)

    def part_of(self, shown: Rendered) -> bytes:
        """Its part of a batch, in order; where its person listens twice, the first counts."""
        texts: dict[int, bytes] = {}
        for audience in self._audiences:
            for number, text in shown.get(audience, ()):
                texts.setdefault(number, text)
        return b"".join(text for _, text in sorted(texts.items()))

    def give(self, batch: bytes) -> None:
        """Lay it ready; the page's own thread takes it."""
        self.waiting.put(batch if self.waiting.qsize() < _MOST_BEHIND else None)

    def end(self) -> None:
        """After what is laid ready, no more."""
        self.waiting.put(None)


def rendered(events: Iterable[Event]) -> Rendered:
    """Each event once for each way in which it is shown."""
    shown: Rendered = defaultdict(list)
    for number, event in enumerate(events):
        for data, audiences in showings(event.kind, event.data):
            text = message(event.id, event.kind, orjson.dumps(data))
            for audience in audiences:
                shown[audience].append((number, text))
    return shown


def message(id_: str, kind: str, data: bytes) -> bytes:
    """https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation"""
    return b"id: %s\nevent: %s\ndata: %s\n\n" % (id_.encode(), kind.encode(), data)
