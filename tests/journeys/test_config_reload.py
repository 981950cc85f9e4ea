"""A running server takes up a changed routing config; a bad one is refused, and the last good one kept."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import psutil
import pytest
import requests

from tests.ivr.voice.scenes import a_config
from tests.journeys.places import Place, measured, place, wait_until
from tests.journeys.servers import Server, a_server

pytestmark = pytest.mark.processes

WITHIN_S = 5.0
OLD, NEW, LAST = "Example Company", "The New Company", "Another Company"
BAD = {
    "not YAML": lambda text: text + "\n  : : [",
    "an unknown key": lambda text: text.replace("greeting: welcome", "greting: welcome"),
    "cut off": lambda text: text[: len(text) // 2],
    "empty": lambda _: "",
    "no file": None,
}


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Place]:
    with place(tmp_path) as one:
        yield one


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for the tests that change its file and put it right again."""
    with place(tmp_path_factory.mktemp("reload")) as one:
        write(file_of(one), OLD)
        yield a_server(one, CALMLINE_CONFIG=str(file_of(one)))


def file_of(here: Place) -> Path:
    return here.folder / "support-line.yaml"


def write(file: Path, company: str) -> str:
    """The packaged config of another company, put in place as an editor does."""
    beside = file.parent / "editor"
    beside.mkdir(exist_ok=True)
    text = a_config(beside, (f"name: {OLD}", f"name: {company}")).read_text("utf-8")
    (beside / "support-line.yaml").rename(file)
    return text


def greeting(server: Server) -> str:
    """The first words of a new call. A connection of its own, so that any of the processes may answer."""
    said = next(ElementTree.fromstring(server.incoming().content).iter("Say"))
    return said.text or ""


def greets(server: Server, company: str) -> bool:
    return greeting(server) == f"Thank you for calling {company}."


def ready(server: Server) -> tuple[int, str]:
    answer = server.get("/readyz")
    return answer.status_code, answer.json()["config"]


def logged(here: Place, event: str) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in here.lines()]
    return [line for line in lines if line["event"] == event]


def test_a_changed_file_is_heard_within_five_seconds(server: Server) -> None:
    told = len(logged(server.place, "config_changed"))
    wait_until(lambda: greets(server, OLD), WITHIN_S)
    write(file_of(server.place), NEW)
    measured("a changed config heard", wait_until(lambda: greets(server, NEW), WITHIN_S))
    assert ready(server) == (200, "ok")
    assert [line["file"] for line in logged(server.place, "config_changed")[told:]] == ["support-line.yaml"]


@pytest.mark.parametrize("fault", BAD)
def test_a_file_that_turns_bad_is_refused_and_the_last_good_one_stays(server: Server, fault: str) -> None:
    file, told = file_of(server.place), len(logged(server.place, "config_refused"))
    text, change = write(file, OLD), BAD[fault]
    wait_until(lambda: greets(server, OLD), WITHIN_S)
    file.write_text(change(text), "utf-8") if change else file.unlink()
    measured("a bad config said", wait_until(lambda: ready(server)[1] != "ok", WITHIN_S))
    assert ready(server)[0] == 200
    assert "support-line.yaml" in ready(server)[1]
    assert all(greets(server, OLD) for _ in range(5))
    (refused,) = logged(server.place, "config_refused")[told:]
    assert (refused["level"], refused["serving"]) == ("error", True)
    assert "support-line.yaml" in refused["faults"]
    write(file, LAST)
    measured("a mended config heard", wait_until(lambda: greets(server, LAST), WITHIN_S))
    assert ready(server) == (200, "ok")


def test_a_server_that_started_without_a_config_takes_the_first_good_one(here: Place) -> None:
    file = file_of(here)
    server = a_server(here, CALMLINE_CONFIG=str(file))
    assert greeting(server).startswith("We are sorry, something on our side is not working.")
    assert ready(server)[0] == 503
    write(file, NEW)
    wait_until(lambda: greets(server, NEW), WITHIN_S)
    assert ready(server) == (200, "ok")


def by_process(server: Server, company: str) -> bool:
    """Whether each of the server's processes greets so; the main process shares calls out among them."""
    return all(greets(server, company) for _ in range(16))


def test_both_processes_take_the_change_keep_the_last_good_one_and_recover(here: Place) -> None:
    file = file_of(here)
    text = write(file, OLD)
    server = a_server(here, CALMLINE_CONFIG=str(file), WEB_CONCURRENCY="2")
    wait_until(lambda: len(server.workers()) == 2, 10)
    busy = {worker.pid: cpu_time(worker) for worker in server.workers()}
    assert by_process(server, OLD)
    write(file, NEW)
    measured("both heard", wait_until(lambda: by_process(server, NEW), WITHIN_S))
    wait_until(lambda: len(logged(here, "config_changed")) == 2 or not greeting(server), WITHIN_S)
    file.write_text(text.replace("menus:", "menues:"), "utf-8")
    wait_until(lambda: len(logged(here, "config_refused")) == 2 or not greeting(server), WITHIN_S)
    assert by_process(server, NEW)
    assert {ready(server)[0] for _ in range(8)} == {200}
    write(file, LAST)
    wait_until(lambda: by_process(server, LAST), WITHIN_S)
    assert all(cpu_time(worker) > busy[worker.pid] for worker in server.workers()), "both had calls"


def cpu_time(worker: psutil.Process) -> float:
    times = worker.cpu_times()
    return float(times.user + times.system)


def test_while_the_file_changes_every_call_is_answered_by_the_old_or_the_new(server: Server) -> None:
    wait_until(lambda: greets(server, LAST) or greets(server, NEW), WITHIN_S)
    heard = set()
    with requests.Session() as session:
        for turn in range(12):
            write(file_of(server.place), [NEW, LAST][turn % 2])
            for _ in range(60):
                answer = server.incoming(asking=session)
                assert answer.status_code == 200
                heard.add(next(ElementTree.fromstring(answer.content).iter("Say")).text)
    assert heard <= {f"Thank you for calling {company}." for company in (LAST, NEW)}
