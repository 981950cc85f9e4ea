"""/callers: what agents and supervisors see, what supervisors change, and that looks are audited."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from callbacks.booking import Wanted, book
from callbacks.ledger import open_ledger
from callbacks.rules.states import Kind
from routing.floor import Floor
from routing.rules.caller import Identity, Override, Treatment
from routing.rules.conduct_events import Linked
from routing.store.on_disk import OnDisk
from tests.ivr.api.conftest import Asking, refused
from tests.routing.reported import NUMBER, a_report, upheld
from tests.routing.staff import a_key, an_agent

FOR_AGENTS = {"id", "label", "support_need", "banner", "promised"}
FOR_SUPERVISORS = FOR_AGENTS | {
    "treatment",
    "stage",
    "reasons",
    "offences",
    "open_reports",
    "protected",
    "nuisance_until",
    "override",
    "links",
    "identity",
    "shared",
}


@pytest.fixture(autouse=True)
def _without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OnDisk, "wait", lambda *_: None)


@pytest.fixture
def sam(app: Flask, floor: Floor) -> Asking:
    """A supervisor, asking."""
    return Asking(app.test_client(), a_key(floor, "sam", "supervisor", phone=""))


def reported(floor: Floor, **special: Any) -> str:
    """A report of abuse, filed in the ledger; its id."""
    return a_report(floor, **special).id


def audited(floor: Floor) -> list[dict[str, str]]:
    entries = floor.store.client.xrange(floor.keys.audit)
    return [entry for _, entry in entries if entry["what"] == "look"]


def looked_up(who: Asking, **body: str) -> dict[str, Any]:
    answer = who("POST", "/callers/lookup", body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def test_a_caller_whom_nobody_knows_is_a_normal_one(ana: Asking, sam: Asking, olga: Asking) -> None:
    assert set(looked_up(olga, number=NUMBER)) == FOR_AGENTS, "who does not lead sees as agents do"
    seen = looked_up(ana, number="415 555 0142")
    assert set(seen) == FOR_AGENTS
    assert (seen["label"], seen["banner"], seen["promised"]) == ("Caller ending in 42", "", [])
    seen = looked_up(sam, number=NUMBER)
    assert set(seen) == FOR_SUPERVISORS
    assert (seen["treatment"], seen["stage"], seen["links"], seen["offences"]) == ("normal", 0, [], [])
    assert NUMBER not in seen["id"]


def test_agents_see_that_a_call_ended_and_supervisors_why(ana: Asking, sam: Asking, floor: Floor) -> None:
    an_agent(floor, "ben", phone="+14155550161", manager="sam")
    report = a_report(floor, adviser="ben")
    seen = looked_up(ana, number=NUMBER)
    assert set(seen) == FOR_AGENTS
    assert seen["banner"] == "Earlier call ended today; owner sam"
    assert "fool" not in str(seen)
    seen = looked_up(sam, number=NUMBER)
    assert [one["id"] for one in seen["open_reports"]] == [report.id]
    assert (seen["treatment"], seen["stage"], seen["offences"]) == ("team_leader", 0, [])
    upheld(floor, report)
    assert looked_up(ana, number=NUMBER)["banner"] == ""
    seen = looked_up(sam, number=NUMBER)
    assert (seen["stage"], seen["open_reports"]) == (1, [])
    [offence] = seen["offences"]
    assert (offence["counts"], offence["remedy"], offence["category"]) == (True, "follow_up_call", "swearing")
    assert offence["said"].startswith("counts, until ")
    assert seen["reasons"] == [f"Stage 1: 1 upheld, live: {report.id}."]
    [link] = seen["links"]
    assert (link["address"], link["lapsed"]) == (NUMBER, False)


def test_an_adviser_without_a_manager_leaves_it_to_the_team_leader(ana: Asking, floor: Floor) -> None:
    reported(floor)
    assert looked_up(ana, number=NUMBER)["banner"] == "Earlier call ended today; owner team leader"


def test_promised_calls_are_shown_without_what_they_are_about(ana: Asking, floor: Floor) -> None:
    wanted = Wanted(number=NUMBER, kind=Kind.PROMISED, brief="about the refund", owner="ana")
    booked = book(floor, open_ledger(floor), wanted, by="ana")
    [promised] = looked_up(ana, number=NUMBER)["promised"]
    assert booked.due_at is not None
    assert promised == {"id": booked.id, "kind": "promised", "due_at": booked.due_at.isoformat()}


def test_every_look_is_audited_under_an_id(ana: Asking, sam: Asking, floor: Floor) -> None:
    ids = [looked_up(ana, number=NUMBER)["id"]]
    reported(floor)
    ids.append(looked_up(sam, number=NUMBER)["id"])
    entries = audited(floor)
    assert [entry["caller"] for entry in entries] == ids
    assert [entry["by"] for entry in entries] == ["ana", "sam"]
    assert all(int(entry["at_ms"]) > 0 for entry in entries)
    assert NUMBER not in str(entries)


def test_two_callers_at_one_number_are_two(sam: Asking, floor: Floor) -> None:
    upheld(floor, a_report(floor, customer_id="K1"))
    reported(floor, customer_id="K2", call="CA2")
    first, second = looked_up(sam, address="customer:K1"), looked_up(sam, address="customer:K2")
    assert (first["stage"], second["stage"]) == (1, 0)
    assert first["id"] == looked_up(sam, number=NUMBER)["id"] != second["id"]
    assert [one["address"] for one in second["links"]] == ["customer:K2"]


def test_a_number_that_may_be_somebody_else_s_by_now_tells_agents_nothing(
    ana: Asking, sam: Asking, floor: Floor
) -> None:
    report_id = reported(floor)
    seen = looked_up(sam, number=NUMBER)
    assert sam("PATCH", f"/callers/{seen['id']}", {"name": "Dora Diaz"}).status_code == 200
    assert looked_up(ana, number=NUMBER)["label"] == "Dora Diaz"
    long_ago = floor.clock.now(floor.store) - timedelta(days=91)
    floor.store.client.hset(floor.keys.standing(NUMBER), "last_contact_ms", int(long_ago.timestamp() * 1000))
    seen = looked_up(ana, number=NUMBER)
    assert (seen["label"], seen["banner"]) == ("Caller ending in 42", "")
    assert sam("PATCH", f"/callers/{seen['id']}", {"support_need": "speak slowly"}).status_code == 200
    seen = looked_up(sam, number=NUMBER)
    assert (seen["label"], seen["identity"]) == ("Dora Diaz", Identity.LINK_LAPSED)
    assert seen["links"][0]["lapsed"] is True
    assert seen["open_reports"][0]["id"] == report_id


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"number": "anonymous"},
        {"number": NUMBER, "address": "a@example.com"},
        {"address": "somewhere"},
        {"phone": NUMBER},
    ],
)
def test_what_is_neither_number_nor_address_is_refused(ana: Asking, body: dict[str, str]) -> None:
    refused(ana("POST", "/callers/lookup", body), 422, "invalid")


def test_a_supervisor_marks_a_caller_whom_he_looked_up(sam: Asking, ana: Asking, floor: Floor) -> None:
    seen = looked_up(sam, number=NUMBER)
    body = {
        "protected": True,
        "support_need": "allow extra time",
        "name": "Dora Diaz",
        "email": "Dora@Example.com",
        "customer_id": "K7",
        "add_address": "+14155550143",
        "shared": False,
    }
    answer = sam("PATCH", f"/callers/{seen['id']}", body)
    assert answer.status_code == 200, answer.text
    changed = answer.get_json()
    assert set(changed) == FOR_SUPERVISORS
    assert (changed["protected"], changed["support_need"], changed["label"]) == (
        True,
        "allow extra time",
        "Dora Diaz",
    )
    assert [one["address"] for one in changed["links"]] == [
        NUMBER,
        "dora@example.com",
        "customer:K7",
        "+14155550143",
    ]
    assert floor.standings.read("+14155550143").is_protected
    assert looked_up(ana, number="+14155550143")["support_need"] == "allow extra time"
    answer = sam("PATCH", f"/callers/{changed['id']}", {"protected": False, "shared": True})
    assert (answer.get_json()["protected"], answer.get_json()["shared"]) == (False, True)
    assert floor.standings.read(NUMBER).is_shared
    assert not floor.standings.read(NUMBER).is_protected


def test_a_mark_of_an_earlier_version_is_seen_and_taken_away(sam: Asking, floor: Floor) -> None:
    at = floor.clock.now(floor.store)
    floor.standings.protect(NUMBER, True, need="speak slowly", by="ops", at=at)
    override = Override(Treatment.SPECIALIST, at + timedelta(days=3), "by hand", "ops")
    floor.standings.override(NUMBER, override, at=at)
    seen = looked_up(sam, number=NUMBER)
    assert (seen["protected"], seen["support_need"], seen["treatment"]) == (
        True,
        "speak slowly",
        "specialist",
    )
    assert (seen["override"]["reason"], seen["override"]["by"]) == ("by hand", "ops")
    changed = sam("PATCH", f"/callers/{seen['id']}", {"protected": False}).get_json()
    assert changed["protected"] is False
    assert not floor.standings.read(NUMBER).is_protected


def test_an_address_of_somebody_else_is_not_taken_and_nothing_is_changed(sam: Asking, floor: Floor) -> None:
    reported(floor, customer_id="K1")
    other = looked_up(sam, number="+14155550143")
    body = {"name": "Dora", "email": "dora@example.com", "customer_id": "K1"}
    refused(sam("PATCH", f"/callers/{other['id']}", body), 409, "address_taken")
    assert floor.offences.dossiers.caller_of("dora@example.com") == ""
    assert looked_up(sam, number="+14155550143")["label"] == "Caller ending in 43"


def test_only_supervisors_mark_callers_and_only_those_who_were_found(sam: Asking, ana: Asking) -> None:
    seen = looked_up(ana, number=NUMBER)
    refused(ana("PATCH", f"/callers/{seen['id']}", {"shared": True}), 403, "not_allowed")
    for unknown in ("nobody", "n0123456789abcdef01234567"):
        refused(sam("PATCH", f"/callers/{unknown}", {"shared": True}), 404, "not_found")
    refused(sam("PATCH", f"/callers/{seen['id']}", {"shaerd": True}), 422, "invalid")


def test_a_ledger_that_cannot_be_read_is_said_to_be_broken(sam: Asking, floor: Floor) -> None:
    floor.offences.append(
        "c1",
        Linked(id="l1", at=floor.clock.now(floor.store), by="ops", address=NUMBER),
        floor.terms(),
    )
    floor.store.client.hset(floor.keys.ledger_head, "key_mark", "another")
    refused(sam("POST", "/callers/lookup", {"number": NUMBER}), 503, "ledger_broken")
