"""Who is shown which change, as a table of roles."""

from typing import Any

import pytest

from routing.rules.audiences import EVERYBODY, SUPERVISION, Kind, audiences_of, showings
from routing.rules.people import May
from tests.routing.staff import a_person

QUEUE = (Kind.QUEUE, {"queue": "general", "waiting": 3})
AGENT = (Kind.AGENT, {"id": "Ana", "status": "break", "reason": "doctor", "since_ms": 1})
OFFER = (Kind.OFFER, {"id": "o1", "agent": "ana", "call": "CA1", "state": "made", "how": ""})
CALL = (Kind.CALL, {"call": "CA1", "state": "talking", "queue": "general", "agent": "ana"})
LONELY_CALL = (Kind.CALL, {"call": "CA1", "state": "waiting", "queue": "general", "agent": ""})
CALLBACK = (Kind.CALLBACK, {"id": "cb1", "state": "booked", "owner": "bob", "concerns": ["ana", "bob"]})
REPORT = (Kind.REPORT, {"id": "r1", "state": "open", "by": "ana"})
NOTHING = None
WHOLE = "whole"
STATES_ONLY = {"id": "Ana", "status": "break", "since_ms": 1}

PEOPLE = {
    "ana, an agent": a_person("ana"),
    "bob, an agent": a_person("bob"),
    "sue, a supervisor": a_person("sue", "supervisor"),
    "max, an admin": a_person("max", "admin"),
    "olga of operations": a_person("olga", "ops", phone=""),
    "lee, an analyst": a_person("lee", "analyst", phone=""),
    "ron, an agent who reviews": a_person("ron", may=frozenset({May.REVIEW})),
}
#                  ana      bob      sue    max    olga         lee          ron
TABLE = [
    (QUEUE, (WHOLE, WHOLE, WHOLE, WHOLE, WHOLE, WHOLE, WHOLE)),
    (AGENT, (WHOLE, NOTHING, WHOLE, WHOLE, STATES_ONLY, STATES_ONLY, NOTHING)),
    (OFFER, (WHOLE, NOTHING, WHOLE, WHOLE, NOTHING, NOTHING, NOTHING)),
    (CALL, (WHOLE, NOTHING, WHOLE, WHOLE, NOTHING, NOTHING, NOTHING)),
    (LONELY_CALL, (NOTHING, NOTHING, WHOLE, WHOLE, NOTHING, NOTHING, NOTHING)),
    (CALLBACK, (WHOLE, WHOLE, WHOLE, WHOLE, NOTHING, NOTHING, NOTHING)),
    (REPORT, (WHOLE, NOTHING, WHOLE, WHOLE, NOTHING, NOTHING, WHOLE)),
]
IDS = ["queue", "agent", "offer", "call of ana", "call of nobody", "callback", "report"]


def seen_by(name: str, event: tuple[str, dict[str, Any]]) -> Any:
    """What that person's page shows of the event: the first of the audiences where he listens counts."""
    shown = {audience: data for data, audiences in showings(*event) for audience in audiences}
    return next((shown[one] for one in audiences_of(PEOPLE[name]) if one in shown), NOTHING)


@pytest.mark.parametrize(("event", "row"), TABLE, ids=IDS)
def test_everybody_sees_what_is_meant_for_him(
    event: tuple[str, dict[str, Any]], row: tuple[Any, ...]
) -> None:
    whole = {name: value for name, value in event[1].items() if name != "concerns"}
    wanted = [whole if one == WHOLE else one for one in row]
    assert [seen_by(name, event) for name in PEOPLE] == wanted


def test_every_kind_is_in_the_table() -> None:
    assert {event[0] for event, _ in TABLE} == set(Kind)


@pytest.mark.parametrize("kind", ["", "secret", "offers"])
def test_a_kind_that_is_not_in_the_table_is_shown_to_nobody(kind: str) -> None:
    assert list(showings(kind, {"agent": "ana"})) == []


@pytest.mark.parametrize(
    "strange", [{}, {"agent": None}, {"agent": 7}, {"concerns": "ana"}, {"concerns": [None, 3, ["x"]]}]
)
@pytest.mark.parametrize("kind", list(Kind))
def test_data_that_is_not_as_it_should_be_reaches_only_those_who_see_all(kind: Kind, strange: Any) -> None:
    audiences = {audience for _, found in showings(kind, strange) for audience in found}
    assert not any(audience.startswith("person:") for audience in audiences)
    assert (EVERYBODY in audiences) == (kind is Kind.QUEUE)
    assert (SUPERVISION in audiences) == (kind is not Kind.QUEUE)


def test_somebody_of_operations_who_takes_calls_sees_his_own_state_whole() -> None:
    assert audiences_of(a_person("Olga", "ops"))[0] == "person:olga"
