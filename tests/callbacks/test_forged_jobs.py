"""200 forged jobs: none runs, the worker lives, and a genuine job after them is done."""

import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import redis

from callbacks.jobs import SEND_MAIL
from callbacks.quarantine import COUNT, quarantined
from callbacks.rq_queues import Carrier
from config.settings import load_settings
from routing.floor import open_patient_floor
from tests.callbacks.forgeries import forge
from tests.callbacks.post_office import post_office
from tests.journeys.places import CALMLINE, REQUIRED, Place, measured, place, wait_until
from tests.journeys.servers import Valkey
from tests.twilio import ACCOUNT, TOKEN

pytestmark = [pytest.mark.processes, pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd")]

FORGED = 200


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Place]:
    with place(tmp_path) as one:
        yield one


@pytest.fixture
def webhook() -> Iterator[tuple[str, list[str]]]:
    """A server, and who asked it."""
    asked: list[str] = []

    class Hook(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)

    with HTTPServer(("127.0.0.1", 0), Hook) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/", asked
        server.shutdown()
        thread.join()


def test_no_forged_job_runs_and_a_genuine_one_after_them_does(
    here: Place, webhook: tuple[str, list[str]], tmp_path: Path
) -> None:
    valkey = Valkey(here).start()
    settings = load_settings(twilio_account_sid=ACCOUNT, twilio_auth_token=TOKEN, redis_url=valkey.url)
    floor, mark = open_patient_floor(settings), tmp_path / "it-ran"
    raw = redis.Redis(port=valkey.port)
    in_queue = forge(raw, mark, webhook[0], FORGED)
    with post_office() as (office, port):
        genuine = floor.mails.write("ana@example.com", "Hello", "Text")
        Carrier(settings).hand_over(SEND_MAIL, [genuine])
        given = REQUIRED | {"REDIS_URL": valkey.url, "SMTP_URL": f"smtp://127.0.0.1:{port}"}
        worker = here.start(CALMLINE, "worker", **given, MAIL_FROM="us@example.com")
        measured("until the genuine job", wait_until(lambda: office.received, 30, here.log))
        Carrier(settings).hand_over(SEND_MAIL, [floor.mails.write("ana@example.com", "Again", "Text")])
        wait_until(lambda: len(office.received) == 2, 20)
    assert worker.poll() is None
    assert not mark.exists()
    assert webhook[1] == []
    assert here.log.read_text().count("worker_started") == 1, "it did not even begin again"
    assert "worker_begins_again" not in here.log.read_text()
    found = quarantined(floor, limit=1000)
    assert len(found) == in_queue == floor.counts()[COUNT]
    assert {one.job for one in found} >= {f"forged-{n}" for n in range(FORGED)}
    assert raw.llen("rq:queue:jobs") == 0
    assert raw.exists(*[f"rq:job:forged-{n}" for n in range(FORGED)]) == 0
    assert "5550142" not in here.log.read_text()
    assert "maintenance_failed" not in here.log.read_text()
    worker.terminate()
    assert worker.wait(10) == 0


def test_rq_s_own_tools_know_the_queue(here: Place) -> None:
    valkey = Valkey(here).start()
    settings = load_settings(twilio_account_sid=ACCOUNT, twilio_auth_token=TOKEN, redis_url=valkey.url)
    carrier = Carrier(settings)
    carrier.hand_over(SEND_MAIL, ["m1", "m2", "m1"])
    assert carrier.waiting() == 2
    words = [CALMLINE.with_name("rq"), "info", "--url", valkey.url, "--raw", "--only-queues"]
    told = subprocess.run(
        words, capture_output=True, text=True, timeout=30, check=True, env={"PATH": "/usr/bin:/bin"}
    )
    assert "queue jobs 2" in told.stdout
