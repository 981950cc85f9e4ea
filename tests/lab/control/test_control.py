"""A running lab in the hands of another process: `/lab/…` over HTTP, in front of a line that is not ours."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from ivr.lab.caller import CallStory
from ivr.lab.carrier import Script
from ivr.lab.clocks import RealClock
from ivr.lab.control.client import LabClient, LabSaysNo, NoLabError
from ivr.lab.exchange import Mistake
from ivr.lab.lab import Lab
from ivr.lab.story import Heard
from tests.journeys.places import free_port
from tests.lab.rest.real_client import real_client
from tests.lab.sample_line import ACCOUNT, CALLER, NUMBER, TOKEN, SampleLine

AGENT = "+14155550199"


@pytest.fixture
def lab(line: SampleLine) -> Iterator[Lab]:
    """Time stands still until it is run."""
    with line.lab() as found:
        yield found


@pytest.fixture
def real(line: SampleLine) -> Iterator[Lab]:
    """Time flows."""
    with line.lab(clock=RealClock()) as found:
        yield found


def texts(client: LabClient, number: str) -> list[str]:
    news = client.news([number], 0, wait_s=0)["items"]
    return [one["text"] if one["what"] == "heard" else one["status"] for one in news]


def test_a_telephone_calls_hears_presses_and_hangs_up(lab: Lab) -> None:
    client = LabClient(lab.rest_url)
    assert client.phone(CALLER)["call"] is None
    called = client.act(CALLER, "call", to=NUMBER)
    assert (called["call"]["status"], called["call"]["direction"]) == ("ringing", "inbound")
    lab.run(1)
    client.act(CALLER, "press", keys="1")
    lab.run(2)
    client.act(CALLER, "say", words="Anybody there?")
    client.act(CALLER, "hang-up")
    lab.run(1)
    assert texts(client, CALLER) == [
        "in-progress",
        "Press 1 to wait.",
        "1",
        "Please hold.",
        "You are first.",
        "Anybody there?",
        "completed",
    ]
    [phone] = client.phones()
    assert (phone["number"], phone["call"]["is_over"], phone["talking_with"]) == (CALLER, True, [])
    assert "presses 1" in client.story()


@pytest.mark.parametrize(
    ("ringing", "statuses"),
    [
        ({"pickup": "answer", "after_s": 3}, ["ringing", "in-progress", "Hello.", "completed"]),
        ({"pickup": "busy", "after_s": 1}, ["ringing", "busy"]),
        ({"pickup": "reject"}, ["ringing", "busy"]),
        ({"pickup": "no-answer"}, ["ringing", "no-answer"]),
        ({"pickup": "by_hand"}, ["ringing", "no-answer"]),
        ({"pickup": "failed"}, ["failed"]),
    ],
    ids=lambda given: given["pickup"] if isinstance(given, dict) else "",
)
def test_a_telephone_is_described_by_what_it_does_when_it_rings(
    lab: Lab, ringing: dict[str, Any], statuses: list[str]
) -> None:
    client = LabClient(lab.rest_url)
    client.phone(AGENT, ringing)
    twilio = real_client(lab.rest_url, ACCOUNT, TOKEN, ACCOUNT)
    document = "<Response><Say>Hello.</Say></Response>"
    twilio.calls.create(to=AGENT, from_=NUMBER, twiml=document, timeout=20)
    lab.run(30)
    assert texts(client, AGENT) == statuses
    [found] = twilio.calls.list(to=AGENT)
    assert found.sid == client.phones()[0]["call"]["sid"]


@pytest.mark.parametrize(("does", "ends"), [("answer", "in-progress"), ("reject", "busy")])
def test_a_telephone_that_rings_is_taken_or_refused_by_hand(lab: Lab, does: str, ends: str) -> None:
    client = LabClient(lab.rest_url)
    client.phone(AGENT, {"pickup": "by_hand"})
    document = '<Response><Pause length="60"/></Response>'
    real_client(lab.rest_url, ACCOUNT, TOKEN, ACCOUNT).calls.create(to=AGENT, from_=NUMBER, twiml=document)
    lab.run(5)
    assert client.phones()[0]["call"]["status"] == "ringing"
    client.act(AGENT, does)
    lab.run(1)
    assert client.phones()[0]["call"]["status"] == ends


def test_what_cannot_be_done_is_refused_with_its_reason(lab: Lab) -> None:
    client = LabClient(lab.rest_url)

    def refusal(number: str, what: str, **more: str) -> tuple[str, str]:
        with pytest.raises(LabSaysNo) as refused:
            client.act(number, what, **more)
        return refused.value.code, str(refused.value)

    assert refusal(CALLER, "answer") == ("no_such_phone", f"{CALLER} is no telephone of this lab yet.")
    client.phone(CALLER)
    client.phone(AGENT)
    for what in ("answer", "reject", "hang-up", "drop"):
        assert refusal(CALLER, what) == ("no_call", f"{CALLER} has no call.")
    assert refusal(CALLER, "press", keys="1") == ("no_call", f"{CALLER} has no call.")
    assert refusal(CALLER, "call", to=AGENT)[0] == "cannot_be_dialled"
    client.act(CALLER, "call", to=NUMBER)
    assert refusal(CALLER, "call", to=NUMBER) == (
        "cannot_be_dialled",
        f"{CALLER} is in a call; hang up first.",
    )
    assert refusal(CALLER, "answer") == (
        "no_call",
        f"{CALLER} does not ring: it is the one who calls.",
    )
    assert refusal(CALLER, "press", keys="12A") == (
        "invalid",
        "keys: a telephone has the keys 0-9, * and #",
    )
    assert refusal(CALLER, "say", words="")[0] == "invalid"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/phones", {}),
        ("/phones", {"number": ""}),
        ("/phones", {"number": AGENT, "colour": "red"}),
        ("/phones", {"number": AGENT, "ringing": {"pickup": "sings"}}),
        ("/phones", {"number": AGENT, "ringing": {"pickup": "answer", "after_s": -1}}),
        ("/phones/news", {"numbers": [AGENT], "wait_s": 3600}),
        ("/calls", {"to": NUMBER}),
        ("/calls", {"from": CALLER, "to": NUMBER, "press": ["x"]}),
        ("/calls", {"from": CALLER, "to": NUMBER, "wait_s": 7201}),
        ("/calls", "no object"),
    ],
)
def test_a_body_that_is_not_what_the_address_takes_is_refused(lab: Lab, path: str, body: Any) -> None:
    answer = requests.post(f"{lab.rest_url}/lab{path}", json=body, timeout=5)
    assert (answer.status_code, answer.json()["error"]) == (422, "invalid")
    assert answer.json()["message"]


def test_a_form_is_no_json_whatever_it_holds(lab: Lab) -> None:
    answer = requests.post(f"{lab.rest_url}/lab/phones", data={"number": AGENT}, timeout=5)
    assert (answer.status_code, answer.json()["message"]) == (422, "The body is no JSON.")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost:8001"}, 200),
        ({"Host": "[::1]:8001"}, 200),
        ({"Host": "localhost"}, 200),
        ({"Host": "lab.example.com"}, 403),
        ({"Host": "127.0.0.1.example.com:80"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "localhost:1", "Origin": "http://localhost:1"}, 200),
        ({"Host": "localhost:1", "Origin": "http://localhost:2"}, 403),
    ],
)
@pytest.mark.parametrize("path", ["", "/story", "/phones"])
def test_only_this_machine_is_answered_and_no_page_of_another_origin(
    lab: Lab, headers: dict[str, str], status: int, path: str
) -> None:
    assert requests.get(f"{lab.rest_url}/lab{path}", headers=headers, timeout=5).status_code == status


def test_who_listens_is_told_at_once_and_only_of_his_telephones(lab: Lab) -> None:
    client, told = LabClient(lab.rest_url), []
    client.phone(AGENT)
    begin = client.phone(CALLER)["next"]

    def listen() -> None:
        told.append(LabClient(lab.rest_url).news([CALLER], begin, wait_s=10))

    listener = threading.Thread(target=listen)
    listener.start()
    client.act(CALLER, "call", to=NUMBER)
    began = time.monotonic()
    lab.run(1)
    listener.join(5)
    assert time.monotonic() - began < 2
    assert told[0]["items"]
    assert client.news([AGENT], 0, wait_s=0)["items"] == []
    assert client.news([CALLER], told[0]["next"], wait_s=0)["next"] >= told[0]["next"]


def test_a_call_in_a_hurry_is_the_same_through_a_running_lab(line: SampleLine, real: Lab) -> None:
    heard: list[Heard] = []
    client = LabClient(real.rest_url)
    how: dict[str, Any] = {"press": ["1", "5"], "stir_verstat": "TN-Validation-Passed-A"}
    story = client.place_call(from_=CALLER, to=NUMBER, on_heard=heard.append, **how)
    alone: CallStory = line.call(**how)

    def shape(story: CallStory) -> tuple[Any, ...]:
        said = [(one.verb, one.text, one.language) for one in story.heard]
        return said, story.ended, story.problems, story.event_status, story.unpressed

    assert shape(story) == shape(alone)
    assert [one.path for one in story.requests] == [one.path for one in alone.requests]
    assert tuple(heard) == story.heard
    assert client.phones() == [], "a caller in a hurry has a telephone of his own"


def test_a_call_in_a_hurry_that_waits_takes_that_long_and_can_be_hung_up(real: Lab) -> None:
    client = LabClient(real.rest_url)
    began = time.monotonic()
    story = client.place_call(from_=CALLER, to=NUMBER, press=["1"], wait_s=1)
    assert (story.ended, 1 <= time.monotonic() - began < 3) == ("waiting", True)
    asked = {"from": CALLER, "to": NUMBER, "press": ["1"], "wait_s": 600}
    call = requests.post(f"{real.rest_url}/lab/calls", json=asked, timeout=5).json()["call_sid"]
    at = f"{real.rest_url}/lab/calls/{call}"
    assert requests.post(f"{at}/heard", json={"wait_s": 0}, timeout=5).json()["story"] is None
    assert requests.post(f"{at}/hang-up", json={}, timeout=5).json() == {"call_sid": call}
    told = requests.post(f"{at}/heard", json={"since": 1000, "wait_s": 10}, timeout=15).json()
    assert told["story"]["call_sid"] == call
    unknown = requests.post(f"{real.rest_url}/lab/calls/CA{'0' * 32}/heard", json={}, timeout=5)
    assert (unknown.status_code, unknown.json()["error"]) == (404, "no_such_call")


def test_without_a_lab_it_is_said_what_to_start(line: SampleLine) -> None:
    for url in (f"http://127.0.0.1:{free_port()}", line.web):
        with pytest.raises(NoLabError) as nobody:
            LabClient(url).about()
        assert str(nobody.value) == (
            f"No lab answers at {url}; start `calmline demo` or `calmline lab serve`."
        )


def test_a_mistake_of_the_labs_own_is_said_to_whoever_asks(lab: Lab) -> None:
    def wrong() -> Script[None]:
        yield lab.network.carrier.env.timeout(1)
        raise ZeroDivisionError

    client = LabClient(lab.rest_url)
    with lab.exchange as network:
        network.carrier.env.process(wrong())
    with pytest.raises(Mistake):
        lab.run(2)
    with pytest.raises(LabSaysNo, match="The lab itself is wrong and stands still") as said:
        client.about()
    assert said.value.code == "lab_mistake"
