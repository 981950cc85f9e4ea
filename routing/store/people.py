"""People in Redis: a hash under each name, and API keys found by their digest."""

import json
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from config.connections import Store
from config.now import milliseconds, moment
from routing.rules.agent_states import BUSY
from routing.rules.people import May, Person, PersonRefused, Role
from routing.store.credentials import key_digest, new_api_key, pin_kept, pin_matches
from routing.store.floor_scripts import FloorScripts
from routing.store.keys import Keys
from routing.store.scripts import listed, register


class NameTaken(PersonRefused):
    """Somebody has this name already, or had it."""

    field = "name"


class UnknownManager(PersonRefused):
    """Nobody here has the manager's name."""

    field = "manager"


class UnknownPerson(Exception):
    """Nobody here has this name, or not any more."""


class People:
    """The people of one site. Every change is audited in the same step."""

    def __init__(self, store: Store, keys: Keys, floor: FloorScripts, site_key: bytes) -> None:
        self._store, self._keys, self._floor, self._site_key = store, keys, floor, site_key
        self._add = register(store.client, "add_person")
        self._disable = register(store.client, "disable_person")

    def add(self, person: Person, *, pin: str = "", with_api_key: bool = False, by: str) -> str:
        """The new person's API key, which is not kept and cannot be shown again; "" without one.

        Two who add the same name at once: one succeeds. `person` was checked (`routing.rules.people.check`).
        Raises StoreAway, NameTaken, UnknownManager.
        """
        api_key = new_api_key() if with_api_key else ""
        fields = encode(person) | {"pin": pin_kept(self._site_key, pin) if pin else ""}
        change = {
            "id": person.id,
            "created_ms": milliseconds(person.created),
            "request": secrets.token_hex(8),
            "digest": key_digest(self._site_key, api_key) if api_key else "",
            "has_manager": bool(person.manager),
            "is_agent": person.role is Role.AGENT,
            "fields": _flat(fields),
            "audit": _flat(_entry("add_person", person.id, by, person.created) | _shown(person)),
        }
        keys = [
            self._keys.person(person.id),
            self._keys.people,
            self._keys.api_keys,
            self._keys.person(person.manager),
            self._keys.audit,
            self._keys.agents,
        ]
        match self._store.run(lambda redis: self._add(keys, [json.dumps(change)], redis)):
            case "taken":
                raise NameTaken(f"{person.id} is somebody's name already; names are never given twice")
            case "no_manager":
                raise UnknownManager(f"nobody is called {person.manager}; add the manager first")
        return api_key

    def disable(self, person_id: str, *, by: str, at: datetime) -> bool:
        """The API key stops working at once, and no call reaches the person; False if that was so before.

        A call that is going on is not ended. Raises StoreAway and UnknownPerson.
        """
        keys = [
            self._keys.person(person_id),
            self._keys.api_keys,
            self._keys.audit,
            self._keys.agents,
        ]
        entry = _flat(_entry("disable_person", person_id, by, at))
        arguments = [listed(BUSY), self._floor.names, *entry]
        outcome: int = self._store.run(lambda redis: self._disable(keys, arguments, redis))
        if outcome < 0:
            raise UnknownPerson(f"nobody is called {person_id}")
        return bool(outcome)

    def find(self, person_id: str) -> Person | None:
        """Somebody by name, in small letters or capitals, disabled or not. Raises StoreAway."""
        fields = self._fields(person_id)
        return decode(fields) if fields else None

    def by_key(self, api_key: str) -> Person | None:
        """Whose API key this is; None for nobody's and for one that works no more. Raises StoreAway."""
        digest = key_digest(self._site_key, api_key)
        found: str | None = self._store.run(lambda redis: redis.hget(self._keys.api_keys, digest))
        person = self.find(found) if found else None
        return person if person is not None and person.enabled else None

    def pin_is_right(self, person_id: str, pin: str) -> bool:
        """True for the PIN of somebody who works here; takes some 50 ms. Raises StoreAway."""
        fields = self._fields(person_id)
        is_right = pin_matches(self._site_key, pin, fields.get("pin", ""))
        return is_right and fields.get("enabled") == "1"

    def everybody(self) -> list[Person]:
        """All who were ever added, by name. Raises StoreAway."""

        def read(redis: Any) -> list[dict[str, str]]:
            with redis.pipeline(transaction=False) as pipe:
                for person_id in sorted(redis.zrange(self._keys.people, 0, -1), key=str.lower):
                    pipe.hgetall(self._keys.person(person_id))
                found: list[dict[str, str]] = pipe.execute()
            return found

        return [decode(fields) for fields in self._store.run(read)]

    def working(self, person_ids: Iterable[str]) -> set[str]:
        """Those of them who work here still. Raises StoreAway."""
        ids = sorted(person_ids)

        def read(redis: Any) -> list[str | None]:
            with redis.pipeline(transaction=False) as pipe:
                for person_id in ids:
                    pipe.hget(self._keys.person(person_id), "enabled")
                found: list[str | None] = pipe.execute()
            return found

        return {
            person_id for person_id, enabled in zip(ids, self._store.run(read), strict=True) if enabled == "1"
        }

    def _fields(self, person_id: str) -> dict[str, str]:
        fields: dict[str, str] = self._store.run(lambda redis: redis.hgetall(self._keys.person(person_id)))
        return fields


def encode(person: Person) -> dict[str, str]:
    """The hash of a person; id and manager are added by the script."""
    return {
        "created_ms": str(milliseconds(person.created)),
        "enabled": "1" if person.enabled else "0",
    } | _shown(person)


def decode(fields: Mapping[str, str]) -> Person:
    """The person behind a hash."""
    return Person(
        id=fields["id"],
        role=Role(fields["role"]),
        created=moment(int(fields["created_ms"])),
        phone=fields["phone"],
        skills=json.loads(fields["skills"]),
        certified=fields["certified"] == "1",
        languages=tuple(filter(None, fields["languages"].split(","))),
        alias=fields["alias"],
        staff_number=fields["staff_number"],
        manager=fields["manager"],
        may=frozenset(map(May, filter(None, fields["may"].split(",")))),
        enabled=fields["enabled"] == "1",
        email=fields.get("email", ""),
    )


def _shown(person: Person) -> dict[str, str]:
    """What hash and audit entry both say."""
    return {
        "role": person.role,
        "phone": person.phone,
        "skills": json.dumps(dict(person.skills)),
        "certified": "1" if person.certified else "0",
        "languages": ",".join(person.languages),
        "alias": person.alias,
        "staff_number": person.staff_number,
        "may": ",".join(sorted(person.may)),
        "email": person.email,
    }


def _entry(what: str, person_id: str, by: str, at: datetime) -> dict[str, str]:
    return {"what": what, "by": by, "at_ms": str(milliseconds(at)), "person": person_id}


def _flat(fields: Mapping[str, str]) -> list[str]:
    """Names and values by turns, as Redis takes them."""
    return [part for pair in fields.items() for part in pair]
