"""Who speaks to the customer: the owner, the owner's manager, or another who may (docs/policy.md 11, 24)."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from routing.rules.people import May, Person


@dataclass(frozen=True, slots=True)
class Ring:
    """The person to ring next."""

    id: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Somebody may speak, but is not on duty now: the call stays due."""


@dataclass(frozen=True, slots=True)
class Nobody:
    """Nobody is left who may speak: a person has to look."""


def next_speaker(
    owner: str,
    people: Mapping[str, Person],
    *,
    on_duty: Collection[str],
    excluded: Collection[str] = (),
    declined: Collection[str] = (),
) -> Ring | Wait | Nobody:
    """Whom to ring for a call that `owner` (an id, "" for nobody) was booked to make.

    `on_duty` are the ids of those who can be rung at this moment: signed in, and not speaking to anybody.
    `excluded` were named when it was booked, above all the adviser involved, and are never asked; `declined`
    were asked this time already, and said no or did not answer.
    """
    left = [
        one
        for one in _in_order(owner, people)
        if _can_speak(people.get(one)) and one not in excluded and one not in declined
    ]
    if not left:
        return Nobody()
    return next((Ring(one) for one in left if one in on_duty), Wait())


def _in_order(owner: str, people: Mapping[str, Person]) -> Iterator[str]:
    manager = people[owner].manager if owner in people else ""
    others = sorted(one.id for one in people.values() if May.FOLLOW_UP in one.may)
    yield from dict.fromkeys((owner, manager, *others))


def _can_speak(person: Person | None) -> bool:
    """Known, still with us, and with a telephone to ring."""
    return person is not None and person.enabled and bool(person.phone)
