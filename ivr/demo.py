"""The whole line on this machine: a made-up account, sample callers, all processes, until Ctrl-C."""

import fcntl
import json
import os
import secrets
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TextIO

import requests
from dotenv import dotenv_values
from honcho.environ import parse_procfile
from honcho.manager import Manager

from config.settings import DEMO_ENVIRONMENT, Settings, SettingsError, load_settings
from ivr.demo_people import Told, sample_people
from routing.floor import Floor, open_floor
from routing.rules.caller import Override, Treatment

START_WITHIN_S = 30
STARTED_BY = "CALMLINE_DEMO"


@dataclass(frozen=True, slots=True)
class Sample:
    """A caller to try. `options` are those of `calmline call`."""

    number: str
    label: str
    treatment: Treatment = Treatment.NORMAL
    protected: bool = False
    shared: bool = False
    options: str = ""


SAMPLES = (
    Sample("+12125550142", "new caller", options="--press 1"),
    Sample("+12125550143", "new caller who prefers Spanish", options="--press 2,1"),
    Sample("+12125550144", "specialist: a second offence", Treatment.SPECIALIST),
    Sample("+12125550145", "slow queue: prank calls", Treatment.SLOW_QUEUE),
    Sample("+12125550146", "team leader: an earlier call is being reviewed", Treatment.TEAM_LEADER),
    Sample("+12125550147", "e-mail only: a third offence", Treatment.EMAIL_ONLY),
    Sample("+12125550148", "closed: a fourth offence", Treatment.CLOSED),
    Sample("+12125550149", "closed, but presses the urgent key", Treatment.CLOSED, options="--press 0"),
    Sample("+12125550150", "protected: always the urgent queue", Treatment.CLOSED, protected=True),
    Sample("+12125550151", "a shared number: no treatment", Treatment.SPECIALIST, shared=True),
    Sample("+12125550152", "spoofed", Treatment.SPECIALIST, options="--stir-verstat TN-Validation-Failed-C"),
    Sample("anonymous", "withheld number"),
)


def run(announce: Callable[[str], None]) -> int:
    """Run the demo until it is stopped; returns its exit status.

    Raises SettingsError: already running here, or the environment is wrong.
    """
    made_up = _made_up(os.environ | dotenv_values(".env"))
    os.environ.update(made_up)
    settings = load_settings()
    settings.calmline_data.mkdir(parents=True, exist_ok=True)
    environment = settings.calmline_data / DEMO_ENVIRONMENT
    with environment.open("a+") as held:
        _hold(held, made_up)
        # Honcho's forks must not keep the lock when this process is killed.
        os.register_at_fork(after_in_child=held.close)
        os.environ[STARTED_BY] = str(environment.resolve())
        try:
            floor = open_floor(settings)
            mark_samples(floor)
            return _run_processes(settings, sample_people(floor, settings.calmline_data), announce)
        finally:
            environment.unlink()
            _told(settings).unlink(missing_ok=True)


def end_with_demo() -> None:
    """A process that a demo started ends when that demo is gone, killed too; in others nothing happens."""
    if held := os.environ.get(STARTED_BY):
        threading.Thread(target=_end_when_free, args=(Path(held),), name="end-with-demo", daemon=True).start()


def _end_when_free(held: Path) -> None:
    with suppress(OSError), held.open() as opened:
        fcntl.flock(opened, fcntl.LOCK_SH)  # waits for as long as the demo lives
    os.kill(os.getpid(), signal.SIGTERM)


def mark_samples(floor: Floor) -> None:
    """Give the sample callers their treatments, afresh for 30 days."""
    at = floor.clock.now(floor.store)
    for sample in SAMPLES:
        if sample.treatment is not Treatment.NORMAL:
            override = Override(sample.treatment, at + timedelta(days=30), "sample caller", "demo")
            floor.standings.override(sample.number, override, at=at)
        if sample.protected:
            floor.standings.protect(sample.number, True, need="allow extra time", by="demo", at=at)
        if sample.shared:
            floor.standings.share(sample.number, True, by="demo", at=at)


def _made_up(given: Mapping[str, str | None]) -> dict[str, str]:
    """What the environment does not say; a site of its own keeps the samples apart from real callers."""
    values = {
        "TWILIO_ACCOUNT_SID": f"AC{secrets.token_hex(16)}",
        "TWILIO_AUTH_TOKEN": secrets.token_hex(16),
        "CALMLINE_SITE": "demo",
        "PORT": given.get("PORT") or "8000",
        "TWILIO_API_URL": f"http://127.0.0.1:{_lab_port(given.get('PORT') or '8000')}",
    }
    return {name: value for name, value in values.items() if not given.get(name)} | {
        "CALMLINE_LAB": "1",
        "PORT": values["PORT"],
    }


