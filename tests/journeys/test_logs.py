"""The log of a busy server: one JSON object a line, decisions told, nobody named, no secret."""

import json
import signal
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree import ElementTree

import pytest
import requests

from ivr.lab.account import Account, a_line
from ivr.lab.caller import place_call
from tests.journeys.places import Place, place, wait_until
from tests.journeys.servers import Server, Valkey, a_server, treat
from tests.twilio import ACCOUNT, CALLER, LINE, OFFICE, TOKEN, a_call_sid

pytestmark = pytest.mark.processes

NUMBERS = [f"+1{area}5550{last}" for area in (212, 415, 646) for last in range(160, 180)]
FOREIGN = ["+442079460958", "+4930901820", "+5215512345678"]
SECRET = "a-secret-key-that-nobody-may-read"
PREVIOUS = "the-token-before-the-rotation"
TREATMENTS = {"specialist": 0, "slow_queue": 1, "email_only": 2, "closed": 3, "team_leader": 4}


def many_calls(server: Server, calls: int) -> None:
    """Whole calls of many kinds, eight at a time."""
    kinds = [["1"], ["2", "1"], ["3"], ["0"], ["7", "1"], ["1", "0"], []]

    def call(number: int) -> None:
        from_ = [*NUMBERS, *FOREIGN, "anonymous", "sip:+12125550160@example.com", ""][number % 66]
        to = [LINE, OFFICE, "+12125550999"][number % 3]
        server.call(
            from_,
            to,
            press=kinds[number % 7],
            stir_verstat="TN-Validation-Failed-C" if number % 5 == 0 else None,
        )

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(call, range(calls)))


def refused_webhooks(server: Server) -> None:
    """Everything at the door: no signature, another's token, too large, foreign, doubled, a forged link."""
    form = {"CallSid": a_call_sid(), "AccountSid": ACCOUNT, "From": NUMBERS[0], "To": LINE}
    path = f"/voice/menu?menu=main&language=en&attempt=1&visit=1&token=made-up-{TOKEN}"
    requests.post(f"{server.web}/voice/incoming", data=form, timeout=5)
    requests.post(f"{server.web}/voice/incoming?From={NUMBERS[1]}", data=form, timeout=5)
    requests.post(f"{server.web}/voice/{NUMBERS[2]}", data=form, timeout=5)
    thief = Account(ACCOUNT, "another's token", (a_line(server.public),))
    place_call(thief, web=server.web, from_=NUMBERS[0], to=LINE)
    for wrong in ({"AccountSid": "AC" + "9" * 32}, {"CallSid": NUMBERS[3]}, {"Extra": "x" * 70_000}):
        assert server.post("/voice/incoming", form | wrong).status_code in (403, 413)
    assert server.post(path, form).status_code == 403
    requests.get(f"{server.web}/voice/fallback", params={"ErrorUrl": path, "From": NUMBERS[4]}, timeout=5)
    server.post("/voice/events", form | {"CallStatus": f"odd {NUMBERS[5]}"})
    server.post("/voice/events", form | {"StatusCallbackEvent": NUMBERS[6]})


def a_queue_fault(server: Server) -> str:
    """Twilio says that its queue failed; returns the tokens that were handed out on the way."""
    form = {"CallSid": a_call_sid(), "AccountSid": ACCOUNT, "From": NUMBERS[20], "To": LINE}
    menu = ElementTree.fromstring(server.incoming(form["CallSid"], NUMBERS[20]).content)
    queue = server.post(next(menu.iter("Gather")).get("action", ""), form | {"Digits": "1"})
    left = next(ElementTree.fromstring(queue.content).iter("Enqueue")).get("action", "")
    server.post(left, form | {"QueueResult": f"fault {NUMBERS[7]}"})
    return left.partition("token=")[2]


def broken(valkey: Valkey) -> None:
    """Standings that cannot be read, and one that is no hash."""
    valkey.client.hset(f"main:standing:{NUMBERS[8]}", "treatment", f"shout {NUMBERS[8]}")
    valkey.client.set(f"main:standing:{NUMBERS[9]}", NUMBERS[9])


def test_the_log_is_json_tells_decisions_and_names_nobody(tmp_path: Path) -> None:
    with place(tmp_path) as here:
        tokens = a_busy_day(here)
        lines = here.lines()
        text = "\n".join(lines)
    events = [json.loads(line) for line in lines]  # every line, those of the server's start too
    assert all({"event", "level", "timestamp"} <= set(event) for event in events)

    told = Counter(event["event"] for event in events)
    expected = {
        "decision",
        "failed_open",
        "webhook_refused",
        "fallback_asked",
        "call_status_unknown",
        "server",
    }
    assert expected <= set(told), told
    decisions = [event for event in events if event["event"] == "decision"]
    assert len(decisions) > 300
    assert all({"call", "rule", "identity", "do", "name", "step"} <= set(decision) for decision in decisions)
    assert {"menu", "specialist", "closed", "state_unreadable"} <= {event["rule"] for event in decisions}
    reasons = {event["reason"] for event in events if event["event"] == "failed_open"}
    assert {"store_away", "standing_unreadable", "queue_fault"} <= reasons
    refused = {event["reason"] for event in events if event["event"] == "webhook_refused"}
    assert {"signature", "foreign_account", "call_sid", "token"} <= refused

    for number in [*NUMBERS, *FOREIGN, CALLER]:
        assert number.lstrip("+") not in text, number
        assert number[-10:] not in text, number
    assert not [secret for secret in (TOKEN, SECRET, PREVIOUS, ACCOUNT, *tokens) if secret in text]


def a_busy_day(here: Place) -> list[str]:
    valkey = Valkey(here).start()
    server = a_server(
        here, REDIS_URL=valkey.url, SECRET_KEY=SECRET, TWILIO_AUTH_TOKEN_PREVIOUS=PREVIOUS, LOG_LEVEL="DEBUG"
    )
    for treatment, number in TREATMENTS.items():
        treat(valkey.client, NUMBERS[number], treatment)
    broken(valkey)
    many_calls(server, 240)
    refused_webhooks(server)
    tokens = [a_queue_fault(server)]
    valkey.send(signal.SIGKILL)
    many_calls(server, 60)
    valkey.start()
    wait_until(server.is_ready, 3)
    many_calls(server, 10)
    server.stop()
    return tokens
