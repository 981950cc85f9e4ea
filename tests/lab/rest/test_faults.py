"""Each fault that a REST request can meet."""

import threading
import time

import pytest
from requests.exceptions import ConnectionError as LostConnection
from requests.exceptions import ReadTimeout
from twilio.base.exceptions import TwilioRestException

from ivr.lab.faults import RestFault
from tests.lab.rest.conftest import Rest
from tests.lab.rest.real_client import real_client
from tests.twilio import CALLER, LINE

URL = "https://line.example/voice/document"


def a_call(rest: Rest) -> None:
    rest.client.calls.create(to=CALLER, from_=LINE, url=URL)


@pytest.mark.parametrize(
    ("fault", "status", "code", "is_done"),
    [("429", 429, 20429, False), ("500_before", 500, 20500, False), ("500_after", 500, 20500, True)],
)
def test_a_refusal_on_demand(rest: Rest, fault: RestFault, status: int, code: int, is_done: bool) -> None:
    rest.network.faults.next(fault)
    with pytest.raises(TwilioRestException) as no:
        a_call(rest)
    assert (no.value.status, no.value.code) == (status, code)
    assert bool(rest.network.calls) is is_done
    a_call(rest)


def test_too_many_requests_say_when_to_try_again(rest: Rest) -> None:
    rest.network.faults.next("429")
    assert rest.get("/Calls.json").headers["Retry-After"] == "1"


def test_a_lost_reply_leaves_the_call_made(rest: Rest) -> None:
    rest.network.faults.next("lost_reply")
    with pytest.raises(LostConnection):
        a_call(rest)
    assert len(rest.network.calls) == 1
    a_call(rest)
    assert len(rest.network.calls) == 2


def test_a_slow_answer_comes_late_and_lets_the_others_pass(rest: Rest) -> None:
    rest.network.faults.slow_s = 0.5
    rest.network.faults.next("slow")
    began = time.monotonic()
    slow = threading.Thread(target=a_call, args=[rest])
    slow.start()
    time.sleep(0.1)
    rest.http.get(f"{rest.account}/Calls.json", timeout=5)
    assert time.monotonic() - began < 0.4
    assert rest.network.calls == {}
    slow.join()
    assert time.monotonic() - began >= 0.5
    assert len(rest.network.calls) == 1


def test_an_impatient_client_has_made_the_call_all_the_same(rest: Rest) -> None:
    rest.network.faults.slow_s = 0.3
    rest.network.faults.next("slow")
    client = real_client(rest.url, timeout=0.1)
    with pytest.raises(ReadTimeout):
        client.calls.create(to=CALLER, from_=LINE, url=URL)
    deadline = time.monotonic() + 5
    while not rest.network.calls and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(rest.network.calls) == 1
    client.http_client.close()


def test_strangers_use_up_no_faults(rest: Rest) -> None:
    rest.network.faults.next("429")
    assert rest.get("/Calls.json", auth=("nobody", "nothing")).status_code == 401
    assert rest.get("/Calls.json").status_code == 429
