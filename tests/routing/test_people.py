"""People in Redis: added once, found by key, shut out at once; nothing secret is kept."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from routing.floor import Floor
from routing.rules.agent_states import AgentState
from routing.rules.people import May, Person
from routing.store.people import NameTaken, UnknownManager, UnknownPerson
from tests.ivr.voice.scenes import everything
from tests.routing.staff import CREATED, a_key, a_person, an_agent


def disable(floor: Floor, name: str) -> bool:
    return floor.people.disable(name, by="tests", at=CREATED + timedelta(days=1))


def audited(floor: Floor) -> list[dict[str, str]]:
    return [entry for _, entry in floor.store.run(lambda redis: redis.xrange(floor.keys.audit))]


@pytest.mark.parametrize(
    "person",
    [
        a_person(),
        a_person("Sam", "supervisor", phone=""),
        a_person(
            skills={"general": 1, "specialist": 3},
            certified=True,
            languages=("en", "es"),
            alias="Ana M.",
            staff_number="A-17",
            may=frozenset(May),
        ),
    ],
    ids=["an agent", "a supervisor without a telephone", "with everything"],
)
def test_a_person_is_found_as_added(floor: Floor, person: Person) -> None:
    assert floor.people.add(person, by="tests") == ""
    assert floor.people.find(person.id) == person
    assert floor.people.find(person.id.upper()) == person
    assert floor.people.everybody() == [person]


def test_everybody_is_listed_by_name_the_disabled_too(floor: Floor) -> None:
    for name in ("zoe", "Ben", "ana"):
        an_agent(floor, name)
    disable(floor, "Ben")
    assert [(person.id, person.enabled) for person in floor.people.everybody()] == [
        ("ana", True),
        ("Ben", False),
        ("zoe", True),
    ]


def test_nobody_is_found_under_another_name(floor: Floor) -> None:
    assert floor.people.find("ana") is None
    assert floor.people.everybody() == []
    with pytest.raises(UnknownPerson):
        disable(floor, "ana")


@pytest.mark.parametrize("again", ["ana", "ANA"])
def test_a_name_is_given_once_also_after_its_person_left(floor: Floor, again: str) -> None:
    an_agent(floor, "ana")
    disable(floor, "ana")
    with pytest.raises(NameTaken, match="already"):
        an_agent(floor, again)
    assert [person.enabled for person in floor.people.everybody()] == [False]


@pytest.mark.parametrize("race", range(5))
def test_of_many_who_add_one_name_at_once_one_succeeds(floor: Floor, race: int) -> None:
    def add(_: int) -> str:
        try:
            return a_key(floor, "ana")
        except NameTaken:
            return ""

    with ThreadPoolExecutor(10) as pool:
        keys = list(filter(None, pool.map(add, range(10))))
    assert len(keys) == 1
    assert [entry["what"] for entry in audited(floor)] == ["add_person"]
    assert floor.store.client.hlen(floor.keys.api_keys) == 1


def test_a_request_that_redis_had_already_done_succeeds_when_it_is_sent_again(floor: Floor) -> None:
    """The client sends again what was not answered in time."""
    add = floor.people._add

    def unanswered(*words: Any) -> object:
        add(*words)
        return add(*words)

    floor.people._add = unanswered  # type: ignore[assignment]
    key = a_key(floor, "ana")
    assert len(audited(floor)) == 1
    found = floor.people.by_key(key)
    assert found is not None
    assert found.id == "ana"


def test_a_manager_is_somebody_who_was_added(floor: Floor) -> None:
    with pytest.raises(UnknownManager, match="nobody is called sam"):
        an_agent(floor, "ana", manager="sam")
    assert floor.people.find("ana") is None
    an_agent(floor, "Sam")
    an_agent(floor, "ana", manager="sam")
    found = floor.people.find("ana")
    assert found is not None
    assert found.manager == "Sam"


def test_a_key_names_its_person_and_no_other_text_does(floor: Floor) -> None:
    keys = {name: a_key(floor, name) for name in ("ana", "ben")}
    for name, key in keys.items():
        found = floor.people.by_key(key)
        assert found is not None
        assert found.id == name
    for wrong in ("", "calmline_", keys["ana"][:-1], keys["ana"] + "=", keys["ana"].upper(), "\udc80"):
        assert floor.people.by_key(wrong) is None


def test_a_disabled_person_s_key_works_no_more_and_it_is_audited_once(floor: Floor) -> None:
    key = a_key(floor)
    assert disable(floor, "ANA")
    assert floor.people.by_key(key) is None
    assert not disable(floor, "ana")
    assert [(entry["what"], entry["person"], entry["by"]) for entry in audited(floor)] == [
        ("add_person", "ana", "tests"),
        ("disable_person", "ANA", "tests"),
    ]
    assert all(int(entry["at_ms"]) > 0 for entry in audited(floor))


def test_a_person_whose_key_outlived_the_disabling_is_shut_out_all_the_same(floor: Floor) -> None:
    key = a_key(floor)
    floor.store.client.hset(floor.keys.person("ana"), "enabled", "0")
    assert floor.people.by_key(key) is None


def test_whoever_is_disabled_is_offline_at_once_or_after_the_call(floor: Floor) -> None:
    for name in ("ana", "ben"):
        an_agent(floor, name)
        floor.agents.set_status(name, AgentState.AVAILABLE)
    floor.agents.reserve("ben", "attempt-1")
    for name in ("ana", "ben"):
        disable(floor, name)
    assert floor.agents.read("ana").status is AgentState.OFFLINE
    assert floor.agents.read("ben").status is AgentState.RESERVED
    assert floor.agents.release("ben", "attempt-1")
    assert floor.agents.read("ben").status is AgentState.OFFLINE


def test_neither_key_nor_pin_is_kept(floor: Floor) -> None:
    key = floor.people.add(a_person(), pin="73910542", with_api_key=True, by="tests")
    kept = json.dumps(everything(floor))
    assert key not in kept
    assert "73910542" not in kept
    assert len(key) > 50


def test_a_pin_is_recognised_while_its_person_works_here(floor: Floor) -> None:
    floor.people.add(a_person(), pin="1234", by="tests")
    an_agent(floor, "ben")
    assert floor.people.pin_is_right("ana", "1234")
    assert not floor.people.pin_is_right("ana", "1235")
    assert not floor.people.pin_is_right("ben", "")
    assert not floor.people.pin_is_right("zoe", "1234")
    disable(floor, "ana")
    assert not floor.people.pin_is_right("ana", "1234")


def test_equal_pins_are_kept_differently(floor: Floor) -> None:
    for name in ("ana", "ben"):
        floor.people.add(a_person(name), pin="1234", by="tests")
    ana, ben = (floor.store.client.hget(floor.keys.person(name), "pin") for name in ("ana", "ben"))
    assert ana != ben
