"""A conduct ledger for a test: opened, filled, looked into, and tampered with."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from routing.floor import Floor
from routing.rules.conduct_events import Fact, Linked
from routing.store.anchor import Anchor
from routing.store.ledger_checks import Checked, verify
from routing.store.offences import Offences
from tests.routing.stories import on, terms

KEY = b"a key for the tests of the ledger"
TERMS = terms()
_links = count()


@dataclass(frozen=True, slots=True)
class Ledger:
    """One site's ledger, with its anchor."""

    floor: Floor
    offences: Offences
    anchor: Anchor

    def verified(self) -> Checked:
        return verify(self.floor.store, self.floor.keys, KEY, self.anchor)

    def link(self, caller: str, *addresses: str, day: float = 0) -> None:
        for address in addresses:
            linked = Linked(id=f"link{next(_links)}", at=on(day), by="ops", address=address)
            self.offences.append(caller, linked, TERMS)

    def write(self, caller: str, facts: Iterable[Fact], words: str = "") -> list[int]:
        return [self.offences.append(caller, fact, TERMS, words=words) for fact in facts]

    def standing(self, address: str) -> dict[str, str]:
        key = self.floor.keys.standing(address)
        fields: dict[str, str] = self.floor.store.run(lambda redis: redis.hgetall(key))
        return fields

    def everything(self) -> dict[str, Any]:
        """All keys of the site's ledger and standings, whatever their kind."""
        redis: Any = self.floor.store.client
        found = [*redis.scan_iter(f"{self.floor.keys.site}:ledger:*")]
        found += redis.scan_iter(self.floor.keys.standing("*"))
        read = {
            "hash": redis.hgetall,
            "list": lambda key: redis.lrange(key, 0, -1),
            "stream": redis.xrange,
        }
        return {key: read[redis.type(key)](key) for key in sorted(found)}


def a_ledger(floor: Floor, folder: Path) -> Ledger:
    anchor = Anchor(folder, floor.keys.site)
    return Ledger(floor, Offences(floor.store, floor.keys, KEY, anchor), anchor)


def chain_of(ledger: Ledger) -> list[tuple[str, dict[str, str]]]:
    """The chain as it stands in Redis."""
    key = ledger.floor.keys.ledger_chain
    found: list[tuple[str, dict[str, str]]] = ledger.floor.store.run(lambda redis: redis.xrange(key))
    return found


@dataclass(frozen=True, slots=True)
class Copy:
    """What Redis held of a ledger at a moment, chain and all."""

    chain: list[tuple[str, dict[str, str]]]
    head: dict[str, str]
    contents: dict[str, str]


def copy_of(ledger: Ledger) -> Copy:
    keys, store = ledger.floor.keys, ledger.floor.store
    return Copy(
        chain_of(ledger),
        store.run(lambda redis: redis.hgetall(keys.ledger_head)),
        store.run(lambda redis: redis.hgetall(keys.ledger_contents)),
    )


def restore(ledger: Ledger, copy: Copy) -> None:
    """The copy in place of what is there."""
    keys = ledger.floor.keys

    def write(redis: Any) -> None:
        with redis.pipeline(transaction=True) as pipe:
            pipe.delete(keys.ledger_chain, keys.ledger_head, keys.ledger_contents)
            for stream_id, fields in copy.chain:
                pipe.xadd(keys.ledger_chain, fields, id=stream_id)
            if copy.head:
                pipe.hset(keys.ledger_head, mapping=copy.head)
            if copy.contents:
                pipe.hset(keys.ledger_contents, mapping=copy.contents)
            pipe.execute()

    ledger.floor.store.run(write)
