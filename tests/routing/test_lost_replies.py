"""No telephone rings twice: replies of Twilio are lost, dispatchers are killed while they wait for one."""

import json
import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from callbacks.dispatcher import Dispatcher, Duties
from callbacks.duties import duties_of
from callbacks.rq_queues import Carrier
from config.settings import Settings
from ivr.lab.faults import Faults
from routing.rules.legs import LegState
from routing.store.effects import Verb
from routing.store.legs import Leg
from routing.telephone import Telephone
from tests.journeys.places import CALMLINE, wait_until
from tests.routing.ringing import MINUTE, Ringing, ringing
from tests.twilio import ACCOUNT, CALLER, TOKEN

LOST = {"500_after": 0.1, "lost_reply": 0.1}
NUMBERS = [f"+1415555{n:04}" for n in range(200)]
MAY_STAY_UNCONFIRMED = 0.005


@contextmanager
def dispatchers(here: Ringing, how_many: int) -> Iterator[None]:
    """So many dispatchers at once, each with a telephone of its own; whoever owns the legs looks away."""
    running, telephones = [], [Telephone(here.settings) for _ in range(how_many)]
    for telephone in telephones:
        duties = duties_of(here.floor, Carrier(here.settings), telephone)
        effects = {**duties.effects, Verb.LEG_CHANGED: lambda _: None}
        running.append(Dispatcher(here.floor, Duties(effects, duties.deadlines), threads=3))
    threads = [threading.Thread(target=one.run) for one in running]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for one in running:
            one.stop()
        for thread in threads:
            thread.join(10)
        for telephone in telephones:
            telephone.close()


def is_settled(here: Ringing, legs: list[Leg]) -> bool:
    now = [here.leg(leg) for leg in legs]
    return all(leg.call_sid or leg.is_given_up or leg.state is LegState.ENDED for leg in now)


@pytest.mark.parametrize(("is_told", "seed"), [(True, 1), (False, 2)], ids=["events", "no event arrives"])
def test_of_200_calls_with_lost_replies_none_rings_twice(
    settings: Settings,
    tmp_path: Path,
    logged: Callable[[], list[dict[str, Any]]],
    is_told: bool,
    seed: int,
) -> None:
    with ringing(settings, tmp_path, Faults(seed, LOST)) as here:  # type: ignore[arg-type]
        here.is_told = is_told
        legs = [here.intends(number) for number in NUMBERS]
        for leg in legs:
            here.floor.effects.add(Verb.CREATE, leg.id, {}, within=MINUTE)
        with dispatchers(here, 2):
            wait_until(lambda: all(here.leg(leg).posted for leg in legs), 30)
            for _ in range(5):
                # What a look finds out it finds out at once; between the looks time is put forward.
                here.floor.clock.advance(
                    here.floor.store, here.floor.clock.now(here.floor.store) + MINUTE / 4
                )
                with_call = sum(bool(here.leg(leg).call_sid) for leg in legs)
                if with_call == len(legs):
                    break
                threading.Event().wait(1.0)
            wait_until(lambda: is_settled(here, legs), 30)
        assert here.rung() == dict.fromkeys(NUMBERS, 1)
        lost = [line for line in logged() if line["event"] == "call_unconfirmed"]
        assert len(lost) > 20
        unconfirmed = [leg.id for leg in legs if not here.leg(leg).call_sid]
        assert len(unconfirmed) <= MAY_STAY_UNCONFIRMED * len(legs)
        assert sorted(unconfirmed) == sorted(leg.id for leg in here.floor.legs.unconfirmed())
    lines = json.dumps(logged())
    assert not [number for number in NUMBERS if number.removeprefix("+") in lines]
    assert ACCOUNT not in lines
    assert TOKEN not in lines


@pytest.mark.processes
def test_a_dispatcher_killed_before_the_reply_leaves_a_call_that_is_found(
    settings: Settings, tmp_path: Path
) -> None:
    with ringing(settings, tmp_path, Faults(slow_s=2.0)) as here:
        here.is_told = False
        leg = here.intends()
        here.lab.faults.next("slow")
        here.floor.effects.add(Verb.CREATE, leg.id, {}, within=MINUTE)
        killed = subprocess.Popen([CALMLINE, "dispatcher"], env=environment(here), cwd=tmp_path)
        try:
            # Twilio has the request, and has not done it yet.
            wait_until(lambda: not here.lab.faults._ordered["slow"], 20)
        finally:
            killed.kill()
            killed.wait()
        assert (here.leg(leg).state, here.leg(leg).call_sid) == (LegState.POSTED, "")
        here.rings(CALLER)
        advance(here, timedelta(seconds=6))
        with dispatchers(here, 2):
            # Taken over and looked at by others: neither posts, and when it is due the call is found.
            wait_until(lambda: here.floor.effects.waiting() == 0, 20)
            assert here.rung() == {CALLER: 1}
            advance(here, timedelta(seconds=5))
            wait_until(lambda: here.leg(leg).call_sid, 10)
        assert here.leg(leg).call_sid == here.lab.phone(CALLER).call_sid
        assert here.rung() == {CALLER: 1}


def advance(here: Ringing, by: timedelta) -> None:
    here.floor.clock.advance(here.floor.store, here.floor.clock.now(here.floor.store) + by)


def environment(here: Ringing) -> dict[str, str]:
    """What a process of this site is started with."""
    settings = here.settings
    ours = {
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_API_URL": here.lab.rest_url,
        "PUBLIC_URL": settings.public_url,
        "CALMLINE_DATA": str(settings.calmline_data),
        "CALMLINE_SITE": settings.calmline_site,
        "CALMLINE_CONFIG": str(settings.calmline_config),
        "CALMLINE_LAB": "1",
    }
    return {**os.environ, **ours}
