"""Who gets in: with a key that works, to the routes that the table gives to the role."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from ivr.api.access import NEEDS, OPERATES, PREFIX, TAKES_CALLS, Needs
from routing.floor import Floor
from routing.rules.people import May, Role
from tests.ivr.api.conftest import Asking, refused
from tests.routing.staff import CREATED, a_key, a_person

# What a browser loads to show the description, which says nothing of the site.
FOR_EVERYBODY = {
    "GET /openapi.json",
    "GET /swagger",
    "GET /swagger/<path:filename>",
    "GET /oauth2-redirect.html",
}


def routes(app: Flask) -> set[str]:
    """Every method and path below the prefix."""
    return {
        f"{method} {rule.rule.removeprefix(PREFIX)}"
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(PREFIX)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_route_is_in_the_table_and_the_other_way_round(app: Flask) -> None:
    assert routes(app) - FOR_EVERYBODY == set(NEEDS)
    assert routes(app) >= FOR_EVERYBODY


@pytest.mark.parametrize("route", sorted(NEEDS))
def test_no_route_of_the_table_lets_a_stranger_in(app: Flask, route: str) -> None:
    method, path = route.split(" ")
    answer = app.test_client().open(PREFIX + path, method=method)
    refused(answer, 401, "not_signed_in")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_route_that_the_table_does_not_have_is_closed_to_everybody(
    app: Flask, ana: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(NEEDS, "GET /agents/me")
    refused(ana("GET", "/agents/me"), 403, "not_allowed")


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer wrong",
        "Bearer calmline_" + "A" * 43,
        "Bearer " + "x" * 10_000,
        "Basic YW5hOjEyMzQ=",
        "Basic not base64",
        "Digest a=b",
        "{key}",
        "Basic {key}",
        "Bearer {key} {key}",
        "Bearer \udcff",
    ],
)
def test_only_a_whole_key_of_ours_gets_in(app: Flask, floor: Floor, header: str) -> None:
    key = a_key(floor)
    sent = header.replace("{key}", key).encode("latin-1", "replace").decode("latin-1")
    answer = app.test_client().get(f"{PREFIX}/agents/me", headers={"Authorization": sent})
    refused(answer, 401, "not_signed_in")


def test_the_word_bearer_may_be_written_small(app: Flask, floor: Floor) -> None:
    headers = {"Authorization": f"bearer {a_key(floor)}"}
    assert app.test_client().get(f"{PREFIX}/agents/me", headers=headers).status_code == 200


def test_a_disabled_person_is_refused_at_once(ana: Asking, floor: Floor) -> None:
    assert ana("GET", "/agents/me").status_code == 200
    floor.people.disable("ana", by="tests", at=CREATED)
    refused(ana("GET", "/agents/me"), 401, "not_signed_in")
    refused(ana("PUT", "/agents/me", {"status": "available"}), 401, "not_signed_in")


@pytest.mark.parametrize(
    ("needs", "special", "met"),
    [
        (TAKES_CALLS, {"role": "agent"}, True),
        (TAKES_CALLS, {"role": "agent", "phone": ""}, True),
        (TAKES_CALLS, {"role": "supervisor"}, True),
        (TAKES_CALLS, {"role": "supervisor", "phone": ""}, False),
        (TAKES_CALLS, {"role": "admin"}, True),
        (TAKES_CALLS, {"role": "ops"}, False),
        (TAKES_CALLS, {"role": "analyst"}, False),
        (OPERATES, {"role": "ops"}, True),
        (OPERATES, {"role": "admin"}, True),
        (OPERATES, {"role": "supervisor"}, False),
        (OPERATES, {"role": "agent"}, False),
        (Needs(rights=frozenset({May.REVIEW})), {"may": frozenset({May.REVIEW, May.APPEAL})}, True),
        (Needs(rights=frozenset({May.REVIEW})), {"may": frozenset({May.APPEAL})}, False),
        (Needs(), {"role": "admin", "may": frozenset(May)}, False),
    ],
)
def test_who_meets_a_need(needs: Needs, special: dict[str, Any], met: bool) -> None:
    assert needs.met_by(a_person(**special)) is met


@pytest.mark.parametrize("role", sorted(Role))
@pytest.mark.parametrize("route", sorted(NEEDS))
def test_each_role_gets_what_the_table_says(app: Flask, floor: Floor, role: Role, route: str) -> None:
    who = Asking(app.test_client(), a_key(floor, "ana", role))
    answer = who(*route.split(" "))
    if NEEDS[route].met_by(a_person(role=role)):
        assert answer.status_code in (200, 404, 409, 422)
    else:
        refused(answer, 403, "not_allowed")


def test_refusals_are_logged_without_key_and_number(
    app: Flask, logged: Callable[[], list[dict[str, Any]]], floor: Floor
) -> None:
    client, key = app.test_client(), a_key(floor, "ana", "analyst")
    client.get(f"{PREFIX}/agents/me", headers={"Authorization": f"Bearer {key}x"})
    client.get(f"{PREFIX}/agents/me?number=%2B14155550142", headers={"Authorization": f"Bearer {key}"})
    lines = [line for line in logged() if line["event"] == "api_refused"]
    assert [line["reason"] for line in lines] == ["not_signed_in", "not_allowed"]
    assert key not in str(lines)
    assert "5550142" not in str(lines)
