"""REST on a port under the eyes of the referee."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from twilio.rest import Client

from ivr.lab.rest.app import ROUTES, rest_app
from ivr.lab.rest.serving import serve_rest
from tests.lab.rest.real_client import real_client
from tests.lab.rest.referee import Description, Referee, twilios_description
from tests.lab.rest.watched import Bench, WatchedNetwork
from tests.twilio import ACCOUNT, TOKEN

# The names that Twilio's description gives to the variable parts of a path.
PARTS = {
    "/Calls/<call>.json": "/Calls/{Sid}.json",
    "/Calls/<call>/Recordings.json": "/Calls/{CallSid}/Recordings.json",
    "/Calls/<call>/Recordings/<recording>.json": "/Calls/{CallSid}/Recordings/{Sid}.json",
    "/Conferences/<conference>.json": "/Conferences/{Sid}.json",
    "/Conferences/<conference>/Participants.json": "/Conferences/{ConferenceSid}/Participants.json",
    "/Conferences/<conference>/Participants/<participant>.json": (
        "/Conferences/{ConferenceSid}/Participants/{CallSid}.json"
    ),
    "/Queues/<queue>.json": "/Queues/{Sid}.json",
    "/Recordings/<recording>.json": "/Recordings/{Sid}.json",
    "/Messages/<message>.json": "/Messages/{Sid}.json",
    "/IncomingPhoneNumbers/<number>.json": "/IncomingPhoneNumbers/{Sid}.json",
}
DESCRIBED = {PARTS.get(path, path) for _, path, _ in ROUTES if path.endswith(".json")}


@dataclass
class Rest:
    """REST while it runs; `http` asks it without Twilio's library, as the account."""

    url: str
    bench: Bench
    referee: Referee
    client: Client
    http: requests.Session

    def post(self, path: str, form: Any = None, **kwargs: Any) -> requests.Response:
        return self.http.post(self.account + path, data=form, timeout=5, **kwargs)

    def get(self, path: str, **kwargs: Any) -> requests.Response:
        return self.http.get(self.account + path, timeout=5, **kwargs)

    @property
    def network(self) -> WatchedNetwork:
        return self.bench.network

    @property
    def account(self) -> str:
        return f"{self.url}/2010-04-01/Accounts/{ACCOUNT}"


@pytest.fixture(scope="session")
def description() -> Description:
    return twilios_description(DESCRIBED)


class Door:
    """The way into the network of the test that runs: one app serves them all, as making it is slow."""

    bench: Bench

    def __enter__(self) -> WatchedNetwork:
        return self.bench.desk.__enter__()  # type: ignore[return-value]

    def __exit__(self, *why: Any) -> None:
        self.bench.desk.__exit__(*why)


@dataclass
class Served:
    """The running server, and who watches it."""

    url: str
    door: Door
    referee: Referee


@pytest.fixture(scope="session")
def served(description: Description) -> Iterator[Served]:
    door = Door()
    app = rest_app(door)
    referee = Referee(app.wsgi_app, description)
    app.wsgi_app = referee  # type: ignore[method-assign]
    running = serve_rest(app)
    yield Served(running.url, door, referee)
    running.close()


@pytest.fixture
def rest(served: Served) -> Iterator[Rest]:
    served.door.bench = bench = Bench()
    served.referee.objections, served.referee.judged = [], 0
    client = real_client(served.url)
    with requests.Session() as http:
        http.auth = (ACCOUNT, TOKEN)
        yield Rest(served.url, bench, served.referee, client, http)
    client.http_client.close()
    bench.close()
    assert served.referee.objections == []
