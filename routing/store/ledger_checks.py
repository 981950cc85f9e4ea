"""Is the conduct ledger as it was written? If not, where is the first place that is not?"""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from config.connections import Store
from routing.rules.conduct_events import Erased
from routing.store.anchor import Anchor, Anchored
from routing.store.chain import NOTHING_BEFORE, Entry, digest_of, key_mark, unsalted
from routing.store.dossiers import WORDS
from routing.store.facts import UnreadableFact, from_text
from routing.store.keys import Keys
from routing.store.ledger_pages import Head, Written, entries, head_of, parts_of


class Broken(StrEnum):
    """What is wrong at a place."""

    OTHER_KEY = "other_key"
    MISSING = "missing"
    CHANGED = "changed"
    CONTENT_CHANGED = "content_changed"
    CONTENT_GONE = "content_gone"
    CUT = "cut"
    NOT_AS_ANCHORED = "not_as_anchored"
    HEAD_CHANGED = "head_changed"


_SAID = {
    Broken.OTHER_KEY: "The ledger was written with another LEDGER_KEY than the one given here.",
    Broken.MISSING: "Entry {seq} is missing.",
    Broken.CHANGED: "Entry {seq} is not as it was written, or not in its place.",
    Broken.CONTENT_CHANGED: "What entry {seq} says is not what was written.",
    Broken.CONTENT_GONE: "What entry {seq} said is gone, and nobody has erased it.",
    Broken.CUT: "Entry {seq} and all after it are missing: the end was cut off, or an older copy restored.",
    Broken.NOT_AS_ANCHORED: "Entry {seq} is another than the one that was anchored.",
    Broken.HEAD_CHANGED: "The ledger's head is not its last entry, which is {seq}.",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """A place in the ledger, and what is wrong there; a sentence for people in `said`."""

    seq: int
    what: Broken

    @property
    def said(self) -> str:
        return _SAID[self.what].format(seq=self.seq)


@dataclass(frozen=True, slots=True)
class Checked:
    """`anchored` is the last entry that this host's anchor knows; `fault` is None for a whole ledger."""

    entries: int
    anchored: int
    fault: Fault | None


@dataclass(slots=True)
class _Seen:
    """What was found on the way along the chain."""

    key: bytes
    last: Entry = field(default_factory=lambda: Entry(0, "", "", "", "", ""))
    digests: dict[int, str] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    erased: set[str] = field(default_factory=set)

    def faults(self, written: Written) -> Iterator[Fault]:
        """What is wrong with the next entry, in itself and as the next."""
        entry, expected = written.entry, self.last.seq + 1
        previous = self.last.digest if self.last.seq else NOTHING_BEFORE
        if entry.seq != expected:
            yield Fault(expected, Broken.MISSING)
        elif entry.previous != previous or not hmac.compare_digest(
            entry.sealed(self.key).digest.encode(), entry.digest.encode(errors="replace")
        ):
            yield Fault(entry.seq, Broken.CHANGED)
        else:
            yield from self._of_content(written)
        self.last = entry
        self.digests[entry.seq] = entry.digest

    def _of_content(self, written: Written) -> Iterator[Fault]:
        entry = written.entry
        for part, kept, digest in (
            (str(entry.seq), written.content, entry.content),
            (f"{entry.seq}{WORDS}", written.words, entry.words),
        ):
            if kept is None and digest and entry.kind == "erased":
                # That something was erased cannot be erased.
                yield Fault(entry.seq, Broken.CONTENT_GONE)
            elif kept is None and digest:
                self.gone.add(part)
            elif kept is not None and digest_of(kept) != digest:
                yield Fault(entry.seq, Broken.CONTENT_CHANGED)
        if written.content is not None and entry.kind == "erased":
            self.erased.update(_parts(written.content))


def verify(store: Store, keys: Keys, key: bytes, anchor: Anchor) -> Checked:
    """Reads everything and changes nothing; others may write meanwhile. Raises StoreAway, OSError."""
    # What is read before the chain cannot know of entries that the chain does not have yet.
    heads, head = anchor.heads(), head_of(store, keys)
    beside = parts_of(store, keys)
    if head.key_mark not in ("", key_mark(key)):
        return Checked(head.seq, _last(heads), Fault(0, Broken.OTHER_KEY))
    seen = _Seen(key)
    faults = [fault for written in entries(store, keys) for fault in seen.faults(written)]
    faults += _of_the_end(seen, head, heads, beside)
    if head_of(store, keys).seq < seen.last.seq:
        faults.append(Fault(seen.last.seq, Broken.HEAD_CHANGED))
    # Where an entry is lost or changed, so may be the one that says what was erased.
    faults = faults or [Fault(_number(part), Broken.CONTENT_GONE) for part in seen.gone - seen.erased]
    first = min(faults, key=lambda fault: fault.seq, default=None)
    return Checked(len(seen.digests), _last(heads), first)


def _of_the_end(seen: _Seen, head: Head, heads: list[Anchored], beside: list[str]) -> Iterator[Fault]:
    last = seen.last.seq
    for one in heads:
        if one.seq > last:
            yield Fault(last + 1, Broken.CUT)
        elif seen.digests.get(one.seq, one.digest) != one.digest:
            yield Fault(one.seq, Broken.NOT_AS_ANCHORED)
    if head.seq > last or any(_number(part) > last for part in beside):
        yield Fault(last + 1, Broken.CUT)
    elif seen.digests.get(head.seq, "") != head.digest:
        yield Fault(last, Broken.HEAD_CHANGED)


def _parts(kept: str) -> tuple[str, ...]:
    try:
        fact = from_text(unsalted(kept))
    except UnreadableFact:
        return ()
    return fact.parts if isinstance(fact, Erased) else ()


def _number(part: str) -> int:
    number = part.partition(":")[0]
    return int(number) if number.isdecimal() else 0


def _last(heads: list[Anchored]) -> int:
    return max((one.seq for one in heads), default=0)
