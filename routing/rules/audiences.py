"""Who is shown which change on the live floor: one table by kind, one by role."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from routing.rules.people import May, Person, Role


class Kind(StrEnum):
    """What an event is about."""

    QUEUE = "queue"
    AGENT = "agent"
    OFFER = "offer"
    CALL = "call"
    REPORT = "report"
    CALLBACK = "callback"


# Audiences beside the single person's own (`own`).
EVERYBODY, SUPERVISION, STATES, REVIEW = "everybody", "supervision", "states", "review"
SEES_ALL = frozenset({Role.SUPERVISOR, Role.ADMIN})
SEES_STATES = frozenset({Role.OPS, Role.ANALYST})

Data = Mapping[str, Any]
# Whose agent, offer or call it is, by kind.
_WHOSE = {Kind.AGENT: ("id",), Kind.OFFER: ("agent",), Kind.CALL: ("agent",)}
# Whom a promised call or a report concerns; `concerns` lists others and is shown to nobody.
_CONCERNED = ("owner", "booked_by", "speaker", "agent", "by")
_WHY = ("reason",)


def own(person_id: str) -> str:
    """The audience that is one person."""
    return f"person:{person_id.lower()}"


def audiences_of(person: Person) -> tuple[str, ...]:
    """Where somebody listens. What comes to several of them is for him what the first one is shown."""
    if person.role in SEES_ALL:
        return (SUPERVISION, EVERYBODY)
    reviews = (REVIEW,) if May.REVIEW in person.may else ()
    states = (STATES,) if person.role in SEES_STATES else ()
    return (own(person.id), *reviews, *states, EVERYBODY)


def showings(kind: str, data: Data) -> Iterator[tuple[Data, tuple[str, ...]]]:
    """What of an event is shown to which audiences; nothing of a kind that the table does not have."""
    whole = _without(data, ("concerns",))
    match kind:
        case Kind.QUEUE:
            yield whole, (EVERYBODY,)
        case Kind.AGENT:
            yield whole, (SUPERVISION, *_people(data, _WHOSE[Kind.AGENT]))
            yield _without(whole, _WHY), (STATES,)
        case Kind.OFFER | Kind.CALL:
            yield whole, (SUPERVISION, *_people(data, _WHOSE[Kind(kind)]))
        case Kind.CALLBACK:
            yield whole, (SUPERVISION, *_people(data, _CONCERNED))
        case Kind.REPORT:
            yield whole, (SUPERVISION, REVIEW, *_people(data, _CONCERNED))


def _people(data: Data, fields: tuple[str, ...]) -> Iterator[str]:
    others = data.get("concerns")
    named = [data.get(field) for field in fields] + (others if isinstance(others, list) else [])
    yield from sorted({own(name) for name in named if name and isinstance(name, str)})


def _without(data: Data, fields: tuple[str, ...]) -> Data:
    return {name: value for name, value in data.items() if name not in fields}
