"""Who is rung to speak to the customer."""

from datetime import UTC, datetime

import pytest

from callbacks.rules.owners import Nobody, Ring, Wait, next_speaker
from routing.rules.people import May, Person, Role

EVERYBODY = "ana ben chloe dev eve"


def somebody(
    one: str,
    *,
    manager: str = "",
    follows_up: bool = False,
    phone: str = "+12125550100",
    enabled: bool = True,
) -> Person:
    may = frozenset({May.FOLLOW_UP} if follows_up else ())
    created = datetime(2026, 1, 1, tzinfo=UTC)
    return Person(one, Role.AGENT, created, phone=phone, manager=manager, may=may, enabled=enabled)


PEOPLE = {
    one.id: one
    for one in (
        somebody("ana", manager="ben"),
        somebody("ben"),
        somebody("dev", follows_up=True),
        somebody("chloe", follows_up=True),
        somebody("eve", manager="ghost"),
        somebody("fay", manager="gus", enabled=False),
        somebody("gus", phone=""),
    )
}


@pytest.mark.parametrize(
    ("owner", "on_duty", "excluded", "declined", "next_one"),
    [
        pytest.param("ana", EVERYBODY, "", "", "ana", id="the owner first"),
        pytest.param("ana", "ben chloe", "", "", "ben", id="the owner is off: the manager"),
        pytest.param("ana", EVERYBODY, "", "ana", "ben", id="the owner declines: the manager"),
        pytest.param("ana", EVERYBODY, "", "ana ben", "chloe", id="then those who may, by name"),
        pytest.param("ana", EVERYBODY, "", "ana ben chloe", "dev", id="one after the other"),
        pytest.param("ana", EVERYBODY, "", "ana ben chloe dev", "nobody", id="all of them declined"),
        pytest.param("ana", "eve", "", "", "wait", id="only somebody who may not is there"),
        pytest.param("ana", "", "", "", "wait", id="nobody is there yet"),
        pytest.param("ana", "", "", "ana ben chloe", "wait", id="one is left and comes later"),
        pytest.param("ana", EVERYBODY, "ana ben", "", "chloe", id="whoever was involved is never asked"),
        pytest.param("ana", EVERYBODY, "ana ben chloe dev", "", "nobody", id="everybody was involved"),
        pytest.param("eve", EVERYBODY, "", "eve", "chloe", id="a manager whom nobody knows"),
        pytest.param(
            "fay", f"{EVERYBODY} fay gus", "", "", "chloe", id="a disabled owner, a manager with no phone"
        ),
        pytest.param("", EVERYBODY, "", "", "chloe", id="booked for nobody"),
        pytest.param("zoe", EVERYBODY, "", "", "chloe", id="booked for somebody who is gone"),
        pytest.param("dev", EVERYBODY, "", "", "dev", id="an owner among those who may"),
    ],
)
def test_who_is_rung_next(owner: str, on_duty: str, excluded: str, declined: str, next_one: str) -> None:
    found = next_speaker(
        owner,
        PEOPLE,
        on_duty=on_duty.split(),
        excluded=excluded.split(),
        declined=declined.split(),
    )
    assert found == {"wait": Wait(), "nobody": Nobody()}.get(next_one, Ring(next_one))


def test_where_nobody_works_nobody_speaks() -> None:
    assert next_speaker("", {}, on_duty=()) == Nobody()
