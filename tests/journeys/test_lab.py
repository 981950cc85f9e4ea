"""The lab as a process beside the product: telephones, Twilio's REST and the site's time in one network."""

import fcntl
import json
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from twilio.rest import Client

from ivr.lab.control.client import LabClient
from tests.journeys.places import CALMLINE, REQUIRED, Place, free_port, measured, place, wait_until
from tests.journeys.servers import Server, a_server
from tests.lab.rest.real_client import real_client
from tests.twilio import CALLER, LINE

pytestmark = pytest.mark.processes

ANA, BEN = "+12125550160", "+12125550161"


@dataclass
class Site:
    """`calmline serve` and `calmline lab serve`, and whoever holds a telephone."""

    place: Place
    server: Server
    lab: "subprocess.Popen[bytes]"
    here: dict[str, str]

    @property
    def url(self) -> str:
        return self.here["TWILIO_API_URL"]

    def run(self, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
        return self.place.run(*words, **(self.here | more))

    def phones(self, *words: str) -> "subprocess.Popen[bytes]":
        """`calmline lab phone` that writes to the file `shown`; what it is told is typed."""
        with (self.place.folder / "shown").open("wb") as shown:
            phones = subprocess.Popen(
                [str(CALMLINE), "lab", "phone", *words],
                cwd=self.place.folder,
                env=self.place.environment(self.here) | {"PYTHONUNBUFFERED": "1"},
                stdin=subprocess.PIPE,
                stdout=shown,
                stderr=shown,
                start_new_session=True,
            )
        self.place.started.append(phones)
        return phones

    def shows(self, text: str, within_s: float = 10) -> None:
        shown = self.place.folder / "shown"
        wait_until(lambda: text in shown.read_text(), within_s, f"{text!r}: {shown.read_text()}")


def type_at(phones: "subprocess.Popen[bytes]", line: str) -> None:
    assert phones.stdin
    phones.stdin.write(f"{line}\n".encode())
    phones.stdin.flush()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with place(tmp_path_factory.mktemp("lab")) as here:
        given = {"PORT": str(free_port()), "TWILIO_API_URL": f"http://127.0.0.1:{free_port()}"}
        given |= REQUIRED | {"CALMLINE_LAB": "1"}
        server = a_server(here, **given)
        lab = here.start(CALMLINE, "lab", "serve", **given)
        wait_until(lambda: "The lab answers at" in here.log.read_text(), 20, here.log)
        yield Site(here, server, lab, given)


@pytest.fixture
def twilio(site: Site) -> Iterator[Client]:
    """The real library, as the product uses it."""
    client = real_client(site.url)
    yield client
    client.http_client.close()


def test_two_telephones_and_twilios_rest_meet_in_one_network(site: Site, twilio: Client) -> None:
    phones = site.phones(ANA, BEN)
    type_at(phones, "call")
    site.shows(f"{ANA}  [en-US] Thank you for calling Example Company.")
    type_at(phones, "1")
    site.shows(f"{ANA}  [en-US] We are connecting you with the next free adviser.")
    wait_until(lambda: [one.current_size for one in twilio.queues.list()] == [1], 5, "the queue")
    [waiting] = twilio.calls.list(status="in-progress")
    assert (waiting._from, waiting.to, waiting.direction) == (ANA, LINE, "inbound")

    document = "<Response><Say>A caller waits.</Say><Pause length='60'/></Response>"
    offer = twilio.calls.create(to=BEN, from_=LINE, twiml=document)
    site.shows(f"{BEN}  rings: {LINE} calls")
    type_at(phones, f"{BEN} answer")
    site.shows(f"{BEN}  [en-US] A caller waits.")
    assert twilio.calls(offer.sid).fetch().status == "in-progress"
    type_at(phones, "phones")
    site.shows(f"{ANA}  * calls {LINE} (in-progress)")
    site.shows(f"{BEN}    was called by {LINE} (in-progress)")

    assert phones.stdin
    phones.stdin.close()
    wait_until(lambda: phones.poll() is not None, 5, "the end of what is typed")
    assert phones.returncode == 0
    assert {one.status for one in twilio.calls.list()} == {"completed"}


def test_a_call_has_the_same_shape_through_the_lab_and_alone(site: Site, twilio: Client) -> None:
    def call(**more: str) -> dict[str, object]:
        done = site.run("call", CALLER, "--press", "1", "--json", **more)
        assert done.returncode == 0, done
        story: dict[str, object] = json.loads(done.stdout)
        return story | {"call_sid": ""}

    before = len(twilio.calls.list())
    began = time.monotonic()
    through = call()
    measured("a call through the lab", time.monotonic() - began)
    assert len(twilio.calls.list()) == before + 1
    assert through == call(TWILIO_API_URL=""), "alone"
    assert len(twilio.calls.list()) == before + 1
    assert through == call(TWILIO_API_URL=f"http://127.0.0.1:{free_port()}"), "nobody there"
    printed = [site.run("call", CALLER, "--press", "3", TWILIO_API_URL=url).stdout for url in (site.url, "")]
    assert printed[0] == printed[1]
    assert "caller presses 3" in printed[0]


def test_a_call_that_waits_ends_when_it_is_interrupted(site: Site, twilio: Client) -> None:
    call = site.place.start(CALMLINE, "call", CALLER, "--press", "1", "--wait", "600", **site.here)
    wait_until(lambda: twilio.calls.list(status="in-progress"), 10, "the call")
    call.send_signal(signal.SIGINT)
    wait_until(lambda: call.poll() is not None, 5, "the caller's end")
    wait_until(lambda: not twilio.calls.list(status="in-progress"), 5, "the call's end")


def test_the_labs_clock_follows_the_sites(site: Site, twilio: Client) -> None:
    client = LabClient(site.url)

    def behind_s() -> float:
        there = site.server.get("/lab/clock").json()["now"]
        return abs(datetime.fromisoformat(there).timestamp() - client.about()["now"])

    assert behind_s() < 0.3
    before = client.about()["now"]
    assert site.run("lab", "advance", "1h").returncode == 0
    measured("the lab followed", wait_until(lambda: behind_s() < 0.3, 0.6, "the lab's clock"))
    assert client.about()["now"] >= before + 3600
    created = site.run("call", CALLER, "--json")
    assert created.returncode == 0
    newest = twilio.calls.list()[0]
    assert newest.date_created.replace(tzinfo=UTC).timestamp() >= before + 3590


def test_at_a_terminal_tab_completes_and_ctrl_d_ends(site: Site) -> None:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", 24, 110, 0, 0))
    terminal = {"stdin": theirs, "stdout": theirs, "stderr": theirs}
    phones = subprocess.Popen(
        [str(CALMLINE), "lab", "phone", ANA],
        cwd=site.place.folder,
        env=site.place.environment(site.here) | {"TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"},
        start_new_session=True,
        **terminal,
    )
    site.place.started.append(phones)
    os.close(theirs)
    shown = bytearray()

    def shows(text: str) -> bool:
        if select.select([ours], [], [], 0)[0]:
            shown.extend(os.read(ours, 65536))
        return text in shown.decode()

    def then(keys: bytes, text: str) -> None:
        os.write(ours, keys)
        wait_until(lambda: shows(text), 10, f"{text!r} at the terminal")

    then(b"", f"{ANA}>")
    then(b"ca\t\r", f"calls {LINE}")
    then(b"", "Thank you for calling")
    then(b"hang\t\r", "the call is over")
    then(b"h\t", "help")
    os.write(ours, b"\x15\x04")
    wait_until(lambda: phones.poll() is not None, 5, "Ctrl-D")
    assert phones.returncode == 0
    os.close(ours)


def test_a_second_lab_on_the_port_is_refused_in_a_sentence(site: Site) -> None:
    second = site.run("lab", "serve")
    assert (second.returncode, second.stdout) == (2, "")
    assert second.stderr.startswith(f"Port {site.url.rpartition(':')[2]} is taken. Does a lab run already?")
    elsewhere = site.run("lab", "serve", TWILIO_API_URL="https://api.twilio.com")
    assert (elsewhere.returncode, elsewhere.stderr.count("\n")) == (2, 1)


def test_ctrl_c_tells_the_line_that_calls_are_over_and_leaves_no_process(site: Site) -> None:
    phones = site.phones(ANA)
    type_at(phones, "call")
    site.shows("Thank you for calling")
    assert "going on" in site.run("calls", "list").stdout
    os.killpg(site.lab.pid, signal.SIGINT)
    measured("Ctrl-C: the lab ended", wait_until(lambda: site.lab.poll() is not None, 5))
    assert site.lab.returncode == 0
    site.shows("No lab answers at")
    wait_until(lambda: phones.poll() is not None, 5, "the telephone's end")
    assert phones.returncode == 1
    assert phones.stdin
    phones.stdin.close()
    assert "going on" not in site.run("calls", "list").stdout
    site.server.stop()
    wait_until(lambda: not site.place.processes(), 10, "the end of all processes")
    assert "Traceback" not in site.place.log.read_text()


def test_the_lab_starts_while_redis_is_away(tmp_path: Path) -> None:
    with place(tmp_path) as here:
        away = {"REDIS_URL": f"redis://127.0.0.1:{free_port()}/0", "CALMLINE_LAB": "1"}
        lab = here.start(CALMLINE, "lab", "serve", "--port", str(free_port()), **REQUIRED, **away)
        wait_until(lambda: "The lab answers at" in here.log.read_text(), 20, here.log)
        lab.terminate()
        assert lab.wait(10) == 0
