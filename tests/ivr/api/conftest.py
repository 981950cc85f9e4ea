"""The API of an app of the test's own, and people who ask it."""

from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ivr.api.access import PREFIX
from ivr.voice.exchange import exchange
from routing.floor import Floor
from tests.routing.staff import a_key


@dataclass(frozen=True)
class Asking:
    """Somebody with a key, asking the API."""

    client: FlaskClient
    key: str

    def __call__(self, method: str, path: str, body: Any = None, **more: Any) -> TestResponse:
        """The answer; `body` is sent as JSON."""
        sent = {"json": body} if body is not None else {}
        headers = {"Authorization": f"Bearer {self.key}"}
        return self.client.open(PREFIX + path, method=method, headers=headers, **sent, **more)


@pytest.fixture
def floor(app: Flask) -> Floor:
    """The floor that the app works with: to open a second one for every test costs 50 ms."""
    with app.app_context():
        return exchange().floor


@pytest.fixture
def ana(app: Flask, floor: Floor) -> Asking:
    """An agent, asking."""
    return Asking(app.test_client(), a_key(floor, "ana", skills={"general": 1, "specialist": 2}))


@pytest.fixture
def olga(app: Flask, floor: Floor) -> Asking:
    """Somebody of operations without a telephone, asking."""
    return Asking(app.test_client(), a_key(floor, "olga", "ops", phone=""))


def refused(answer: TestResponse, status: int, word: str) -> dict[str, Any]:
    """The body of a refusal, its shape judged."""
    assert (answer.status_code, answer.mimetype) == (status, "application/json"), answer.text
    said: dict[str, Any] = answer.get_json()
    assert said["error"] == word
    assert said["message"].strip()
    assert set(said) == {"error", "message"} | ({"fields"} if word == "invalid" else set())
    if word == "invalid":
        assert said["fields"]
        assert all(isinstance(why, str) and why for why in said["fields"].values())
    return said
