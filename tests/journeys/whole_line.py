"""The whole line as processes (web, worker, dispatcher), the lab as Twilio, on a clock that tests move."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests

from callbacks.ledger import Ledger, open_ledger
from callbacks.records import Callback
from config.now import NotForward
from config.settings import load_settings
from ivr.lab.account import Account, a_line
from ivr.lab.faults import Faults
from ivr.lab.handset import Handset
from ivr.lab.lab import Lab
from ivr.lab.phone import Ringing
from ivr.lab.records import Call
from routing.floor import Floor, open_patient_floor
from routing.rules.agent_states import AgentState
from tests.journeys.places import CALMLINE, REQUIRED, Place, free_port, place, wait_until
from tests.journeys.servers import Server
from tests.routing.staff import a_person
from tests.twilio import ACCOUNT, LINE, TOKEN

PROCESSES = ("serve", "worker", "dispatcher")


@dataclass
class SitesClock:
    """The site's own time, moved as `calmline lab advance` moves it."""

    floor: Floor

    def now(self) -> float:
        return self.floor.clock.now(self.floor.store).timestamp()

    def move(self, to: float) -> None:
        with suppress(NotForward):  # it goes on by itself too
            self.floor.clock.advance(self.floor.store, datetime.fromtimestamp(to, UTC))


@dataclass
class WholeLine:
    """A site that runs, and the network around it."""

    here: Place
    web: Server
    lab: Lab
    floor: Floor
    environment: dict[str, str]
    processes: dict[str, Any] = field(default_factory=dict)

    @property
    def ledger(self) -> Ledger:
        return open_ledger(self.floor)

    def now(self) -> datetime:
        return self.floor.clock.now(self.floor.store)

    def start(self, name: str) -> None:
        """One of the site's processes (again)."""
        self.processes[name] = self.here.start(CALMLINE, name, **self.environment)

    def advance_to(self, at: datetime) -> None:
        """The clock jumps; whatever was due on the way is due at once."""
        self.floor.clock.advance(self.floor.store, at)
        self.was_touched()

    def was_touched(self) -> None:
        """Something was done to the site past the lab, which asks it then whether it is at rest."""
        with self.lab.exchange:
            pass

    def run(self, *words: object) -> Any:
        """`calmline … --json` against this site."""
        done = self.here.run(*words, "--json", **self.environment)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def user(self, name: str, phone: str, ringing: Ringing | None = None, **special: Any) -> "Person":
        """Somebody who works here, with an API key and a telephone; a supervisor unless said otherwise."""
        person = a_person(name, special.pop("role", "supervisor"), phone=phone, **special)
        key = self.floor.people.add(person, with_api_key=True, by="tests")
        return Person(self, name, key, self.lab.phone(phone, ringing))

    def until(self, is_so: Callable[[], object], seconds: float = 60, step_s: float = 1.0) -> None:
        """Time passes, second by second, until it is so."""
        self.lab.run_until(is_so, seconds, step_s)

    def calls_to(self, number: str) -> list[Call]:
        """The calls that we made to this number, the first first."""
        with self.lab.exchange as network:
            return [call for call in network.calls.values() if call.to == number]

    def going_on(self) -> list[Call]:
        """The calls that are not over."""
        with self.lab.exchange as network:
            return [call for call in network.calls.values() if not call.is_over]

    def callback(self, callback_id: str) -> Callback:
        found = self.ledger.find(callback_id)
        assert found is not None
        return found


@dataclass
class Person:
    """One who works here, at the API and at the telephone."""

    line: WholeLine
    name: str
    key: str
    phone: Handset

    def ask(self, method: str, path: str, body: Any = None) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.key}"}
        url = f"{self.line.web.web}/api/v1{path}"
        answer = requests.request(method, url, json=body, headers=headers, timeout=5)
        self.line.was_touched()
        return answer

    def is_available(self) -> None:
        answer = self.ask("PUT", "/agents/me", {"status": "available"})
        assert answer.ok, answer.text

    def goes_off_duty(self) -> None:
        answer = self.ask("PUT", "/agents/me", {"status": "offline"})
        assert answer.ok, answer.text

    @property
    def status(self) -> AgentState:
        return self.line.floor.agents.read(self.name).status

    def takes_calls(self, key: str = "1") -> None:
        """Presses this key on the first words of every call."""
        self.phone.on_hearing("To take it, press 1", press=key, once=False)

    def books(self, number: str, **more: Any) -> str:
        """A promised call; returns its id."""
        body = {"number": number, "kind": "follow_up", "brief": "The invoice of May was wrong."} | more
        answer = self.ask("POST", "/callbacks", body)
        assert answer.status_code == 201, answer.text
        booked: str = answer.json()["id"]
        return booked

    def does(self, callback_id: str, what: str, **body: Any) -> None:
        """POST /callbacks/{id}/{what}, which must go well."""
        answer = self.ask("POST", f"/callbacks/{callback_id}/{what}", body or None)
        assert answer.ok, answer.text


@contextmanager
def whole_line(
    folder: Path,
    *,
    at: str = "",
    faults: Faults | None = None,
    calls_per_second: float = 20,
    numbers: tuple[str, ...] = (LINE,),
    **given: str,
) -> Iterator[WholeLine]:
    """Everything runs; the site's clock stands at `at` or later. Whatever happens, all is ended.

    `numbers` are those that the account has.
    """
    port, rest = free_port(), free_port()
    environment = REQUIRED | {
        "PORT": str(port),
        "CALMLINE_LAB": "1",
        "TWILIO_API_URL": f"http://127.0.0.1:{rest}",
        **given,
    }
    with place(folder) as here:
        settings = load_settings(
            twilio_account_sid=ACCOUNT,
            twilio_auth_token=TOKEN,
            calmline_data=here.data,
            calmline_lab=True,
            **{name.lower(): value for name, value in given.items()},
        )
        floor = open_patient_floor(settings)
        if at:
            floor.clock.advance(floor.store, datetime.fromisoformat(at))
        web = f"http://127.0.0.1:{port}"
        account = Account(
            ACCOUNT,
            TOKEN,
            tuple(a_line(web, number) for number in numbers),
            calls_per_second=calls_per_second,
        )
        clock = SitesClock(floor)
        lab = Lab(account, web=web, clock=clock, faults=faults, rest_port=rest, idle=lambda: _idle(web))
        try:
            server = Server(here, None, port, web)  # type: ignore[arg-type]
            line = WholeLine(here, server, lab, floor, environment)
            for name in PROCESSES:
                line.start(name)
            wait_until(server.answers, 20, f"the web server; its log: {here.log}")
            wait_until(lambda: _all_are_up(web), 20, f"worker and dispatcher; the log: {here.log}")
            yield line
        finally:
            print(lab.story)  # noqa: T201 - pytest shows it when a test fails
            lab.close()


def _all_are_up(web: str) -> bool:
    state = requests.get(f"{web}/readyz", timeout=5).json()
    return state.get("worker") == "ok" and state.get("dispatcher") == "ok"


def _idle(web: str) -> tuple[bool, float | None]:
    answer = requests.get(f"{web}/lab/idle", timeout=5).json()
    following = answer["next"]
    return answer["idle"], datetime.fromisoformat(following).timestamp() if following else None
