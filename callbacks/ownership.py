"""Who makes a promised call, as far as that is said when it is booked (docs/policy.md 11)."""

from collections.abc import Collection, Iterable

from callbacks.refusals import ExcludeRefused, OwnerRefused
from callbacks.rules.states import Kind
from routing.floor import Floor
from routing.rules.people import May, Person, Role

_LEADS = frozenset({Role.SUPERVISOR, Role.ADMIN})
NOBODY = ""


def excluded(floor: Floor, names: Iterable[str]) -> tuple[str, ...]:
    """The ids of those who are never asked; raises ExcludeRefused and StoreAway."""
    return tuple(dict.fromkeys(_known(floor, name) for name in names))


def owner_for(floor: Floor, kind: Kind, named: str, booker: Person | None, exclude: Collection[str]) -> str:
    """The id of the owner: who was named, else whoever books, or the manager where the booker may not.

    NOBODY when none of them may; whoever may make follow-up calls is asked then. Raises OwnerRefused for
    somebody who was named and may not, and StoreAway.
    """
    if named:
        person = floor.people.find(named)
        if person is None or not person.enabled:
            raise OwnerRefused(f"nobody who works here is called {named}")
        if why := _not_allowed(person, kind, exclude):
            raise OwnerRefused(f"{person.id} {why}")
        return person.id
    manager = floor.people.find(booker.manager) if booker and booker.manager else None
    may = (
        one.id for one in (booker, manager) if one and one.enabled and not _not_allowed(one, kind, exclude)
    )
    return next(may, NOBODY)


def _not_allowed(person: Person, kind: Kind, exclude: Collection[str]) -> str:
    """Why somebody may not make a call of this kind, "" for somebody who may."""
    if person.id in exclude:
        return "is excluded from this call"
    if not person.phone:
        return "has no telephone that could be rung"
    if kind is Kind.FOLLOW_UP and person.role not in _LEADS and May.FOLLOW_UP not in person.may:
        return "may not make follow-up calls: that takes a supervisor, or --may follow_up"
    return ""


def _known(floor: Floor, name: str) -> str:
    person = floor.people.find(name)
    if person is None:
        raise ExcludeRefused(f"nobody is called {name}")
    return person.id
