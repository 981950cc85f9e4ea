"""A whole support line that is not ours, on the lab, with Twilio's own client."""

import sys
from collections.abc import Iterator

import pytest
import requests

from ivr.lab.lab import Lab
from ivr.lab.phone import ANSWERS, VOICEMAIL
from tests.lab.network.board import a_lab, served
from tests.lab.network.sample_app import AGENT, sample_app
from tests.lab.network.telling import CUSTOMER, told_in_order
from tests.lab.network.twilio_client import OUR_NUMBER, a_client

Sample = tuple[Lab, str]


@pytest.fixture
def sample() -> Iterator[Sample]:
    client, elsewhere = a_client()
    with served(sample_app(client)) as web, a_lab(web, elsewhere) as lab:
        yield lab, web
        sys.stdout.write(f"{lab.story}\n")


def test_menu_queue_agent_conference_warning_closing_document(sample: Sample) -> None:
    lab, web = sample
    customer, agent = lab.phone(CUSTOMER), lab.phone(AGENT, ANSWERS)
    customer.on_hearing("Press 1", press="1")
    agent.on_hearing("Press 1", press="1")
    customer.calls(OUR_NUMBER)

    lab.run(5)
    assert customer.is_talking_with() == set()
    assert agent.heard() == ["Sample, a call from the line. Press 1."]
    lab.run_until(customer.is_talking_with, within_s=10)
    assert customer.is_talking_with() == {AGENT}

    requests.post(f"{web}/desk/warn", timeout=5)
    lab.run(3)
    assert customer.heard()[-1] == agent.heard()[-1] == "This is a warning."
    requests.post(f"{web}/desk/end", timeout=5)
    lab.run(10)

    assert customer.heard()[-1] == "We end this call."
    assert agent.heard()[-1] == "The caller has left."
    assert (customer.status, agent.status) == ("completed", "completed")
    assert not lab.bridges()
    assert not lab.story.alerts
    assert told_in_order(
        lab,
        f"{CUSTOMER} calls {OUR_NUMBER}",
        f"{CUSTOMER} presses 1",
        f"{CUSTOMER} waits in the queue support",
        f"{AGENT} call ringing",
        f"{AGENT} call in-progress",
        f"{AGENT} presses 1",
        f"{AGENT} joins conference talk agent",
        f"{CUSTOMER} joins conference talk caller",
        "conference talk: conference-start",
        "conference talk: announcement-end",
        f"{CUSTOMER} leaves conference talk",
        "conference talk: conference-end",
        f"{AGENT} hears [en-US] The caller has left.",
    )


def test_nobody_presses_a_key_so_the_caller_waits_on(sample: Sample) -> None:
    lab, _ = sample
    customer, agent = lab.phone(CUSTOMER), lab.phone(AGENT, ANSWERS)
    customer.on_hearing("Press 1", press="1")
    customer.calls(OUR_NUMBER)
    lab.run(60)
    assert agent.status == "completed"
    assert agent.heard() == ["Sample, a call from the line. Press 1."]
    assert customer.heard()[1:] == ["Please wait."] * 4
    assert lab.story.bridges == []


def test_an_outbound_call_to_a_voicemail_leaves_its_message_after_the_beep() -> None:
    client, elsewhere = a_client()
    words = "This is the sample company. Please call us back."
    with served(sample_app(client)) as web, a_lab(web, elsewhere) as lab:
        machine = lab.phone(CUSTOMER, VOICEMAIL)
        twiml = f"<Response><Say>Too early.</Say><Pause length='8'/><Say>{words}</Say></Response>"
        client.calls.create(to=CUSTOMER, from_=OUR_NUMBER, twiml=twiml)
        lab.run(40)
        assert machine.heard() == ["Too early.", words]
        assert machine.message == words
        assert machine.status == "completed"
        assert told_in_order(lab, f"{CUSTOMER} call ringing", f"{CUSTOMER} hears (beep beep)", words)
