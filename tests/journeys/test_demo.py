"""`calmline demo` as people run it: what it prints can be pasted, and Ctrl-C ends all of it."""

import json
import os
import re
import shlex
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from dotenv import dotenv_values

from ivr.demo import SAMPLES
from tests.journeys.places import CALMLINE, ROOT, Place, free_port, measured, place, wait_until
from tests.twilio import LINE

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]

Demo = subprocess.Popen[bytes]

HEARD = {
    "new caller": "decided: enqueue general, rule menu, identity sure",
    "new caller who prefers Spanish": "[es-US] Gracias por esperar.",
    "specialist: a second offence": "decided: enqueue specialist, rule specialist, identity sure",
    "slow queue: prank calls": "decided: enqueue slow, rule slow_queue, identity sure",
    "team leader: an earlier call is being reviewed": "decided: enqueue team_leader, rule team_leader",
    "e-mail only: a third offence": "decided: say_and_hang_up email_only, rule email_only",
    "closed: a fourth offence": "decided: say_and_hang_up closed, rule closed",
    "closed, but presses the urgent key": "decided: enqueue team_leader, rule urgent_key",
    "protected: always the urgent queue": "decided: enqueue urgent, rule protected",
    "a shared number: no treatment": "rule menu, identity shared",
    "spoofed": "rule menu, identity spoofed",
    "withheld number": "rule menu, identity withheld",
}


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Place]:
    with place(tmp_path) as one:
        yield one


def start(here: Place) -> Demo:
    """A demo that has said where it answers."""
    demo = here.start(
        CALMLINE, "demo", cwd=ROOT, CALMLINE_DATA=str(here.data), PORT=str(free_port()), PYTHONUNBUFFERED="1"
    )
    took = wait_until(lambda: "Look behind it" in here.log.read_text(), 20, f"the demo; its log: {here.log}")
    measured("the demo answers", took)
    return demo


def shell(here: Place, line: str) -> "subprocess.CompletedProcess[str]":
    """A line as pasted in another shell, which knows the data folder and nothing else."""
    return here.run(*shlex.split(line, comments=True)[1:], cwd=ROOT, CALMLINE_DATA=str(here.data))


def test_what_the_demo_prints_works_and_ctrl_c_ends_all_of_it(here: Place) -> None:
    demo = start(here)
    told = json.loads((here.data / "demo.json").read_text())
    assert set(told) == {"web", "users", "callers"}
    assert [(user["name"], user["role"]) for user in told["users"]] == [
        ("marc", "supervisor"),
        ("ann", "agent"),
        ("sofia", "agent"),
        ("olga", "ops"),
    ]
    assert told["callers"] == [{"number": sample.number, "label": sample.label} for sample in SAMPLES]
    assert f"Calmline answers at {told['web']}" in here.log.read_text()

    lines = re.findall(r"^ +(\S+/calmline call .*?)# (.*)$", here.log.read_text(), re.MULTILINE)
    assert [label for _, label in lines] == list(HEARD) == [sample.label for sample in SAMPLES]
    with ThreadPoolExecutor(3) as threads:
        for (line, label), call in zip(
            lines, threads.map(lambda line: shell(here, line[0]), lines), strict=True
        ):
            assert call.returncode == 0, (line, call)
            assert HEARD[label] in call.stdout, (line, call.stdout)

    phones = re.findall(r"^ +(\S+/calmline lab phone .*?)#", here.log.read_text(), re.MULTILINE)
    assert [shell(here, line).returncode for line in phones] == [0, 0, 0]
    [book] = re.findall(r"^ +(\S+/calmline callbacks book .*)$", here.log.read_text(), re.MULTILINE)
    assert shell(here, book).returncode == 0
    assert "owner marc" in shell(here, "calmline callbacks list").stdout
    lab = dotenv_values(here.data / "demo.env")["TWILIO_API_URL"]
    about = requests.get(f"{lab}/lab", timeout=5).json()
    assert (about["web"], about["lines"][0]) == (told["web"], LINE)
    story = requests.get(f"{lab}/lab/story", timeout=5).text
    assert all(f"{sample.number:<18} calls {LINE}" in story for sample in SAMPLES), (
        "each went through the lab"
    )

    second = here.run("demo", cwd=ROOT, CALMLINE_DATA=str(here.data), PORT=str(free_port()))
    assert second.returncode == 2
    assert "A demo is already running on this data folder; stop it with Ctrl-C." in second.stderr
    assert (here.data / "demo.env").stat().st_mode & 0o777 == 0o600
    explained = shell(here, "calmline explain +12125550144")
    assert "rule specialist" in explained.stdout, "the second left the first one's environment"

    os.killpg(demo.pid, signal.SIGINT)  # what a terminal does at Ctrl-C
    measured("Ctrl-C: the demo ended", wait_until(lambda: demo.poll() is not None, 10))
    assert demo.returncode == 0
    measured("Ctrl-C: its Valkey too", wait_until(lambda: not here.processes(), 10))
    assert {path.name for path in here.data.iterdir()} == {
        "demo_keys.json",
        "ledger_key",
        "secret_key",
        "valkey",
    }
    assert "Traceback" not in here.log.read_text()


def test_a_killed_demo_takes_its_processes_along_and_leaves_nothing_that_counts(here: Place) -> None:
    demo = start(here)
    demo.kill()
    demo.wait()
    took = wait_until(lambda: len(here.processes()) == len(here.processes("valkey")), 5)
    measured("kill -9: the demo's processes ended", took)
    assert (here.data / "demo.env").exists()
    explained = shell(here, "calmline explain +12125550144")
    assert explained.returncode == 2
    assert "TWILIO_ACCOUNT_SID is not set" in explained.stderr
    here.log.unlink()
    again = start(here)
    again.terminate()
    assert again.wait(10) == 0
    assert not (here.data / "demo.env").exists()
