"""A whole site to hurt: web, worker, dispatcher, a Valkey of its own, and the lab as Twilio in real time."""

import json
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import requests
from ruamel.yaml import YAML

from benchmarks.chaos.keeper import DISPATCHER, WEB, WORKER, Keeper, kept
from benchmarks.chaos.town import Town
from callbacks.ledger import Ledger, open_ledger
from config.settings import PACKAGED_CONFIG, load_settings
from ivr.lab.account import Account, a_line
from ivr.lab.clocks import RealClock
from ivr.lab.faults import Faults
from ivr.lab.lab import Lab
from routing.floor import Floor, open_patient_floor
from tests.journeys.places import REQUIRED, Place, free_port, place, wait_until
from tests.journeys.servers import Valkey
from tests.twilio import ACCOUNT, LINE, TOKEN

MONDAY = "2036-11-17T09:00:00-08:00"
ONE_OF_EACH = (WEB, WORKER, DISPATCHER)


class ShiftedClock(RealClock):
    """This machine's time, put forward as the site's is."""

    def __init__(self, ahead_s: float) -> None:
        self.ahead_s = ahead_s

    def now(self) -> float:
        return time.time() + self.ahead_s


@dataclass
class Site:
    """What a figure works with."""

    here: Place
    valkey: Valkey
    floor: Floor
    lab: Lab
    web: str
    environment: Mapping[str, str]
    clock: ShiftedClock

    @property
    def ledger(self) -> Ledger:
        return open_ledger(self.floor)

    @property
    def town(self) -> Town:
        return Town(self.lab)

    def now(self) -> datetime:
        return self.floor.clock.now(self.floor.store)

    def moves_on(self, step: timedelta) -> None:
        """The site's clock and the network's jump."""
        self.floor.clock.advance(self.floor.store, step)
        self.clock.ahead_s += step.total_seconds()

    @contextmanager
    def running(self, names: tuple[str, ...] = ONE_OF_EACH) -> Iterator[Keeper]:
        """Its processes run, each started again when it ends."""
        with kept(self.here, self.environment, names) as keeper:
            wait_until(self.is_up, 40, f"the site's start; its log: {self.here.log}")
            yield keeper

    def logged(self, event: str) -> list[dict[str, Any]]:
        """The lines of this event in the log of all processes, in order."""
        lines = (line for line in self.here.lines() if f'"event":"{event}"' in line)
        return [json.loads(line) for line in lines if line.endswith("}")]

    def is_up(self) -> bool:
        with suppress(requests.RequestException, ValueError):
            state = requests.get(f"{self.web}/readyz", timeout=2).json()
            return all(state.get(name) == "ok" for name in ("redis", "worker", "dispatcher"))
        return False


@contextmanager
def a_site(
    folder: Path, *, calls_per_second: int, at: str = MONDAY, faults: Faults | None = None, **general: Any
) -> Iterator[Site]:
    """Its processes do not run yet; `general`: as `a_config`. Whatever happens, all is ended."""
    port, rest = free_port(), free_port()
    with place(folder) as here:
        valkey = Valkey(here).start()
        given: dict[str, Any] = {
            "port": port,
            "redis_url": valkey.url,
            "calmline_lab": 1,
            "calmline_config": a_config(folder, calls_per_second, **general),
            "twilio_api_url": f"http://127.0.0.1:{rest}",
        }
        environment = REQUIRED | {name.upper(): str(value) for name, value in given.items()}
        own = {"twilio_account_sid": ACCOUNT, "twilio_auth_token": TOKEN, "calmline_data": here.data}
        floor = open_patient_floor(load_settings(**own, **given))
        floor.clock.advance(floor.store, datetime.fromisoformat(at))
        clock = ShiftedClock(floor.clock.now(floor.store).timestamp() - time.time())
        web = f"http://127.0.0.1:{port}"
        # The account may make more calls than the line asks for, so that what is seen is our own pace.
        account = Account(ACCOUNT, TOKEN, (a_line(web, LINE),), calls_per_second=100)
        lab = Lab(account, web=web, clock=clock, faults=faults, rest_port=rest, threads=16)
        try:
            yield Site(here, valkey, floor, lab, web, environment, clock)
        finally:
            _end(here, lab)


def _end(here: Place, lab: Lab) -> None:
    """The processes first: the lab waits for its requests."""
    for process in here.started:
        process.kill()
    for process in here.started:
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
    here.end()
    lab.close()


def a_config(folder: Path, calls_per_second: int, **general: Any) -> Path:
    """The packaged config with this pace; `general` is changed in the normal queue."""
    yaml = YAML(typ="safe", pure=True)
    yaml.representer.ignore_aliases = lambda _data: True
    config = yaml.load(PACKAGED_CONFIG.read_text("utf-8"))
    config["twilio"] = {"calls_per_second": calls_per_second}
    config["queues"]["general"] |= general
    file = folder / "chaos.yaml"
    with file.open("w") as opened:
        yaml.dump(config, opened)
    return file
