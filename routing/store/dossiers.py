"""What the conduct ledger says of one caller."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from config.connections import Store
from routing.rules.conduct_events import Fact, Linked, Unlinked
from routing.rules.conduct_refusals import FactRefused
from routing.store.chain import Entry, entry_in, key_mark, unsalted
from routing.store.facts import UnreadableFact, from_text, kind_of
from routing.store.keys import Keys

WORDS = ":words"  # after an entry's number: the part of it that can be erased alone


class LedgerBroken(Exception):
    """The ledger is not as it was written; nothing is added to it. `calmline ledger verify` says where."""


class OtherLedgerKey(LedgerBroken):
    """The ledger was written with another LEDGER_KEY than this process has."""


class IdTaken(FactRefused):
    """Another fact has this id."""

    code = "id_taken"


@dataclass(frozen=True, slots=True)
class Known:
    """A caller as the ledger had him at `head` (number and digest of its last entry)."""

    head: tuple[int, str]
    facts: tuple[Fact, ...]
    seqs: tuple[int, ...]

    @property
    def addresses(self) -> tuple[str, ...]:
        return addresses_in(self.facts)


def addresses_in(facts: Sequence[Fact]) -> tuple[str, ...]:
    """The addresses that a caller has after these facts, in the order in which they were linked."""
    linked: dict[str, None] = {}
    for fact in facts:
        if isinstance(fact, Linked):
            linked[fact.address] = None
        elif isinstance(fact, Unlinked):
            linked.pop(fact.address, None)
    return tuple(linked)


class Dossiers:
    """The callers of one site's ledger."""

    def __init__(self, store: Store, keys: Keys, key: bytes) -> None:
        self._store, self._keys, self._key = store, keys, key

    def caller_of(self, address: str) -> str:
        """The id of the caller whose address this is; "" for one that nobody knows. Raises StoreAway."""
        found: str | None = self._store.run(lambda redis: redis.hget(self._keys.ledger_callers, address))
        return found or ""

    def caller_with(self, fact_id: str) -> str:
        """The caller whom a fact was written about; "" for a fact that never was. Raises StoreAway."""

        def read(redis: Any) -> Any:
            seq = redis.hget(self._keys.ledger_ids, fact_id)
            return redis.xrange(self._keys.ledger_chain, f"{seq}-0", f"{seq}-0") if seq else []

        found: list[tuple[str, Mapping[str, str]]] = self._store.run(read)
        return entry_in(*found[0]).caller if found else ""

    def words(self, fact_id: str) -> str:
        """The words that were written with a fact; "" without any, or when erased. Raises StoreAway."""

        def read(redis: Any) -> str | None:
            seq = redis.hget(self._keys.ledger_ids, fact_id)
            found: str | None = redis.hget(self._keys.ledger_contents, f"{seq}{WORDS}") if seq else None
            return found

        return unsalted(self._store.run(read) or "")

    def known(self, caller: str) -> Known:
        """Raises StoreAway, LedgerBroken.

        The head is read first: whatever else is read may be newer, and is then not written upon.
        """

        def read(redis: Any) -> tuple[list[str | None], list[str], list[str | None]]:
            head = redis.hmget(self._keys.ledger_head, "seq", "digest", "key_mark")
            seqs = redis.lrange(self._keys.ledger_of(caller), 0, -1)
            return head, seqs, redis.hmget(self._keys.ledger_contents, seqs) if seqs else []

        (seq, digest, mark), seqs, contents = self._store.run(read)
        if mark is not None and mark != key_mark(self._key):
            raise OtherLedgerKey("The ledger was written with another LEDGER_KEY.")
        there = [(int(number), text) for number, text in zip(seqs, contents, strict=True) if text]
        try:
            facts = tuple(from_text(unsalted(text)) for _, text in there)
        except UnreadableFact as wrong:
            raise LedgerBroken(f"An entry about {caller} cannot be read: {wrong}.") from wrong
        return Known((int(seq or 0), digest or ""), facts, tuple(number for number, _ in there))

    def written_before(self, caller: str, fact: Fact) -> Entry | None:
        """The entry of a fact that was written already. Raises StoreAway, IdTaken."""

        def read(redis: Any) -> Any:
            seq = redis.hget(self._keys.ledger_ids, fact.id)
            return redis.xrange(self._keys.ledger_chain, f"{seq}-0", f"{seq}-0") if seq else []

        found: list[tuple[str, Mapping[str, str]]] = self._store.run(read)
        if not found:
            return None
        entry = entry_in(*found[0])
        if (entry.caller, entry.kind) != (caller, kind_of(fact)):
            raise IdTaken(f"Something else was written as {fact.id}.")
        return entry
