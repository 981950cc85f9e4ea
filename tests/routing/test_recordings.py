"""The recording of a customer's call, paused and gone on with, whatever order the effects come in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from config.settings import Settings
from ivr.lab.phone import ANSWERS
from routing import moving_calls
from routing.rules.legs import LegState
from routing.store.effects import Verb
from tests.journeys.places import wait_until
from tests.routing.ringing import Ringing, ringing
from tests.twilio import CALLER


@pytest.fixture
def here(settings: Settings, tmp_path: Path) -> Iterator[Ringing]:
    with ringing(settings, tmp_path) as running:
        yield running


@pytest.fixture
def call(here: Ringing) -> str:
    """A call that goes on, its CallSid; it is to be recorded."""
    here.lab.phone(CALLER, ANSWERS)
    leg = here.intends()
    here.create(leg)
    wait_until(lambda: here.leg(leg).state is LegState.ANSWERED, 10)
    sid = here.leg(leg).call_sid
    wanted(here, sid, "running")
    return sid


def wanted(here: Ringing, call: str, state: str) -> None:
    here.floor.store.client.hset(here.floor.keys.call(call), "recording", state)


def record(here: Ringing, call: str) -> None:
    moving_calls.record(here.floor, here.telephone, here.effect(Verb.RECORD, call))


def set_recording(here: Ringing, call: str) -> None:
    moving_calls.set_recording(here.floor, here.telephone, here.effect(Verb.RECORDING, call))


def at_twilio(here: Ringing) -> list[tuple[str, str]]:
    """Recordings: status, and what a pause puts in its place."""
    with here.lab.exchange as network:
        return [(one.status, one.pause_behavior) for one in network.recordings.values()]


def test_it_is_paused_as_silence_and_goes_on(here: Ringing, call: str) -> None:
    record(here, call)
    assert here.floor.conversations.of(call)["recording_sid"].startswith("RE")
    wanted(here, call, "paused")
    for _ in range(2):
        set_recording(here, call)
    assert at_twilio(here) == [("paused", "silence")]
    wanted(here, call, "running")
    for _ in range(2):
        set_recording(here, call)
    assert [status for status, _ in at_twilio(here)] == ["in-progress"]


def test_paused_before_it_began_it_begins_paused(here: Ringing, call: str) -> None:
    wanted(here, call, "paused")
    set_recording(here, call)
    assert at_twilio(here) == []
    record(here, call)
    assert at_twilio(here) == [("paused", "silence")]


def test_what_is_over_needs_nothing(here: Ringing, call: str) -> None:
    here.telephone.end(call)
    wait_until(lambda: here.telephone.call(call).status.state is LegState.ENDED, 5)
    wanted(here, call, "paused")
    record(here, call)
    set_recording(here, call)
    assert at_twilio(here) == []
