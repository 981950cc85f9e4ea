"""/callbacks: who may promise, see, end and tell of a call, and each refusal in its shape."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from callbacks.ledger import Ledger
from callbacks.records import Attempt
from callbacks.rules.states import State, Step
from ivr.voice.exchange import exchange
from routing.floor import Floor
from routing.rules.people import May
from tests.callbacks.promises import CUSTOMER, dialled, now_in
from tests.callbacks.rules.test_dialable import hostile
from tests.ivr.api.conftest import Asking, refused
from tests.ivr.voice.scenes import set_clock
from tests.routing.staff import a_key

MONDAY = datetime(2030, 11, 25, 15, 0, tzinfo=UTC)
AT = "2030-11-25T13:00-05:00"
CONTRACT = {
    "id", "kind", "caller", "due_at", "state", "step", "attempts", "owner", "brief", "outcome",
}  # fmt: skip


@pytest.fixture
def floor(floor: Floor) -> Floor:
    """On a Monday at ten in New York, on a server that syncs at once."""
    set_clock(floor, MONDAY)
    return floor


@pytest.fixture
def ledger(app: Flask, floor: Floor) -> Any:
    floor.store.client.config_set("appendfsync", "always")
    with app.app_context():
        yield exchange().ledger
    floor.store.client.config_set("appendfsync", "everysec")


@pytest.fixture
def person(app: Flask, floor: Floor, ledger: Ledger) -> Callable[..., Asking]:
    """Somebody new, asking."""
    return lambda name, role="agent", **special: Asking(
        app.test_client(), a_key(floor, name, role, **special)
    )


@pytest.fixture
def boss(person: Callable[..., Asking]) -> Asking:
    return person("boss", "supervisor")


def promised(who: Asking, **special: Any) -> dict[str, Any]:
    """Booked by somebody; the row."""
    answer = promise(who, **special)
    assert answer.status_code == 201, answer.text
    row: dict[str, Any] = answer.get_json()
    return row


def promise(who: Asking, **special: Any) -> TestResponse:
    plain = {"number": CUSTOMER, "kind": "promised", "brief": "The refund.", "at": AT}
    return who("POST", "/callbacks", plain | special)


def test_a_call_is_promised_and_shown(ana: Asking, ledger: Ledger) -> None:
    row = promised(ana, name="Ms Lee", note="cross", exclude=[], owner=None)
    assert set(row) >= CONTRACT
    assert (row["kind"], row["state"], row["step"], row["owner"]) == ("promised", "booked", None, "ana")
    assert (row["due_at"], row["attempts"], row["outcome"]) == ("2030-11-25T18:00:00+00:00", [], None)
    assert (row["number"], row["name"], row["note"], row["brief"]) == (
        CUSTOMER, "Ms Lee", "cross", "The refund.",
    )  # fmt: skip
    assert CUSTOMER not in row["caller"]
    assert ana("GET", f"/callbacks/{row['id']}").get_json() == row
    assert ana("GET", "/callbacks").get_json() == {"items": [row], "next": None}


@pytest.mark.parametrize(
    ("special", "field"),
    [
        ({"number": "+19005550100"}, "number"),
        ({"number": "sip:ann@example.com"}, "number"),
        ({"number": 12125550142}, "number"),
        ({"number": "1" * 200}, "number"),
        ({"kind": "nuisance"}, "kind"),
        ({"kind": None}, "kind"),
        ({"brief": ""}, "brief"),
        ({"at": "2030-11-25T13:00"}, "at"),
        ({"at": "tomorrow"}, "at"),
        ({"at": "2032-11-25T13:00-05:00"}, "at"),
        ({"owner": "nobody"}, "owner"),
        ({"kind": "follow_up", "owner": "ana"}, "owner"),
        ({"owner": "ana", "exclude": ["ana"]}, "owner"),
        ({"exclude": ["nobody"]}, "exclude"),
        ({"exclude": "ana"}, "exclude"),
        ({"exclude": [1]}, "exclude.0"),
        ({"line": "nowhere"}, "line"),
        ({"name": "x" * 300}, "name"),
        ({"nmae": "Lee"}, "nmae"),
    ],
)
def test_what_cannot_be_promised_names_its_field(
    ana: Asking, ledger: Ledger, special: dict[str, Any], field: str
) -> None:
    said = refused(promise(ana, **special), 422, "invalid")
    assert list(said["fields"]) == [field]
    assert ledger.listed().items == ()


def test_a_second_of_the_kind_names_the_first(ana: Asking, boss: Asking) -> None:
    first = promised(ana)
    assert first["id"] in refused(promise(boss), 409, "already_open")["message"]


def test_hostile_numbers_are_all_refused_at_the_door(ana: Asking, ledger: Ledger) -> None:
    for number in hostile(random.Random(10), 2000):
        assert promise(ana, number=number).status_code == 422, number
    assert ledger.listed().items == ()


def test_agents_see_what_they_own_or_booked_and_supervisors_all(
    ana: Asking, boss: Asking, person: Callable[..., Asking]
) -> None:
    bob = person("bob")
    his = promised(bob)
    hers = promised(ana, number="+12125550143", owner="bob")
    assert ids(ana) == [hers["id"]]
    assert sorted(ids(bob)) == sorted(ids(boss)) == sorted([his["id"], hers["id"]])
    assert ana("GET", f"/callbacks/{his['id']}").status_code == 404
    for action, body in (("cancel", None), ("voicemail", None), ("letter-sent", None)):
        refused(ana("POST", f"/callbacks/{his['id']}/{action}", body), 404, "not_found")
    refused(ana("POST", f"/callbacks/{his['id']}/outcome", {"result": "reached"}), 404, "not_found")
    assert bob("GET", f"/callbacks/{his['id']}").get_json()["state"] == "booked"


def ids(who: Asking, query: str = "") -> list[str]:
    return [row["id"] for row in who("GET", f"/callbacks{query}").get_json()["items"]]


def test_whoever_may_follow_up_sees_his_calls_whatever_his_role(
    boss: Asking, person: Callable[..., Asking]
) -> None:
    olga = person("olga", "ops", may=frozenset({May.FOLLOW_UP}))
    row = promised(boss, kind="follow_up", owner="olga")
    assert ids(olga) == [row["id"]]


def test_the_list_goes_by_pages_states_and_moments(boss: Asking, ledger: Ledger) -> None:
    rows = [
        promised(boss, number=f"+1212555014{n}", at=f"2030-11-25T1{n % 3 + 2}:00-05:00") for n in range(6)
    ]
    now_in(ledger, rows[0]["id"], State.CANCELLED)
    by_due = [row["id"] for row in sorted(rows, key=lambda row: (row["due_at"], row["id"]))]
    assert ids(boss) == by_due
    assert ids(boss, "?state=cancelled") == [rows[0]["id"]]
    assert ids(boss, "?since=2030-11-25T19:00:00+00:00") == by_due[4:]
    first = boss("GET", "/callbacks?limit=4").get_json()
    rest = boss("GET", f"/callbacks?limit=4&after={first['next']}").get_json()
    assert [row["id"] for row in first["items"] + rest["items"]] == by_due
    assert rest["next"] is None


@pytest.mark.parametrize(
    "query", ["state=open", "since=yesterday", "limit=0", "limit=x", "after=x", "after=1", "who=ana"]
)
def test_a_list_that_is_not_understood_is_refused(ana: Asking, query: str) -> None:
    refused(ana("GET", f"/callbacks?{query}"), 422, "invalid")


def test_a_call_is_called_off_with_a_reason_or_without(ana: Asking, ledger: Ledger) -> None:
    row = promised(ana)
    answer = ana("POST", f"/callbacks/{row['id']}/cancel", {"reason": "solved by mail"})
    assert (answer.get_json()["state"], answer.get_json()["because"]) == ("cancelled", "solved by mail")
    other = promised(ana)
    assert ana("POST", f"/callbacks/{other['id']}/cancel").get_json()["state"] == "cancelled"
    refused(ana("POST", f"/callbacks/{other['id']}/cancel", {"why": ""}), 422, "invalid")


def test_too_late_to_call_off(ana: Asking, ledger: Ledger) -> None:
    row = promised(ana)
    dialled(ledger, row["id"], Step.OWNER_READY, Step.CUSTOMER_POSTED)
    refused(ana("POST", f"/callbacks/{row['id']}/cancel"), 409, "too_late")
    shown = ana("GET", f"/callbacks/{row['id']}").get_json()
    assert (shown["state"], shown["step"]) == ("dialling", "customer_posted")


WHOLE = {
    "result": "reached",
    "standard_explained": True,
    "apology": True,
    "agreed": "a refund by Friday",
    "original_problem": "The refund is on its way.",
    "support_need": None,
    "next_step": "none",
    "do_not_call": False,
}


def test_an_outcome_is_written_down(ana: Asking, ledger: Ledger) -> None:
    row = promised(ana)
    now_in(ledger, row["id"], State.REACHED)
    after = ana("POST", f"/callbacks/{row['id']}/outcome", WHOLE).get_json()
    assert after["state"] == "done"
    assert after["outcome"] == WHOLE | {
        "support_need": "", "by": "ana", "at": after["outcome"]["at"],
    }  # fmt: skip
    refused(ana("POST", f"/callbacks/{row['id']}/outcome", WHOLE), 409, "not_open")


@pytest.mark.parametrize(
    "body", [{}, {"result": "angry"}, {"result": "reached", "apology": [1]}, {"result": "reached", "x": 1}]
)
def test_an_outcome_that_is_none(ana: Asking, ledger: Ledger, body: dict[str, Any]) -> None:
    row = promised(ana)
    refused(ana("POST", f"/callbacks/{row['id']}/outcome", body), 422, "invalid")


def test_an_outcome_too_early(ana: Asking, ledger: Ledger) -> None:
    row = promised(ana)
    refused(ana("POST", f"/callbacks/{row['id']}/outcome", {"result": "busy"}), 409, "no_attempt")
    dialled(ledger, row["id"], Step.OWNER_READY, Step.CUSTOMER_POSTED, Step.TALKING)
    refused(ana("POST", f"/callbacks/{row['id']}/outcome", {"result": "busy"}), 409, "still_talking")
    refused(ana("POST", f"/callbacks/{row['id']}/letter-sent"), 409, "no_letter_due")


def test_whoever_wants_no_calls_gets_a_letter_and_no_other_call(ana: Asking, ledger: Ledger) -> None:
    row = promised(ana)
    now_in(ledger, row["id"], State.REACHED)
    after = ana("POST", f"/callbacks/{row['id']}/outcome", WHOLE | {"do_not_call": True}).get_json()
    assert after["state"] == "letter_due"
    refused(promise(ana), 409, "do_not_call")
    assert ana("POST", f"/callbacks/{row['id']}/letter-sent").get_json()["state"] == "done"


def test_a_voicemail_is_told_by_the_speaker_alone(ana: Asking, boss: Asking, ledger: Ledger) -> None:
    row = promised(ana)
    refused(ana("POST", f"/callbacks/{row['id']}/voicemail"), 409, "not_talking")
    dialled(ledger, row["id"], Step.OWNER_READY, Step.CUSTOMER_POSTED, Step.TALKING)
    refused(boss("POST", f"/callbacks/{row['id']}/voicemail"), 409, "not_talking")
    assert ana("POST", f"/callbacks/{row['id']}/voicemail").status_code == 200


def test_whoever_is_kept_away_from_a_customer_ends_nothing_that_is_owed_to_him(
    ana: Asking, boss: Asking, ledger: Ledger
) -> None:
    row = promised(ana, kind="follow_up", owner="boss", exclude=["ana"])
    assert ids(ana) == [row["id"]]
    refused(ana("POST", f"/callbacks/{row['id']}/cancel"), 403, "not_allowed")
    refused(ana("POST", f"/callbacks/{row['id']}/letter-sent"), 403, "not_allowed")
    refused(ana("POST", f"/callbacks/{row['id']}/outcome", {"result": "reached"}), 403, "not_allowed")
    assert boss("POST", f"/callbacks/{row['id']}/cancel").status_code == 200


@pytest.mark.parametrize("bad", ["cb0", "x" * 200, "%00", "..", "a:b", "cb0%0D%0A"])
def test_what_was_never_promised_is_not_found(ana: Asking, bad: str) -> None:
    assert ana("GET", f"/callbacks/{bad}").status_code in (404, 422)


@pytest.mark.parametrize("action", ["accept", "decline"])
def test_what_is_offered_to_nobody_is_gone(ana: Asking, ledger: Ledger, action: str) -> None:
    row = promised(ana)
    for offer in (row["id"], "cb0"):
        refused(ana("POST", f"/offers/{offer}/{action}"), 409, "offer_gone")


@pytest.mark.parametrize("action", ["accept", "decline"])
def test_a_customer_who_rang_in_and_hung_up_is_gone(
    ana: Asking, boss: Asking, ledger: Ledger, action: str
) -> None:
    row = promised(ana)
    began = Attempt("at1", MONDAY, "ana", caller_gone=True)
    now_in(ledger, row["id"], State.DUE, attempts=(began,))
    refused(ana("POST", f"/offers/{row['id']}/{action}"), 409, "caller_gone")
    refused(boss("POST", f"/offers/{row['id']}/{action}"), 409, "offer_gone")


@pytest.mark.parametrize("action", ["accept", "decline"])
def test_what_somebody_has_is_taken(ana: Asking, boss: Asking, ledger: Ledger, action: str) -> None:
    row = promised(ana)
    dialled(ledger, row["id"], Step.OWNER_READY)
    refused(boss("POST", f"/offers/{row['id']}/{action}"), 409, "taken")
    refused(ana("POST", f"/offers/{row['id']}/{action}"), 409, "taken")


def test_not_on_disk_is_not_promised(ana: Asking, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("routing.store.on_disk.OnDisk._is_kept", lambda *_: False)
    monkeypatch.setattr("routing.store.on_disk.LONGEST_S", 0.0)
    refused(promise(ana), 503, "not_kept")


def test_a_day_ahead_is_not_late(boss: Asking, ledger: Ledger, app: Flask, floor: Floor) -> None:
    row = promised(boss)
    assert 'calmline_callbacks{state="booked"} 1.0' in metrics(app)
    now_in(ledger, row["id"], State.DUE)
    assert "calmline_callbacks_late 0.0" in metrics(app)
    set_clock(floor, MONDAY + timedelta(hours=4))
    assert "calmline_callbacks_late 1.0" in metrics(app)
    assert 'calmline_callbacks{state="booked"} 0.0' in metrics(app)


def metrics(app: Flask) -> list[str]:
    return app.test_client().get("/metrics").text.splitlines()
