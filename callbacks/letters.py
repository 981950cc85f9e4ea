"""Notices that people post: kept until they have, and no longer than they are owed (docs/policy.md 13)."""

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass

from callbacks.keys import CallbackKeys
from routing.floor import Floor
from routing.rules.conduct_events import NoticeSent
from routing.rules.conduct_words import NoticeBy, NoticeOf


class NoSuchLetter(Exception):
    """No letter of this id is to be posted."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A notice to be posted, to whom (an id of the conduct ledger), about which report."""

    id: str
    caller: str
    report: str
    of: NoticeOf
    subject: str
    body: str


def keep(floor: Floor, letter: Letter) -> None:
    """Safe to repeat. Raises StoreAway."""
    text = json.dumps(asdict(letter))
    floor.store.run(lambda redis: redis.hset(_key(floor), letter.id, text))


def is_kept(floor: Floor, letter_id: str) -> bool:
    """Written, and not posted yet. Raises StoreAway."""
    return bool(floor.store.run(lambda redis: redis.hexists(_key(floor), letter_id)))


def to_post(floor: Floor) -> list[Letter]:
    """All that nobody has posted yet, by id. Raises StoreAway."""
    found: dict[str, str] = floor.store.run(lambda redis: redis.hgetall(_key(floor)))
    return [_letter(found[id_]) for id_ in sorted(found)]


def is_posted(floor: Floor, letter_id: str, *, by: str) -> Letter:
    """Written into the ledger. Raises NoSuchLetter, StoreAway, what `Offences.append` raises."""
    found = next((one for one in to_post(floor) if one.id == letter_id), None)
    if found is None:
        raise NoSuchLetter(f"no letter {letter_id} is to be posted")
    at = floor.clock.now(floor.store)
    fact = NoticeSent(id=letter_id, at=at, by=by, offence=found.report, of=found.of, channel=NoticeBy.LETTER)
    floor.offences.append(found.caller, fact, floor.terms())
    _drop(floor, letter_id)
    return found


def drop_others(floor: Floor, caller: str, owed: Collection[str]) -> None:
    """What was quashed or erased before it was posted is not posted. Raises StoreAway."""
    for letter in to_post(floor):
        if letter.caller == caller and letter.id not in owed:
            _drop(floor, letter.id)


def _drop(floor: Floor, letter_id: str) -> None:
    floor.store.run(lambda redis: redis.hdel(_key(floor), letter_id))


def _key(floor: Floor) -> str:
    return CallbackKeys(floor.keys.site).letters


def _letter(text: str) -> Letter:
    kept = json.loads(text)
    return Letter(**(kept | {"of": NoticeOf(kept["of"])}))
