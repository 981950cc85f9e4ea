"""The server as it is shipped: started, called, hurt and stopped, with real processes."""

import re
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.places import REQUIRED, Place, free_port, measured, place, wait_until
from tests.journeys.servers import Server, Valkey, a_server, a_starting_server, treat
from tests.twilio import ACCOUNT, CALLER, TOKEN, a_call_sid

pytestmark = pytest.mark.processes


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Place]:
    with place(tmp_path) as one:
        yield one


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of two processes for the tests that hurt nobody."""
    with place(tmp_path_factory.mktemp("pair")) as one:
        yield a_server(one, WEB_CONCURRENCY="2")


def test_two_variables_in_an_empty_folder_are_enough(here: Place) -> None:
    server = a_server(here)
    answer = server.incoming()
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/xml; charset=utf-8")
    assert "<Gather" in answer.text
    assert server.get("/healthz").json() == {"ok": True}
    ready = server.get("/readyz")
    assert (ready.status_code, ready.json()) == (
        200,
        {
            "config": "ok",
            "redis": "ok",
            "worker": "no worker has been heard of for 20 s",
            "dispatcher": "no dispatcher has been heard of for 5 s",
        },
    )
    assert {path.name for path in here.folder.iterdir()} == {"log", "var"}
    assert (here.data / "secret_key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("treatment", "how", "queue", "heard", "language"),
    [
        ("", {"press": ["1"]}, "general", "Thank you for waiting. You are next.", "en-US"),
        ("", {"press": ["2", "1"]}, "general", "Gracias por esperar. Usted es el siguiente.", "es-US"),
        ("", {"press": ["1"], "from_": "anonymous"}, "general", "You are next.", "en-US"),
        ("specialist", {}, "specialist", "You are next.", "en-US"),
        ("slow_queue", {}, "slow", "Your wait is longer than usual", "en-US"),
        ("email_only", {"press": ["2"]}, "team_leader", "If you are somebody else", "en-US"),
        ("closed", {"press": ["0"]}, "team_leader", "we no longer serve this number", "en-US"),
    ],
    ids=["new caller", "Spanish", "withheld", "specialist", "slow", "e-mail only and 2", "closed and 0"],
)
def test_a_whole_call_reaches_its_queue(
    pair: Server, treatment: str, how: dict[str, Any], queue: str, heard: str, language: str
) -> None:
    number = f"+1415555{7000 + len(treatment)}"
    if treatment:
        treat(pair.place.valkey, number, treatment)
    story = pair.call(**({"from_": number} | how))
    assert (story.ended, story.problems, story.unpressed, story.event_status) == ("waiting", (), (), 204)
    assert {request.status for request in story.requests} <= {200, 204}
    assert any(heard in said.text and said.language == language for said in story.heard)
    record = pair.place.valkey.hgetall(f"main:call:{story.call_sid}")
    assert (record["queue"], record["state"]) == (queue, "ended")
    assert pair.place.valkey.zcard(f"main:queue:{queue}") == 0


def test_metrics_add_up_the_counters_of_both_processes_and_name_nobody(pair: Server) -> None:
    before = pair.counted("calmline_decisions_total", rule="menu")
    folder = pair.place.data / "metrics" / str(pair.port)
    called = 0

    def both_had_calls() -> bool:
        nonlocal called
        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(pair.incoming, [a_call_sid() for _ in range(40)]))
        assert {answer.status_code for answer in answers} == {200}
        called += len(answers)
        return len(list(folder.glob("counter_*.db"))) == 2

    wait_until(both_had_calls, 20, "calls for both processes")
    assert len(pair.workers()) == 2
    seen = {pair.counted("calmline_decisions_total", rule="menu") - before for _ in range(8)}
    assert seen == {float(called)}, "whoever is asked says the same"
    text = pair.get("/metrics").text
    assert not re.search(
        r"CA[0-9a-f]{32}|AC[0-9a-f]{32}|[0-9]{7}", re.sub(r" [0-9.e+-]+$", "", text, flags=re.M)
    )


@pytest.mark.parametrize("processes", ["1", "2"])
def test_sigterm_ends_it_within_seconds_and_leaves_no_process(here: Place, processes: str) -> None:
    server = a_server(here, WEB_CONCURRENCY=processes)
    server.incoming()
    took = server.stop()
    measured("stopped by SIGTERM", took)
    assert (server.process.returncode, took < 4) == (0, True)
    # The embedded Valkey waits 5 s for other users, see tests/config/test_embedded_valkey.py.
    wait_until(lambda: len(here.processes()) == len(here.processes("valkey")), 1)


def test_after_the_kill_of_a_worker_it_answers_again_within_three_seconds(here: Place) -> None:
    server = a_server(here)
    server.workers()[0].kill()
    wait_until(lambda: not server.answers(), 3)
    measured("answered again after a worker's kill", wait_until(server.answers, 3))
    assert server.incoming().status_code == 200


def test_after_the_kill_of_the_main_process_nothing_keeps_the_port(here: Place) -> None:
    server = a_server(here, WEB_CONCURRENCY="2")
    server.process.kill()
    took = wait_until(lambda: not server.answers() and not here.processes("multiprocessing"), 4)
    measured("port free after the main process's kill", took)
    assert a_server(here, PORT=str(server.port)).incoming().status_code == 200


def test_two_servers_started_at_once_share_one_valkey_and_one_key(here: Place) -> None:
    servers = [a_starting_server(here, PUBLIC_URL="https://voice.example.com") for _ in range(2)]
    for server in servers:
        wait_until(server.is_healthy, 20)
    assert len(here.processes("config.valkey_guardian")) == len(here.processes("valkey-server unix")) == 1
    sid = a_call_sid()
    assert len({server.incoming(sid).text for server in servers}) == 1
    assert {path.name for path in here.data.iterdir()} == {"ledger_key", "secret_key", "valkey"}


def test_a_port_in_use_is_said_to_people(here: Place, pair: Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, ThreadPoolExecutor() as threads:
        ports = [pair.port, other.getsockname()[1]]
        refusals = threads.map(lambda port: here.run("serve", **REQUIRED, PORT=str(port)), ports)
        for port, refused in zip(ports, refusals, strict=True):
            assert refused.returncode == 2
            assert refused.stderr == (
                f"Calmline cannot listen at port {port}: Address already in use. "
                "Stop the other program, or choose another port with PORT.\n"
            )
    assert pair.counted("calmline_decisions_total", rule="menu") > 0, "the server that runs lost nothing"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"TWILIO_ACCOUNT_SID": ""}, ["TWILIO_ACCOUNT_SID is not set", "first page of the Twilio console"]),
        ({"TWILIO_ACCOUNT_SID": "AC12"}, ["TWILIO_ACCOUNT_SID: ", "AC and 32 hexadecimal digits"]),
        ({"PORT": "99999"}, ["PORT: ", "from 1 to 65535"]),
        ({"PUBLIC_URL": "https://a.example/x"}, ["PUBLIC_URL: ", "such as https://voice.example.com"]),
        ({"REDIS_URL": "localhost:6379"}, ["REDIS_URL: ", "redis://127.0.0.1:6379/0"]),
    ],
    ids=lambda value: "=".join(*value.items()) if isinstance(value, dict) else "",
)
def test_a_missing_or_wrong_variable_is_named_with_what_is_right(
    here: Place, given: dict[str, str], said: list[str]
) -> None:
    refused = here.run("serve", **(REQUIRED | {"PORT": str(free_port())} | given))
    assert refused.returncode == 2
    assert all(words in refused.stderr for words in said), refused.stderr
    assert "Traceback" not in refused.stderr
    assert not any(secret in refused.stderr for secret in (ACCOUNT, TOKEN, "AC12"))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--save", ""), "Set `appendonly yes`"),
        (("--appendonly", "yes", "--maxmemory", "50mb", "--maxmemory-policy", "allkeys-lru"), "allkeys-lru"),
    ],
    ids=["no append-only file", "evicting"],
)
def test_a_redis_that_forgets_is_refused_but_for_a_try_out(
    here: Place, options: tuple[str, ...], said: str
) -> None:
    valkey = Valkey(here, options).start()
    refused = here.run("serve", **REQUIRED, REDIS_URL=valkey.url, PORT=str(free_port()))
    assert refused.returncode == 2
    assert said in refused.stderr
    assert "ALLOW_VOLATILE_REDIS=1" in refused.stderr
    server = a_server(here, REDIS_URL=valkey.url, ALLOW_VOLATILE_REDIS="1")
    assert server.incoming(from_=CALLER).status_code == 200
