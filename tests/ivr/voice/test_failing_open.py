"""Without Redis, or with one that refuses to write, callers are served and an alarm is counted."""

import socket
import time
from collections.abc import Iterator

import pytest

from callbacks.wishes import wishes
from config.settings import Settings
from routing.floor import Floor
from tests.ivr.voice.scenes import (
    another_call,
    at_an_app,
    everything,
    failed_open,
    in_queue,
    loses_everything,
)
from tests.twilio import CALLER, Twilio

NORMAL_QUEUE = "We are connecting you with the next free adviser."


@pytest.fixture
def silent_server() -> Iterator[str]:
    """A Redis that takes the connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture(params=["nobody listens", "nobody answers"])
def without_redis(request: pytest.FixtureRequest, settings: Settings, silent_server: str) -> Twilio:
    """A line whose Redis is away."""
    dead = "redis://127.0.0.1:1"
    return at_an_app(settings, redis_url=dead if request.param == "nobody listens" else silent_server)


def test_without_redis_every_caller_is_served_within_two_seconds(without_redis: Twilio) -> None:
    alarms = failed_open(without_redis.client, "store_away")
    for caller in (CALLER, "anonymous", "", "+442079460123"):
        began = time.monotonic()
        queued = another_call(without_redis, caller=caller).calls()
        assert time.monotonic() - began < 2
        assert (queued.queue, queued.says) == ("general", [NORMAL_QUEUE])
    assert failed_open(without_redis.client, "store_away") >= alarms + 4


def test_without_redis_a_caller_waits_without_a_place_and_keeps_waiting(without_redis: Twilio) -> None:
    queued = without_redis.calls()
    waiting = without_redis.waits(queued, QueueTime="40")
    assert waiting.says == [
        "Thank you for waiting. Your call keeps its place.",
        "If this is urgent, press 0.",
    ]
    after_key = without_redis.ask(waiting.url("Gather"), context="waiting", Digits="0")
    assert after_key.verbs == ["Redirect"]
    assert without_redis.leaves(queued).queue == "general"
    assert without_redis.leaves(queued, "queue-full").says[0].startswith("All our advisers are still busy")
    assert without_redis.leaves(queued, "hangup").verbs == []
    assert without_redis.post("/voice/events", without_redis.form(CallStatus="completed")).status_code == 204


@pytest.mark.parametrize(
    ("key", "leads_to"), [("1", "general"), ("0", "urgent"), ("2", ""), ("9", ""), ("7", "")]
)
def test_a_menu_played_before_redis_went_away_still_works(
    settings: Settings, twilio: Twilio, key: str, leads_to: str
) -> None:
    menu = twilio.calls()
    twilio.client = at_an_app(settings, redis_url="redis://127.0.0.1:1").client
    heard = twilio.presses(menu, key)
    assert heard.verbs == (["Say", "Enqueue"] if leads_to else ["Gather"])
    assert not leads_to or heard.queue == leads_to


def test_a_call_back_that_could_not_be_written_down_is_not_promised(
    settings: Settings, twilio: Twilio, floor: Floor
) -> None:
    menu = twilio.calls()
    with_redis, twilio.client = twilio.client, at_an_app(settings, redis_url="redis://127.0.0.1:1").client
    heard = twilio.presses(menu, "3")
    assert (heard.queue, heard.says) == ("general", [NORMAL_QUEUE])
    twilio.client = with_redis
    assert wishes(floor) == []


def test_the_reason_says_that_the_state_was_unreadable(settings: Settings, floor: Floor) -> None:
    twilio = at_an_app(settings, redis_url="redis://127.0.0.1:1")
    counted = 'calmline_decisions_total{rule="state_unreadable"} '
    before = _sample(twilio, counted)
    twilio.calls()
    assert _sample(twilio, counted) == before + 1
    assert everything(floor) == {}


def _sample(twilio: Twilio, name: str) -> float:
    lines = [line for line in twilio.client.get("/metrics").text.splitlines() if line.startswith(name)]
    return float(lines[0].removeprefix(name)) if lines else 0.0


@pytest.fixture
def full_redis(floor: Floor) -> Iterator[None]:
    """A Redis that answers every write with "out of memory"."""
    floor.store.client.config_set("maxmemory", 1)
    yield
    floor.store.client.config_set("maxmemory", 0)


@pytest.fixture
def read_only_redis(floor: Floor) -> Iterator[None]:
    """A Redis that became a replica (a failover that we have not followed)."""
    floor.store.client.replicaof("127.0.0.1", 1)
    yield
    floor.store.client.replicaof("NO", "ONE")


@pytest.mark.parametrize("fault", ["full_redis", "read_only_redis"])
def test_a_redis_that_refuses_to_write_is_as_good_as_none(
    twilio: Twilio, floor: Floor, request: pytest.FixtureRequest, fault: str
) -> None:
    waiting, wishing = another_call(twilio), another_call(twilio)
    queued, menu = in_queue(waiting), wishing.calls()
    request.getfixturevalue(fault)
    alarms = failed_open(twilio.client, "store_away")
    assert "Gather" in twilio.calls().verbs  # the standing was read, so that the policy is kept
    assert another_call(twilio, caller="anonymous").calls().verbs == ["Gather"]
    assert waiting.waits(queued).says[0] == "Thank you for waiting. Your call keeps its place."
    assert waiting.leaves(queued).queue == "general"
    assert wishing.presses(menu, "3").queue == "general"
    assert waiting.post("/voice/events", waiting.form(CallStatus="completed")).status_code == 204
    assert failed_open(twilio.client, "store_away") >= alarms + 5


def test_a_redis_that_lost_everything_costs_no_caller_the_call(twilio: Twilio, floor: Floor) -> None:
    menu, waiting = twilio.calls(), another_call(twilio)
    queued = in_queue(waiting)
    loses_everything(floor)
    assert twilio.presses(menu, "1").queue == "general"
    assert waiting.leaves(queued).queue == "general"
