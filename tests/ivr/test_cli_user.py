"""`calmline user …`: people are added once, listed without secrets, and shut out."""

import json

import pytest

from config.settings import Settings
from routing.floor import Floor
from tests.ivr.command_line import Run, calmline_at, said


@pytest.fixture
def run(settings: Settings) -> Run:
    return calmline_at(settings)


WHOLE = (
    *("--phone", "(415) 555-0160", "--skills", "general,specialist:2", "--certified", "--pin", "73910542"),
    *("--languages", "en,es", "--alias", "Ana M.", "--staff-number", "A-17", "--manager", "sam"),
    *("--may", "review,follow_up", "--email", "ana@example.com"),
)


def test_somebody_is_added_with_a_key_that_is_shown_once(run: Run, floor: Floor) -> None:
    said(run("user", "add", "sam", "--role", "supervisor", "--json"))
    added = said(run("user", "add", "ana", "--role", "agent", *WHOLE, "--api-key", "--json"))
    assert set(added) == {"id", "role", "api_key"}
    assert (added["id"], added["role"]) == ("ana", "agent")
    owner = floor.people.by_key(added["api_key"])
    assert owner is not None
    assert owner.id == "ana"
    assert floor.people.pin_is_right("ana", "73910542")
    for listing in (run("user", "list"), run("user", "list", "--json")):
        assert "ana" in listing.stdout
        assert added["api_key"] not in listing.stdout
        assert "73910542" not in listing.stdout


def test_without_the_wish_for_a_key_there_is_none(run: Run) -> None:
    assert said(run("user", "add", "sam", "--role", "ops", "--json")) == {
        "id": "sam",
        "role": "ops",
        "api_key": None,
    }


def test_people_are_listed_with_all_that_was_said_of_them(run: Run) -> None:
    run("user", "add", "sam", "--role", "supervisor")
    run("user", "add", "ana", "--role", "agent", *WHOLE)
    listed = said(run("user", "list", "--json"))
    assert listed["next"] is None
    ana, sam = listed["items"]
    created = ana.pop("created")
    assert created.endswith("+00:00")
    assert ana == {
        "id": "ana",
        "role": "agent",
        "phone": "+14155550160",
        "email": "ana@example.com",
        "skills": {"general": 1, "specialist": 2},
        "certified": True,
        "languages": ["en", "es"],
        "alias": "Ana M.",
        "staff_number": "A-17",
        "manager": "sam",
        "may": ["follow_up", "review"],
        "enabled": True,
    }
    assert (sam["id"], sam["phone"], sam["email"], sam["may"]) == ("sam", None, None, [])
    assert "may follow_up, review" in run("user", "list").stdout


def test_what_is_printed_for_people(run: Run) -> None:
    assert run("user", "list").stdout == "Nobody was added yet.\n"
    lines = run("user", "add", "ana", "--role", "agent", "--api-key").stdout.splitlines()
    assert lines[0] == "ana: agent, added."
    assert lines[1].startswith("API key, shown this once: calmline_")
    assert "disabled" not in run("user", "list").stdout
    assert run("user", "disable", "ana").stdout == "ana: disabled.\n"
    assert run("user", "disable", "ana").stdout == "ana: was disabled before.\n"
    assert run("user", "list").stdout.rstrip().endswith("disabled")


def test_a_skill_that_does_not_count_yet_is_noted_beside_the_answer(run: Run) -> None:
    added = run("user", "add", "ana", "--role", "agent", "--skills", "specialist", "--json")
    assert json.loads(added.stdout)["id"] == "ana"
    assert added.stderr == "Note: the skill specialist counts only with --certified.\n"


@pytest.mark.parametrize(
    ("words", "said_instead"),
    [
        (("ana b",), 'NAME: "ana b" cannot be a name'),
        (("me",), 'NAME: "me" stands for whoever asks'),
        (("SAM",), "NAME: SAM is somebody's name already"),
        (("ana", "--phone", "12"), '--phone: "12" cannot be rung'),
        (("ana", "--skills", "billing"), "--skills: the routing config has no skill billing"),
        (("ana", "--skills", "general:0"), '--skills: "general:0": a level is a whole number'),
        (("ana", "--languages", "fr"), "--languages: the routing config has no language fr"),
        (("ana", "--pin", "12"), "--pin: a PIN is 4 to 8 digits"),
        (("ana", "--alias", "A" * 61), "--alias: an alias is up to 60 letters"),
        (("ana", "--staff-number", "+1"), "--staff-number: a staff number is"),
        (("ana", "--email", "ana@example.com, b@example.com"), "--email: write one address for mail"),
        (("ana", "--email", "ana"), "--email: write one address for mail"),
        (("ana", "--manager", "zoe"), "--manager: nobody is called zoe"),
        (("ana", "--may", "fly"), '--may: "fly": rights are review'),
        (("ana", "--role", "boss"), "'--role': 'boss' is not one of 'agent', 'supervisor', 'ops'"),
    ],
)
def test_what_is_wrong_is_said_by_its_option(run: Run, words: tuple[str, ...], said_instead: str) -> None:
    run("user", "add", "sam", "--role", "ops")
    refused = run("user", "add", "--role", "agent", *words)
    assert refused.exit_code == 2
    assert said_instead in refused.stderr
    assert [person["id"] for person in said(run("user", "list", "--json"))["items"]] == ["sam"]


def test_nobody_cannot_be_disabled(run: Run) -> None:
    refused = run("user", "disable", "zoe")
    assert refused.exit_code == 2
    assert "nobody is called zoe" in refused.stderr
