"""The worker and the dispatcher as they are shipped: killed, left without Redis, told to end."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from config.connections import StoreAway
from config.settings import load_settings
from routing.floor import Floor, open_patient_floor
from routing.store.mails import MailState
from tests.callbacks.post_office import post_office
from tests.callbacks.slow_dispatcher import BEGUN, DONE
from tests.journeys.places import CALMLINE, REQUIRED, Place, measured, place, wait_until
from tests.journeys.servers import Valkey, a_server
from tests.twilio import ACCOUNT, TOKEN

pytestmark = [pytest.mark.processes, pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd")]

MINUTE = timedelta(minutes=1)
Process = subprocess.Popen[bytes]


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Place]:
    with place(tmp_path) as one:
        yield one


def a_floor(valkey: Valkey) -> Floor:
    return open_patient_floor(
        load_settings(twilio_account_sid=ACCOUNT, twilio_auth_token=TOKEN, redis_url=valkey.url)
    )


def start(here: Place, valkey: Valkey, *words: str, **given: str) -> Process:
    return here.start(*words, **(REQUIRED | {"REDIS_URL": valkey.url} | given))


def a_slow_one(here: Place, valkey: Valkey) -> Process:
    return start(here, valkey, sys.executable, "-m", "tests.callbacks.slow_dispatcher")


def noted(valkey: Valkey, name: str) -> list[str]:
    notes: list[str] = valkey.client.lrange(name, 0, -1)  # type: ignore[assignment]
    return notes


def ended(process: Process, within: float) -> float:
    took = wait_until(lambda: process.poll() is not None, within)
    assert process.returncode == 0
    return took


def test_what_a_killed_dispatcher_was_doing_another_does_within_about_five_seconds(here: Place) -> None:
    valkey = Valkey(here).start()
    floor = a_floor(valkey)
    first = a_slow_one(here, valkey)
    floor.effects.add("hold", "CA1", {"s": 1.5}, within=MINUTE)
    wait_until(lambda: noted(valkey, BEGUN), 15)
    first.kill()
    killed = time.monotonic()
    second = a_slow_one(here, valkey)
    wait_until(lambda: len(noted(valkey, BEGUN)) == 2, 10)
    measured("begun again after the kill", time.monotonic() - killed)
    assert time.monotonic() - killed < 7
    wait_until(lambda: floor.effects.waiting() == 0, 5)
    [done] = noted(valkey, DONE)
    assert done == noted(valkey, BEGUN)[1]
    second.terminate()
    measured("a dispatcher's end", ended(second, 5))


def test_dispatchers_wait_for_redis_and_go_on(here: Place) -> None:
    valkey = Valkey(here).start()
    floor = a_floor(valkey)
    running = [a_slow_one(here, valkey) for _ in range(2)]
    for n in range(30):
        floor.effects.add("hold", f"CA{n}", {"s": 0.2}, within=MINUTE)
    wait_until(lambda: len(noted(valkey, DONE)) > 6, 15)
    valkey.send(signal.SIGKILL)
    time.sleep(1.5)
    valkey.start()
    back = time.monotonic()
    wait_until(lambda: valkey.client.xlen("main:effects") == 0, 20)
    measured("all done after Redis came back", time.monotonic() - back)
    assert {note.split()[0] for note in noted(valkey, DONE)} == {f"CA{n}" for n in range(30)}
    assert len({note.split()[1] for note in noted(valkey, DONE)}) == 2
    for process in running:
        process.terminate()
    assert all(ended(process, 6) < 6 for process in running)


def test_a_mail_goes_from_the_outbox_by_dispatcher_and_worker_to_its_reader(here: Place) -> None:
    valkey = Valkey(here).start()
    server = a_server(here, REDIS_URL=valkey.url)
    floor = a_floor(valkey)
    with post_office() as (office, port):
        mail = {"SMTP_URL": f"smtp://127.0.0.1:{port}", "MAIL_FROM": "Calmline <us@example.com>"}
        worker = start(here, valkey, str(CALMLINE), "worker", **mail)
        dispatcher = start(here, valkey, str(CALMLINE), "dispatcher")
        well = {"redis": "ok", "config": "ok", "worker": "ok", "dispatcher": "ok"}
        wait_until(lambda: server.get("/readyz").json() == well, 20)
        wrote = time.monotonic()
        mail_id = floor.mails.write("ana@example.com", "Your call", "Text")
        wait_until(lambda: office.received, 10)
        measured("a mail under way", time.monotonic() - wrote)
        wait_until(lambda: floor.mails.state(mail_id) == (MailState.SENT, ""), 2)
    assert b"ana@example.com" not in here.log.read_bytes()
    for process in (worker, dispatcher):
        process.terminate()
        ended(process, 8)
    ready = server.get("/readyz")
    assert (ready.status_code, ready.json()["worker"]) == (200, "no worker has been heard of for 20 s")
    assert "Traceback" not in here.log.read_text()


def test_a_worker_survives_redis_and_begins_before_it(here: Place) -> None:
    valkey = Valkey(here).start()
    floor = a_floor(valkey)
    valkey.send(signal.SIGKILL)
    with post_office() as (office, port):
        mail = {"SMTP_URL": f"smtp://127.0.0.1:{port}", "MAIL_FROM": "us@example.com"}
        worker = start(here, valkey, str(CALMLINE), "worker", **mail)
        dispatcher = start(here, valkey, str(CALMLINE), "dispatcher")
        time.sleep(3)
        assert (worker.poll(), dispatcher.poll()) == (None, None)
        valkey.start()
        wait_until(lambda: not any(_missing(floor)), 15)
        valkey.send(signal.SIGKILL)
        time.sleep(2)
        valkey.start()
        wait_until(lambda: _missing(floor) != ["away"], 10)
        floor.mails.write("ana@example.com", "Your call", "Text")
        wait_until(lambda: office.received, 15)
    assert (worker.poll(), dispatcher.poll()) == (None, None)


def _missing(floor: Floor) -> list[str]:
    try:
        return list(floor.heartbeats.missing().values())
    except StoreAway:
        return ["away"]
