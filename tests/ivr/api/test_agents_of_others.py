"""/agents: who leads sees what everybody is doing, and says what somebody does next."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from routing.floor import Floor
from routing.rules.agent_states import AgentState
from tests.ivr.api.conftest import Asking, refused
from tests.ivr.voice.scenes import later
from tests.routing.staff import ANA, CREATED, a_key, an_agent


@pytest.fixture
def sam(app: Flask, floor: Floor) -> Asking:
    """A supervisor without a telephone, asking."""
    return Asking(app.test_client(), a_key(floor, "sam", "supervisor", phone=""))


def audited(floor: Floor) -> list[dict[str, str]]:
    entries = floor.store.client.xrange(floor.keys.audit)
    return [fields for _, fields in entries if fields["what"] == "force_status"]


def test_the_list_has_everybody_who_takes_calls_and_no_telephone_number(
    app: Flask, sam: Asking, floor: Floor
) -> None:
    an_agent(floor, "ben", phone="client:ben", skills={"general": 2}, certified=True, languages=("en",))
    an_agent(floor, "ana")
    an_agent(floor, "lea", role="supervisor", phone="sip:lea@example.com")
    an_agent(floor, "olga", role="ops")
    an_agent(floor, "gone")
    floor.people.disable("gone", by="tests", at=CREATED)
    floor.agents.set_status("ben", AgentState.BREAK, reason="lunch")
    answer = sam("GET", "/agents")
    assert ANA not in answer.text
    said = answer.get_json()
    assert said["next"] is None
    ana, ben, lea = said["items"]
    assert (ana["id"], ana["status"], ana["phone"], ana["since"]) == (
        "ana",
        "offline",
        "number",
        CREATED.isoformat(),
    )
    assert ben == {
        "id": "ben",
        "role": "agent",
        "status": "break",
        "since": ben["since"],
        "reason": "lunch",
        "next_status": None,
        "skills": {"general": 2},
        "certified": True,
        "languages": ["en"],
        "phone": "client",
        "offer": None,
        "call": None,
        "recovery_until": None,
    }
    assert (lea["id"], lea["role"], lea["phone"]) == ("lea", "supervisor", "sip")


def test_the_list_comes_by_state_by_time_and_page_by_page(sam: Asking, floor: Floor) -> None:
    for name in ("ana", "Ben", "cyd"):
        an_agent(floor, name)
        floor.agents.set_status(name, AgentState.AVAILABLE)
    later(floor, minutes=10)
    since = floor.clock.now(floor.store) - timedelta(minutes=1)
    floor.agents.set_status("cyd", AgentState.BREAK)

    def names(query: str) -> tuple[list[str], Any]:
        said = sam("GET", f"/agents?{query}").get_json()
        return [one["id"] for one in said["items"]], said["next"]

    assert names("state=available") == (["ana", "Ben"], None)
    assert names(f"since={since.isoformat()}") == (["cyd"], None)
    assert names("limit=2") == (["ana", "Ben"], "Ben")
    assert names("limit=2&after=Ben") == (["cyd"], None)
    refused(sam("GET", "/agents?state=asleep"), 422, "invalid")
    refused(sam("GET", "/agents?stat=available"), 422, "invalid")


@pytest.mark.parametrize("status", ["available", "break", "offline"])
def test_a_supervisor_sets_a_status_at_once_and_it_is_audited(sam: Asking, floor: Floor, status: str) -> None:
    an_agent(floor)
    said = sam("PUT", "/agents/ANA", {"status": status, "reason": "went home"}).get_json()
    assert (said["id"], said["status"], said["next_status"]) == ("ana", status, None)
    assert said["reason"] == "went home"
    assert floor.agents.read("ana").status == status
    [entry] = audited(floor)
    assert {name: entry[name] for name in ("by", "person", "status", "reason")} == {
        "by": "sam",
        "person": "ana",
        "status": status,
        "reason": "went home",
    }


def test_whom_a_call_has_does_it_afterwards(sam: Asking, floor: Floor) -> None:
    an_agent(floor)
    floor.agents.set_status("ana", AgentState.AVAILABLE)
    floor.agents.reserve("ana", "attempt-1")
    said = sam("PUT", "/agents/ana", {"status": "break", "reason": "training"}).get_json()
    assert (said["status"], said["next_status"], said["offer"]) == ("reserved", "break", "attempt-1")
    floor.agents.release("ana", "attempt-1")
    now = floor.agents.read("ana")
    assert (now.status, now.reason) == ("break", "training")


@pytest.mark.parametrize("name", ["nobody", "olga", "gone"])
def test_who_takes_no_calls_has_no_status_to_set(sam: Asking, floor: Floor, name: str) -> None:
    an_agent(floor, "olga", role="ops")
    an_agent(floor, "gone")
    floor.people.disable("gone", by="tests", at=CREATED)
    refused(sam("PUT", f"/agents/{name}", {"status": "available"}), 404, "not_found")
    assert audited(floor) == []


@pytest.mark.parametrize("status", ["reserved", "on_call", "not_answering", ""])
def test_only_what_agents_may_ask_for_is_forced(sam: Asking, floor: Floor, status: str) -> None:
    an_agent(floor)
    refused(sam("PUT", "/agents/ana", {"status": status}), 422, "invalid")


def test_what_an_agent_says_himself_is_not_audited(ana: Asking, floor: Floor) -> None:
    ana("PUT", "/agents/me", {"status": "available"})
    assert audited(floor) == []
    refused(ana("GET", "/agents"), 403, "not_allowed")
    refused(ana("PUT", "/agents/ana", {"status": "break"}), 403, "not_allowed")
