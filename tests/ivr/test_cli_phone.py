"""`calmline lab phone` with commands through a pipe, in a lab in front of a line that is not ours."""

import threading
from collections.abc import Callable, Iterator

import pytest
from click.testing import CliRunner

from config.settings import Settings, SettingsError
from ivr.cli import calmline
from ivr.lab.account import Account, a_line
from ivr.lab.clocks import RealClock
from ivr.lab.control.client import LabClient
from ivr.lab.lab import Lab
from ivr.lab.records import NewCall
from tests.ivr.command_line import calmline_at
from tests.journeys.places import REQUIRED, free_port
from tests.lab.sample_line import ACCOUNT, TOKEN, SampleLine, sample_line
from tests.twilio import LINE

Typed = Callable[..., list[str]]
ANA, BEN = "+12125550160", "+12125550161"


@pytest.fixture
def line() -> Iterator[SampleLine]:
    with sample_line() as running:
        yield running


@pytest.fixture
def lab(line: SampleLine) -> Iterator[Lab]:
    account = Account(ACCOUNT, TOKEN, (a_line(line.web),), calls_per_second=10)
    with line.lab(account, clock=RealClock()) as found:
        yield found


@pytest.fixture
def phone(settings: Settings, lab: Lab) -> Typed:
    """Types the lines at `calmline lab phone …`; what it showed."""
    here = {
        "CALMLINE_LAB": "1",
        "TWILIO_API_URL": lab.rest_url,
        "CALMLINE_DATA": str(settings.calmline_data),
        "CALMLINE_SITE": settings.calmline_site,
    }

    def typed(*lines: str, numbers: tuple[str, ...] = ()) -> list[str]:
        words = ["lab", "phone", *numbers]
        result = CliRunner().invoke(calmline, words, input="\n".join(lines), env=REQUIRED | here)
        assert result.exit_code == 0, result.output
        return result.stdout.splitlines()

    return typed


def test_a_call_is_made_heard_answered_by_a_key_and_hung_up(phone: Typed, line: SampleLine) -> None:
    shown = phone("call", "wait 0.6", "1", "wait 1.5", "hang up")
    assert shown == [
        f"{ANA}  calls {LINE}",
        f"{ANA}  is connected",
        f"{ANA}  [en-US] Press 1 to wait.",
        f"{ANA}  presses 1",
        f"{ANA}  [en-US] Please hold.",
        f"{ANA}  [en-US] You are first.",
        f"{ANA}  the call is over",
    ]
    assert line.forms("/voice/incoming")[0]["From"] == ANA


def test_several_telephones_are_told_apart_by_their_numbers(phone: Typed) -> None:
    script = ("call", "use 161", "say Hello", "call (212) 555-0199", "wait 0.4", "phones", "+12125550160 1")
    shown = phone(*script, numbers=(ANA, "212 555 0161"))
    assert f"{BEN}  is the telephone in your hand" in shown
    assert f"{BEN} has no call." in shown
    assert f"{BEN}  calls +12125550199" in shown
    assert f"{ANA}    calls {LINE} (in-progress)" in shown
    assert f"{BEN}  * calls +12125550199 (in-progress)" in shown
    assert f"{ANA}  presses 1" in shown
    assert {f"{ANA}  the call is over", f"{BEN}  the call is over"} <= set(shown[-6:]), "both are put down"


def test_what_cannot_be_done_is_said_and_the_telephone_goes_on(phone: Typed) -> None:
    shown = phone("foo", "answer", "call me", f"call {BEN}", "help", "quit", "1", numbers=(ANA, BEN))
    assert shown[0] == '"foo" is no command; type help.'
    assert shown[1] == f"{ANA} has no call."
    assert shown[2] == '"me" is no telephone number; write it such as +12125550160.'
    assert shown[3] == f"{BEN} is a telephone of the lab. Telephones call the line's numbers."
    assert "say WORDS" in "\n".join(shown[4:])
    assert shown[-1].strip().startswith("help"), "nothing after quit is read"


def ring(lab: Lab, number: str) -> None:
    """The line calls this telephone."""
    document = '<Response><Say>An adviser.</Say><Pause length="30"/></Response>'
    with lab.exchange as network:
        network.create_call(NewCall(LINE, number, twiml=document))


def test_a_telephone_that_rings_is_answered_by_hand_or_by_itself(phone: Typed, lab: Lab) -> None:
    ring(lab, ANA)
    by_hand = phone("wait 1", "answer", "wait 0.3", "drop")
    assert by_hand[0].endswith("rings: +12125550100 calls")
    assert by_hand[1:3] == [f"{ANA}  answers", f"{ANA}  [en-US] An adviser."]
    threading.Timer(0.5, ring, (lab, BEN)).start()
    by_itself = phone("wait 2", numbers=(BEN, "--answer-after", "0.2"))
    assert f"{BEN}  answers" in by_itself
    pickups = [phone["ringing"]["pickup"] for phone in LabClient(lab.rest_url).phones()]
    assert pickups == ["no-answer"] * 2, "put down, a telephone rings by hand again"


def test_without_a_lab_it_is_said_what_to_start(settings: Settings) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    run = calmline_at(settings)
    refused = run("lab", "phone", CALMLINE_LAB="1", TWILIO_API_URL=url)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert (
        refused.stderr == f"Error: No lab answers at {url}; start `calmline demo` or `calmline lab serve`.\n"
    )
    elsewhere = run("lab", "phone", CALMLINE_LAB="1", TWILIO_API_URL="https://api.twilio.com")
    assert isinstance(elsewhere.exception, SettingsError)
    assert "the lab listens on this machine only" in str(elsewhere.exception)
    for words in (("lab", "phone"), ("lab", "serve")):
        assert "set CALMLINE_LAB=1, here and for the server" in str(run(*words).exception)
    wrong = run("lab", "phone", "me", CALMLINE_LAB="1", TWILIO_API_URL=url)
    assert wrong.exit_code == 2
    assert '"me" is no telephone number' in wrong.stderr
