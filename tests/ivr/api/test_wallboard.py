"""/wallboard: the same for everybody, but for the callers' numbers."""

import pytest
from flask import Flask
from openapi_core import OpenAPI

from config.now import milliseconds
from ivr.api.access import PREFIX
from routing.floor import Floor
from tests.ivr.api.conftest import Asking
from tests.routing.staff import a_key

NUMBER = "+14155550142"


@pytest.fixture
def hung_up(floor: Floor) -> None:
    """Somebody has just hung up after 41 seconds, somebody else before."""
    at_ms = milliseconds(floor.clock.now(floor.store))

    def write(redis: object) -> None:
        redis.hset(floor.keys.call("CA2"), "number", NUMBER)  # type: ignore[attr-defined]
        for call in ("CA1", "CA2"):
            entry = {"call": call, "queue": "general", "waited_ms": 41_700, "at_ms": at_ms}
            redis.xadd(floor.keys.abandoned, entry)  # type: ignore[attr-defined]

    floor.store.run(write)


@pytest.mark.parametrize(
    ("role", "digits"),
    [("agent", None), ("ops", None), ("analyst", None), ("supervisor", "…42"), ("admin", "…42")],
)
@pytest.mark.usefixtures("hung_up")
def test_supervisors_see_the_last_two_digits_and_nobody_more(
    app: Flask, floor: Floor, role: str, digits: str | None
) -> None:
    answer = Asking(app.test_client(), a_key(floor, "wil", role, phone=""))("GET", "/wallboard")
    assert answer.status_code == 200
    board = answer.get_json()
    assert [(one["call"], one["waited_s"], one["number"]) for one in board["abandoned"]] == [
        ("CA2", 41, digits),
        ("CA1", 41, None),
    ]
    assert NUMBER[1:] not in answer.text
    assert [set(row) for row in board["queues"]] == 5 * [
        {"queue", "waiting", "longest_s", "service_level", "answered", "abandoned", "ewt_s"}
    ]
    assert board["agents"]["available"] == 0


def test_it_is_as_the_description_says(app: Flask, ana: Asking) -> None:
    description = app.test_client().get(f"{PREFIX}/openapi.json").get_json()
    schema = OpenAPI.from_dict(description).spec["components"]["schemas"]
    assert set(ana("GET", "/wallboard").get_json()) == set((schema / "Board" / "properties").keys())
