"""People of the demo: two agents, a supervisor who makes follow-up calls, one who operates it."""

import json
from datetime import datetime
from pathlib import Path
from typing import TypedDict

from routing import shifts
from routing.floor import Floor
from routing.rules.agent_states import AgentState
from routing.rules.people import May, Person, Role
from routing.store.people import NameTaken

_KEYS = "demo_keys.json"


class Told(TypedDict):
    """One of them as `demo.json` names him."""

    name: str
    role: str
    api_key: str


def sample_people(floor: Floor, data: Path) -> list[Told]:
    """The people, added where they are not yet; their keys are kept beside the data: nobody can ask again.

    Somebody whose key was lost is left out. Raises StoreAway, NoConfigError.
    """
    kept = _kept(data / _KEYS)
    for person in _people(floor.clock.now(floor.store)):
        try:
            kept[person.id] = floor.people.add(person, with_api_key=True, by="demo")
        except NameTaken:
            continue
    _keep(data / _KEYS, kept)
    _begin_work(floor)
    known = [(floor.people.by_key(key), key) for key in kept.values()]
    return [Told(name=one.id, role=one.role.value, api_key=key) for one, key in known if one is not None]


def _begin_work(floor: Floor) -> None:
    """All who have skills are there: a site whose agents are all away sends every caller away."""
    for person in floor.people.everybody():
        if person.enabled and person.skills:
            shifts.choose(floor, person, AgentState.AVAILABLE)


def _people(at: datetime) -> list[Person]:
    may = frozenset({May.FOLLOW_UP, May.REVIEW})
    return [
        Person(
            "marc",
            Role.SUPERVISOR,
            at,
            phone="+12125550191",
            alias="Marc",
            skills={"team_leader": 1},
            may=may,
        ),
        Person(
            "ann",
            Role.AGENT,
            at,
            phone="+12125550190",
            alias="Ann",
            skills={"general": 1, "urgent": 1},
            manager="marc",
        ),
        Person(
            "sofia",
            Role.AGENT,
            at,
            phone="+12125550192",
            alias="Sofia",
            skills={"specialist": 1},
            certified=True,
            manager="marc",
        ),
        Person("olga", Role.OPS, at),
    ]


def _kept(file: Path) -> dict[str, str]:
    return dict(json.loads(file.read_text())) if file.exists() else {}


def _keep(file: Path, keys: dict[str, str]) -> None:
    file.touch(mode=0o600)
    file.write_text(json.dumps(keys))