def _lab_port(web_port: str) -> int:
    """The one after the web server's, or any when somebody has it; a wrong PORT is refused elsewhere."""
    for port in (int(web_port) + 1, 0) if web_port.isascii() and web_port.isdigit() else (0,):
        with suppress(OSError, OverflowError), socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise SettingsError("This machine has no free port for the lab.")


def _hold(held: TextIO, made_up: Mapping[str, str]) -> None:
    """Write the demo's environment for the other commands, valid as long as this process holds the lock."""
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise SettingsError("A demo is already running on this data folder; stop it with Ctrl-C.") from None
    Path(held.name).chmod(0o600)
    held.truncate(0)
    held.writelines(f"{name}={value}\n" for name, value in made_up.items())
    held.flush()


def _run_processes(settings: Settings, people: Sequence[Told], announce: Callable[[str], None]) -> int:
    procfile = Path("Procfile")
    if not procfile.exists():
        raise SettingsError("There is no Procfile here; run the demo in the project's folder.")
    manager = Manager()
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    # Not in the Procfile, which real lines run by too.
    lab = {"lab": "calmline lab serve"}
    for name, command in (parse_procfile(procfile.read_text()).processes | lab).items():
        manager.add_process(name, command, env=os.environ | {"PATH": path})
    threading.Thread(target=_when_ready, args=(settings, people, announce), daemon=True).start()
    manager.loop()
    # Stopped by Ctrl-C or SIGTERM is how a demo ends well.
    return 0 if manager.returncode in (0, 130, 143, None) else 1


def _when_ready(settings: Settings, people: Sequence[Told], announce: Callable[[str], None]) -> None:
    web = f"http://127.0.0.1:{settings.port}"
    until = time.monotonic() + START_WITHIN_S
    for ready in (f"{web}/readyz", f"{settings.twilio_api_url}/lab"):
        while not _is_ok(ready) and time.monotonic() < until:
            time.sleep(0.1)
    callers = [{"number": sample.number, "label": sample.label} for sample in SAMPLES]
    _told(settings).touch(mode=0o600)  # it holds keys
    _told(settings).write_text(json.dumps({"web": web, "users": people, "callers": callers}, indent=2))
    announce(_welcome(web, people))


def _is_ok(url: str) -> bool:
    with suppress(requests.RequestException):
        return requests.get(url, timeout=2).ok
    return False


def _told(settings: Settings) -> Path:
    return settings.calmline_data / "demo.json"


def _welcome(web: str, people: Sequence[Told]) -> str:
    calmline = _short(Path(sys.executable).with_name("calmline"))
    lines = [f"  {calmline} call {sample.number} {sample.options}".rstrip() for sample in SAMPLES]
    # A longer path must not join what is pasted with the words behind it.
    width = max(map(len, lines))
    calls = "\n".join(
        f"{line:<{width}}  # {sample.label}" for line, sample in zip(lines, SAMPLES, strict=True)
    )
    key = next((one["api_key"] for one in people if one["name"] == "ann"), "KEY")
    keys = "\n".join(f"  {one['name']:<7}{one['role']:<12}{one['api_key']}" for one in people)
    return f"""
Calmline answers at {web}   (stop with Ctrl-C)

Call the line, in another terminal in this folder:
{calls}

Hold a telephone: it calls and is called, and hears the line as callers do:
  {calmline} lab phone +12125550160            # type call, keys, say WORDS, hang up; help

Answer as an agent: ann (ordinary and urgent calls), sofia (specialist) and marc (team leader) are available.
You hold ann's telephone and a caller's, and change hands with `use`:
  {calmline} lab phone +12125550190 +12125550161     # use +12125550161, call, 1, use +12125550190, answer, 1
Whoever lets two calls go by is asked no more, and comes back so (ann):
  curl -X PUT {web}/api/v1/agents/me -H "Authorization: Bearer {key}" --json '{{"status": "available"}}'

Keep a promise, from 8:00 to 21:00 in New York (or after `calmline lab advance`): marc is rung first.
You hold his telephone and the customer's:
  {calmline} callbacks book +12125550142 --kind requested --owner marc --brief "The invoice of May"
  {calmline} lab phone +12125550191 +12125550142     # answer, 1, then answer as the customer

Look behind it:
  {calmline} explain +12125550144            # which rule, and why
  {calmline} callers show +12125550150
  {calmline} callbacks list
  curl {web}/readyz

Log-ins for {web}/api/v1/swagger (Authorization: Bearer KEY):
{keys}
"""


def _short(program: Path) -> str:
    """As typed in this folder."""
    here = Path.cwd()
    return str(program.relative_to(here)) if program.is_relative_to(here) else str(program)
