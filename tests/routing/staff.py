"""People for tests: what is special about them is named."""

from datetime import UTC, datetime
from typing import Any

from routing.floor import Floor
from routing.rules.people import Person, Role

CREATED = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ANA = "+14155550160"


def a_person(name: str = "ana", role: str = "agent", **special: Any) -> Person:
    """An agent with a telephone, unless said otherwise."""
    return Person(name, Role(role), special.pop("created", CREATED), **({"phone": ANA} | special))


def an_agent(floor: Floor, name: str = "ana", **special: Any) -> str:
    """Added to the site; the id."""
    floor.people.add(a_person(name, **special), by="tests")
    return name


def a_key(floor: Floor, name: str = "ana", role: str = "agent", **special: Any) -> str:
    """Added to the site; the API key."""
    return floor.people.add(a_person(name, role, **special), with_api_key=True, by="tests")
