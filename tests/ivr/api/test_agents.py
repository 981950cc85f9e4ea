"""/agents/me: an agent's own status."""

from datetime import datetime, timedelta

import pytest
from flask import Flask

from routing.floor import Floor
from tests.ivr.api.conftest import Asking, refused
from tests.ivr.voice.scenes import later
from tests.routing.staff import ANA, CREATED, a_key


def test_an_agent_sees_what_he_is_doing(ana: Asking) -> None:
    assert ana("GET", "/agents/me").get_json() == {
        "status": "offline",
        "since": CREATED.isoformat(),
        "reason": "",
        "next_status": None,
        "skills": {"general": 1, "specialist": 2},
        "phone": ANA,
        "offer": None,
        "call": None,
        "recovery_until": None,
    }


def test_an_agent_signs_in_takes_a_break_and_signs_out(ana: Asking, floor: Floor) -> None:
    for status, reason in (("available", ""), ("break", "lunch"), ("available", ""), ("offline", "")):
        before = floor.clock.now(floor.store)
        answer = ana("PUT", "/agents/me", {"status": status, "reason": reason})
        assert answer.status_code == 200
        said = answer.get_json()
        assert (said["status"], said["reason"], said["next_status"]) == (status, reason, None)
        since = datetime.fromisoformat(said["since"])
        assert timedelta(0) <= since - before < timedelta(seconds=5)
        assert ana("GET", "/agents/me").get_json() == said
        later(floor, minutes=10)


def test_while_a_call_is_coming_the_wish_stands_for_afterwards(ana: Asking, floor: Floor) -> None:
    ana("PUT", "/agents/me", {"status": "available"})
    floor.agents.reserve("ana", "attempt-1")
    said = ana("PUT", "/agents/me", {"status": "break", "reason": "lunch"}).get_json()
    assert (said["status"], said["next_status"], said["offer"]) == ("reserved", "break", "attempt-1")
    floor.agents.release("ana", "attempt-1")
    said = ana("GET", "/agents/me").get_json()
    assert (said["status"], said["next_status"], said["offer"]) == ("break", None, None)
    assert said["reason"] == "lunch"


@pytest.mark.parametrize("role", ["supervisor", "admin"])
def test_who_leads_has_a_status_with_a_telephone_only(app: Flask, floor: Floor, role: str) -> None:
    rung = Asking(app.test_client(), a_key(floor, "sam", role))
    assert rung("PUT", "/agents/me", {"status": "available"}).get_json()["status"] == "available"
    unreachable = Asking(app.test_client(), a_key(floor, "ben", role, phone=""))
    refused(unreachable("PUT", "/agents/me", {"status": "available"}), 403, "not_allowed")


def test_each_has_his_own_status(ana: Asking, app: Flask, floor: Floor) -> None:
    ben = Asking(app.test_client(), a_key(floor, "ben"))
    ana("PUT", "/agents/me", {"status": "available"})
    assert ben("GET", "/agents/me").get_json()["status"] == "offline"


def test_a_head_is_a_get_without_its_body(ana: Asking) -> None:
    answer = ana("HEAD", "/agents/me")
    assert (answer.status_code, answer.data) == (200, b"")
