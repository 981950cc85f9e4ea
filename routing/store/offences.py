"""The conduct ledger in Redis: facts appended in one step with the standing that follows from them."""

import json
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from config.connections import Store, StoreAway
from config.now import milliseconds, moment
from routing.rules.accounts import Terms
from routing.rules.conduct_events import Erased, Fact, Linked
from routing.rules.conduct_refusals import FactRefused, check
from routing.store.anchor import Anchor
from routing.store.chain import Entry, digest_of, key_mark, salted
from routing.store.dossiers import WORDS, Dossiers, Known, LedgerBroken, addresses_in
from routing.store.facts import kind_of, to_text
from routing.store.keys import Keys
from routing.store.on_disk import OnDisk
from routing.store.scripts import register
from routing.store.standing import DERIVED, derived

_TRIES = 100


class AddressTaken(FactRefused):
    """The address is another caller's."""

    code = "address_taken"


class UnknownCaller(FactRefused):
    """Nothing was ever written about this caller."""

    code = "unknown_caller"


class Offences:
    """The conduct ledger of one site."""

    def __init__(self, store: Store, keys: Keys, key: bytes, anchor: Anchor) -> None:
        self._store, self._keys, self.key, self.anchor = store, keys, key, anchor
        self.dossiers = Dossiers(store, keys, key)
        self._append = register(store.client, "append_to_ledger")
        self._disk = OnDisk(store, keys)

    def caller_at(self, address: str, terms: Terms, *, by: str, at: datetime) -> str:
        """The same, and a new caller for an address that nobody has. Raises what `append` raises."""
        if caller := self.dossiers.caller_of(address):
            return caller
        try:
            caller = f"c{secrets.token_hex(10)}"
            linked = Linked(id=f"link-{secrets.token_hex(10)}", at=at, by=by, address=address)
            self.append(caller, linked, terms)
        except AddressTaken:  # somebody else was faster
            return self.dossiers.caller_of(address)
        return caller

    def append(self, caller: str, fact: Fact, terms: Terms, *, words: str = "") -> int:
        """The number of the entry, once it is on disk; the standing under each address goes with it.

        The same fact again (its `id`) is written once, and acknowledged again. `words` are what can be
        erased while the fact stays. Raises FactRefused, StoreAway, LedgerBroken, and NotKept: then it may
        have been written, and the same fact should be sent again.
        """
        for _ in range(_TRIES):
            known = self.dossiers.known(caller)
            entry = self.dossiers.written_before(caller, fact)
            if entry is None:
                entry = self._add(caller, replace(fact, at=_next(fact.at, known.facts)), known, terms, words)
            if entry is not None:
                return self._keep(entry, fact.at)
        raise StoreAway("others wrote to the ledger all the time")

    def erase(
        self,
        caller: str,
        terms: Terms,
        *,
        by: str,
        why: str,
        at: datetime,
        words_only: bool,
        fact_ids: Collection[str] | None = None,
    ) -> int:
        """What was said of a caller is gone; that something was, and when it was erased, stays.

        `words_only` leaves the facts and what follows from them. With `fact_ids` only the words of these
        facts go, and nothing is written where none are left. Returns how many parts are gone. Raises what
        `append` raises.
        """
        known = self.dossiers.known(caller)
        wanted = [
            seq
            for seq, fact in zip(known.seqs, known.facts, strict=True)
            if fact_ids is None or fact.id in fact_ids
        ]
        parts = [f"{seq}{WORDS}" for seq in wanted]
        if not words_only and fact_ids is None:
            parts += [str(seq) for seq, fact in zip(known.seqs, known.facts, strict=True) if not _keeps(fact)]
        there: list[bool] = self._store.run(lambda redis: _exist(redis, self._keys.ledger_contents, parts))
        gone = tuple(part for part, is_there in zip(parts, there, strict=True) if is_there)
        if fact_ids is not None and not gone:
            return 0
        erased = Erased(id=f"erase-{secrets.token_hex(10)}", at=at, by=by, parts=gone, why=why)
        self.append(caller, erased, terms)
        return len(gone)

    def _add(self, caller: str, fact: Fact, known: Known, terms: Terms, words: str) -> Entry | None:
        """None when another entry came between."""
        if not known.facts and not isinstance(fact, Linked):
            raise UnknownCaller("Nobody knows this caller.")
        check(fact, known.facts, terms)
        return self._write(caller, fact, known, terms, words)

    def _write(self, caller: str, fact: Fact, known: Known, terms: Terms, words: str) -> Entry | None:
        """None when another entry came between."""
        content, kept_words = salted(to_text(fact)), salted(words) if words else ""
        entry = Entry(
            known.head[0] + 1,
            known.head[1],
            kind_of(fact),
            caller,
            digest_of(content),
            digest_of(kept_words) if words else "",
        ).sealed(self.key)
        contents = {str(entry.seq): content}
        if words:
            contents[f"{entry.seq}{WORDS}"] = kept_words
        left = _left_by(fact, known)
        keys, change = self._change(caller, fact, known, left, terms)
        change |= {
            "after_seq": str(known.head[0]),
            "after_digest": known.head[1],
            "key_mark": key_mark(self.key),
            "seq": str(entry.seq),
            "digest": entry.digest,
            "entry": _flat(entry.fields()),
            "contents": _flat(contents),
        }
        match self._store.run(lambda redis: self._append(keys, [json.dumps(change)], redis)):
            case ["broken"]:
                raise LedgerBroken("The end of the ledger is not where it was written.")
            case ["taken", _]:
                raise AddressTaken("This address is another caller's.")
            case ["moved"]:
                return None
        return entry

    def _change(
        self, caller: str, fact: Fact, known: Known, left: Sequence[Fact], terms: Terms
    ) -> tuple[list[str], dict[str, Any]]:
        """What follows from the fact: the standings, and whose address is whose."""
        after = (*left, fact)
        has = addresses_in(after)
        loses = [address for address in known.addresses if address not in has]
        keys = [
            self._keys.ledger_head,
            self._keys.ledger_chain,
            self._keys.ledger_contents,
            self._keys.ledger_ids,
            self._keys.ledger_of(caller),
            self._keys.ledger_callers,
            self._keys.deadlines,
            *(self._keys.standing(address) for address in (*has, *loses)),
        ]
        return keys, {
            "id": fact.id,
            "caller": caller,
            "at_ms": milliseconds(fact.at),
            "forget": fact.parts if isinstance(fact, Erased) else (),
            "link": fact.address if isinstance(fact, Linked) else "",
            "link_at": len(keys) - len(loses) - len(has) + has.index(fact.address) + 1
            if isinstance(fact, Linked)
            else 0,
            "unlink": loses,
            "drop": DERIVED,
            "standing": _flat(derived(caller, after, terms)),
            "keeps": len(has),
        }

    def _keep(self, entry: Entry, at: datetime) -> int:
        """Acknowledged: on disk, and in the anchor."""
        self._disk.wait(self._keys.ledger_head, "seq", entry.seq)
        self.anchor.add(entry.seq, entry.digest, at)
        return entry.seq


def _next(at: datetime, written: Sequence[Fact]) -> datetime:
    """To the millisecond, as it is kept; and after all that is written, as two clocks may differ."""
    told = moment(milliseconds(at))
    return max([told, *(fact.at + timedelta(milliseconds=1) for fact in written)])


def _left_by(fact: Fact, known: Known) -> tuple[Fact, ...]:
    """What is still known once this fact is written."""
    gone = set(fact.parts) if isinstance(fact, Erased) else set()
    return tuple(one for seq, one in zip(known.seqs, known.facts, strict=True) if str(seq) not in gone)


def _keeps(fact: Fact) -> bool:
    """That something was erased is not erased."""
    return isinstance(fact, Erased)


def _exist(redis: Any, key: str, fields: Sequence[str]) -> list[bool]:
    return [found is not None for found in redis.hmget(key, fields)] if fields else []


def _flat(fields: Mapping[str, str]) -> list[str]:
    """Names and values by turns, as Redis takes them."""
    return [part for pair in fields.items() for part in pair]
