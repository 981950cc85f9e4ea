"""Everything that is derived from the conduct ledger, made anew and compared with what stands in Redis."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from redis.exceptions import WatchError

from config.connections import Store, StoreAway
from config.now import milliseconds
from routing.rules.accounts import Terms
from routing.rules.conduct_events import Fact
from routing.store.chain import unsalted
from routing.store.dossiers import LedgerBroken, addresses_in
from routing.store.facts import UnreadableFact, from_text
from routing.store.keys import Keys
from routing.store.ledger_pages import entries, head_of
from routing.store.standing import DERIVED, derived

_TRIES = 10


@dataclass(frozen=True, slots=True)
class Difference:
    """Something derived that was not as the ledger has it, of an address, a caller or a fact."""

    what: str
    of: str


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How much was looked at, and what had to be put right."""

    callers: int
    addresses: int
    differences: tuple[Difference, ...]


@dataclass(slots=True)
class _Derived:
    """What the ledger makes of every caller."""

    seqs: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    facts: dict[str, list[Fact]] = field(default_factory=lambda: defaultdict(list))
    ids: dict[str, str] = field(default_factory=dict)

    def callers(self) -> dict[str, str]:
        return {address: caller for caller, facts in self.facts.items() for address in addresses_in(facts)}


_Mending = tuple[Difference, Callable[[Any], object]]


def rebuild(store: Store, keys: Keys, terms: Terms, *, by: str, at: datetime) -> Rebuilt:
    """Puts right what differs, all at once; changes nothing when nothing does.

    The ledger itself is not looked into: that is for `verify`. Raises StoreAway, LedgerBroken.
    """
    for _ in range(_TRIES):
        head, known = head_of(store, keys), _read(store, keys)
        mendings = list(_compare(store, keys, known, terms))
        note = {
            "what": "ledger_rebuilt",
            "by": by,
            "at_ms": str(milliseconds(at)),
            "put_right": str(len(mendings)),
        }
        if not mendings or _mend(store, keys, head.digest, mendings, note):
            return Rebuilt(len(known.seqs), len(known.callers()), tuple(one for one, _ in mendings))
    raise StoreAway("others wrote to the ledger all the time")


def _read(store: Store, keys: Keys) -> _Derived:
    known = _Derived()
    for written in entries(store, keys):
        entry, seq = written.entry, str(written.entry.seq)
        known.seqs[entry.caller].append(seq)
        if written.content is None:
            continue
        try:
            fact = from_text(unsalted(written.content))
        except UnreadableFact as wrong:
            raise LedgerBroken(f"Entry {seq} cannot be read: {wrong}.") from wrong
        known.facts[entry.caller].append(fact)
        known.ids[fact.id] = seq
    return known


def _compare(store: Store, keys: Keys, known: _Derived, terms: Terms) -> Iterator[_Mending]:
    yield from _addresses(store, keys, known)
    yield from _indexes(store, keys, known)
    for caller, facts in known.facts.items():
        for address in addresses_in(facts):
            yield from _standing(store, keys.standing(address), address, derived(caller, facts, terms))
    yield from _strays(store, keys, known.callers())


def _addresses(store: Store, keys: Keys, known: _Derived) -> Iterator[_Mending]:
    there: dict[str, str] = store.run(lambda redis: redis.hgetall(keys.ledger_callers))
    right = known.callers()
    for address in sorted({*there, *right}):
        if there.get(address) != right.get(address):
            yield (
                Difference("address", address),
                _hash_field(keys.ledger_callers, address, right.get(address)),
            )


def _hash_field(key: str, name: str, value: str | None) -> Callable[[Any], object]:
    return lambda pipe: pipe.hdel(key, name) if value is None else pipe.hset(key, name, value)


def _indexes(store: Store, keys: Keys, known: _Derived) -> Iterator[_Mending]:
    """Ids of facts that were erased are known to the index alone, and stay."""
    ids: dict[str, str] = store.run(lambda redis: redis.hgetall(keys.ledger_ids))
    for fact_id, seq in known.ids.items():
        if ids.get(fact_id) != seq:
            yield Difference("id", fact_id), _hash_field(keys.ledger_ids, fact_id, seq)
    for caller, seqs in known.seqs.items():
        key = keys.ledger_of(caller)
        if store.run(partial(_all_of, key=key)) != seqs:
            yield Difference("entries", caller), partial(_replace, key=key, values=seqs)


def _all_of(redis: Any, key: str) -> list[str]:
    found: list[str] = redis.lrange(key, 0, -1)
    return found


def _replace(pipe: Any, key: str, values: list[str]) -> None:
    pipe.delete(key)
    pipe.rpush(key, *values)


def _standing(store: Store, key: str, address: str, right: dict[str, str]) -> Iterator[_Mending]:
    there: list[str | None] = store.run(lambda redis: redis.hmget(key, DERIVED))
    if there != [right[name] for name in DERIVED]:
        yield Difference("standing", address), lambda pipe: pipe.hset(key, mapping=right)


def _strays(store: Store, keys: Keys, callers: Iterable[str]) -> Iterator[_Mending]:
    """Derived standings under addresses that are nobody's."""
    linked = {keys.standing(address) for address in callers}
    for key in store.run(partial(_with_a_caller, pattern=keys.standing("*"))):
        if key not in linked:
            address = key.removeprefix(keys.standing(""))
            yield Difference("standing", address), partial(_drop, key=key)


def _with_a_caller(redis: Any, pattern: str) -> list[str]:
    return [key for key in sorted(redis.scan_iter(pattern, count=1000)) if redis.hexists(key, "caller")]


def _drop(pipe: Any, key: str) -> None:
    pipe.hdel(key, *DERIVED)


def _mend(store: Store, keys: Keys, digest: str, mendings: list[_Mending], note: dict[str, str]) -> bool:
    """All of it in one step; False when the ledger has moved on meanwhile."""

    def write(redis: Any) -> bool:
        with redis.pipeline(transaction=True) as pipe:
            pipe.watch(keys.ledger_head)
            if (pipe.hget(keys.ledger_head, "digest") or "") != digest:
                return False
            pipe.multi()
            for _, mending in mendings:
                mending(pipe)
            pipe.xadd(keys.audit, note)
            try:
                pipe.execute()
            except WatchError:
                return False
        return True

    return store.run(write)
