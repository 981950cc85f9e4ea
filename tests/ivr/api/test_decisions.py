"""/decisions: what a call would meet, without a trace of having been asked."""

from typing import Any

import pytest

from routing.floor import Floor
from tests.ivr.api.conftest import Asking, refused
from tests.ivr.voice.scenes import everything, treat
from tests.twilio import CALLER, LINE, OFFICE

NIGHT, DAY = "2026-11-23T22:00-05:00", "2026-11-23T10:00-05:00"


@pytest.mark.parametrize(
    ("call", "do", "rule", "identity"),
    [
        ({}, "menu", "menu", "sure"),
        ({"to": OFFICE, "at": DAY}, "menu", "menu", "sure"),
        ({"to": OFFICE, "at": NIGHT}, "say_and_hang_up", "closed_hours", "sure"),
        ({"to": "+15005550006"}, "menu", "menu", "sure"),
        ({"from": "anonymous"}, "menu", "menu", "withheld"),
        ({"from": ""}, "menu", "menu", "placeholder"),
        ({"form": {"StirVerstat": "TN-Validation-Failed-C"}}, "menu", "menu", "spoofed"),
        ({"form": {}, "at": None}, "menu", "menu", "sure"),
    ],
)
def test_a_decision_is_made_for_the_call_that_is_described(
    olga: Asking, call: dict[str, Any], do: str, rule: str, identity: str
) -> None:
    answer = olga("POST", "/decisions", {"from": CALLER, "to": LINE} | call)
    assert answer.status_code == 200
    decision = answer.get_json()
    assert set(decision) == {"do", "name", "because", "trace"}
    because = decision["because"]
    assert (decision["do"], because["rule"], because["identity"]) == (do, rule, identity)


def test_the_caller_s_treatment_counts_and_hints_are_told(olga: Asking, floor: Floor) -> None:
    treat(floor, "specialist")
    form = {"StirVerstat": "TN-Validation-Passed-B"}
    decision = olga("POST", "/decisions", {"from": CALLER, "to": LINE, "form": form}).get_json()
    assert (decision["do"], decision["name"]) == ("enqueue", "specialist")
    assert decision["because"]["hints"] == ["attestation B"]


def test_asking_changes_nothing(olga: Asking, floor: Floor) -> None:
    treat(floor, "slow_queue")
    before = everything(floor)
    assert olga("POST", "/decisions", {"from": CALLER, "to": LINE}).status_code == 200
    assert everything(floor) == before


@pytest.mark.parametrize(
    ("call", "field"),
    [
        ({"at": "2026-11-23T10:00"}, "at"),
        ({"at": "tomorrow"}, "at"),
        ({"at": ""}, "at"),
        ({"at": 1_795_000_000}, "at"),
        ({"at": "9999-12-31T23:59:59+00:00"}, "at"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "at"),
        ({"from": None}, "from"),
        ({"from": 14155550142}, "from"),
        ({"from": "x" * 256}, "from"),
        ({"to": ["x"]}, "to"),
        ({"form": {"StirVerstat": 5}}, "form.StirVerstat"),
        ({"form": dict.fromkeys(map(str, range(201)), "")}, "form"),
        ({"number": CALLER}, "number"),
    ],
)
def test_what_is_no_call_is_refused_by_field(olga: Asking, call: dict[str, Any], field: str) -> None:
    answer = olga("POST", "/decisions", {"from": CALLER, "to": LINE} | call)
    assert set(refused(answer, 422, "invalid")["fields"]) == {field}


def test_both_numbers_are_needed(olga: Asking) -> None:
    assert set(refused(olga("POST", "/decisions", {}), 422, "invalid")["fields"]) == {"from", "to"}
