"""The conduct ledger read whole, a page at a time, whatever somebody has made of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from redis.client import NEVER_DECODE

from config.connections import Store
from routing.store.chain import Entry, entry_in
from routing.store.dossiers import WORDS
from routing.store.keys import Keys

_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Written:
    """An entry with what lies beside it; None for a part that is not there."""

    entry: Entry
    content: str | None
    words: str | None


@dataclass(frozen=True, slots=True)
class Head:
    """Where the ledger says that it ends; seq 0 for one that was never begun."""

    seq: int
    digest: str
    key_mark: str


def head_of(store: Store, keys: Keys) -> Head:
    """Raises StoreAway."""
    seq, digest, mark = _asked(store, "HMGET", keys.ledger_head, "seq", "digest", "key_mark")
    seq, digest, mark = _text(seq), _text(digest), _text(mark)
    return Head(int(seq) if seq.isdecimal() else 0, digest, mark)


def parts_of(store: Store, keys: Keys) -> list[str]:
    """The names of all that lies beside the chain. Raises StoreAway."""
    return [_text(name) for name in _asked(store, "HKEYS", keys.ledger_contents)]


def entries(store: Store, keys: Keys) -> Iterator[Written]:
    """From the first to the last, whatever was written while reading included. Raises StoreAway."""
    after = b"-"
    while found := _asked(store, "XRANGE", keys.ledger_chain, after, "+", "COUNT", _PAGE):
        links = [entry_in(_text(stream_id), _texts(fields)) for stream_id, fields in found]
        names = [name for one in links for name in (str(one.seq), f"{one.seq}{WORDS}")]
        beside = _asked(store, "HMGET", keys.ledger_contents, *names)
        for one, content, words in zip(links, beside[::2], beside[1::2], strict=True):
            yield Written(one, _or_none(content), _or_none(words))
        after = b"(" + found[-1][0]


def _asked(store: Store, *words: Any) -> Any:
    """In bytes: what was tampered with need not be text."""
    return store.run(lambda redis: redis.execute_command(*words, **{NEVER_DECODE: True}))


def _texts(fields: Mapping[bytes, bytes]) -> dict[str, str]:
    return {_text(name): _text(value) for name, value in fields.items()}


def _text(value: bytes | None) -> str:
    return (value or b"").decode(errors="surrogateescape")


def _or_none(value: bytes | None) -> str | None:
    return None if value is None else _text(value)
