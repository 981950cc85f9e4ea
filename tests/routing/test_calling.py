"""Legs rung through the lab: each telephone once, whatever becomes of Twilio's replies."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from config.settings import Settings
from ivr.lab.phone import ANSWERS, BUSY
from routing import calling, moving_calls
from routing.links import Route
from routing.rules.legs import LegState, UnknownStatus
from routing.store.effects import NotYet, Verb
from routing.store.legs import Told
from routing.telephone import Telephone
from tests.journeys.places import free_port, wait_until
from tests.routing.ringing import Ringing, ringing
from tests.twilio import CALLER, a_call_sid, query_of


@pytest.fixture
def here(settings: Settings, tmp_path: Path) -> Iterator[Ringing]:
    with ringing(settings, tmp_path) as running:
        yield running


def state(here: Ringing, leg: Any) -> tuple[str, str]:
    now = here.leg(leg)
    return now.state, now.how


def test_a_leg_is_posted_rings_and_tells_its_end(here: Ringing) -> None:
    here.lab.phone(CALLER, BUSY)
    leg = here.intends()
    here.create(leg)
    assert here.leg(leg).call_sid == here.lab.phone(CALLER).call_sid
    wait_until(lambda: state(here, leg) == ("ended", "busy"), 5)
    assert here.rung() == {CALLER: 1}
    assert {status for _, status in here.events} >= {"initiated", "ringing", "busy"}
    assert here.floor.legs.without_call() == []


def test_what_answers_and_what_is_told_carries_the_leg_and_its_token(here: Ringing) -> None:
    here.lab.phone(CALLER, ANSWERS)
    leg = here.intends()
    here.create(leg)
    wait_until(lambda: here.asked, 5)
    query = query_of(here.asked[0])
    assert query["leg"] == leg.id
    assert here.floor.links.is_ours(Route.LEG, leg.id, query)
    with here.lab.exchange as network:
        call = network.calls[here.leg(leg).call_sid]
    assert call.status_callback.url == here.floor.links.without_token(Route.EVENTS, leg=leg.id)
    assert call.fallback_url == here.floor.links.without_token(Route.FALLBACK, leg=leg.id)


@pytest.mark.parametrize("fault", ["lost_reply", "500_after"])
def test_a_lost_reply_is_no_second_call_and_the_event_confirms_it(here: Ringing, fault: Any) -> None:
    here.lab.faults.next(fault)
    leg = here.intends()
    here.create(leg)
    wait_until(lambda: here.leg(leg).state is LegState.RINGING, 5)
    here.create(leg)
    assert here.rung() == {CALLER: 1}


@pytest.mark.parametrize("fault", ["lost_reply", "500_after"])
def test_a_lost_reply_without_an_event_is_found_in_the_list(here: Ringing, fault: Any) -> None:
    here.is_told = False
    here.lab.faults.next(fault)
    leg = here.intends()
    here.create(leg)
    assert here.leg(leg).state is LegState.UNCONFIRMED
    here.rings(CALLER)
    here.look_for(leg)
    assert here.leg(leg).call_sid == here.lab.phone(CALLER).call_sid
    assert here.leg(leg).state is LegState.RINGING
    assert here.rung() == {CALLER: 1}


def test_a_500_that_did_nothing_is_looked_for_given_up_and_never_posted_again(here: Ringing) -> None:
    here.lab.faults.next("500_before")
    leg = here.intends()
    here.create(leg)
    for _ in range(5):
        here.look_for(leg)
        here.create(leg)
    assert here.leg(leg).is_given_up
    assert [one.id for one in here.floor.legs.unconfirmed()] == [leg.id]
    assert here.rung() == {}
    assert here.effects() == [("leg_changed", leg.id)] * 2


def test_a_429_is_tried_again_and_only_that(here: Ringing) -> None:
    here.lab.faults.next("429")
    leg = here.intends()
    with pytest.raises(NotYet):
        here.create(leg)
    assert here.leg(leg).state is LegState.INTENT
    here.create(leg)
    assert here.rung() == {CALLER: 1}


def test_nothing_was_sent_when_nobody_listens(here: Ringing) -> None:
    nowhere = here.settings.model_copy(update={"twilio_api_url": f"http://127.0.0.1:{free_port()}"})
    leg = here.intends()
    effect = here.effect(Verb.CREATE, leg.id)
    with pytest.raises(NotYet):
        calling.create(here.floor, Telephone(nowhere), here.pacer, effect)
    here.create(leg)
    assert here.rung() == {CALLER: 1}


def test_a_refused_call_ends_its_leg_and_no_number_is_told(
    here: Ringing, logged: Callable[[], list[dict[str, Any]]]
) -> None:
    leg = here.intends(from_="+12125550177")
    here.create(leg)
    assert state(here, leg) == ("ended", "refused")
    here.look_for(leg)
    here.create(leg)
    assert here.rung() == {}
    [line] = [line for line in logged() if line["event"] == "call_refused"]
    assert line["code"] == 21210
    assert "source phone number" in line["because"].lower()
    assert "5550177" not in json.dumps(line)


def test_two_dispatchers_with_one_effect_place_one_call(here: Ringing) -> None:
    legs = [here.intends(f"+1415555{n:04}") for n in range(10)]
    start = threading.Barrier(20)

    def create(leg: Any) -> None:
        start.wait()
        while True:
            try:
                here.create(leg)
                return
            except NotYet as early:
                time.sleep(early.wait_ms / 1000)

    threads = [threading.Thread(target=create, args=(leg,)) for leg in legs * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert here.rung() == {leg.to: 1 for leg in legs}
    # The library's client keeps the last reply of all threads in one field: each leg must have its own call.
    with here.lab.exchange as network:
        assert {network.calls[here.leg(leg).call_sid].to for leg in legs} == {leg.to for leg in legs}
        assert all(network.calls[here.leg(leg).call_sid].to == leg.to for leg in legs)


def test_the_call_of_another_leg_between_the_same_numbers_is_not_taken_for_it(here: Ringing) -> None:
    here.is_told = False
    theirs = here.intends()
    here.create(theirs)
    here.lab.faults.next("500_before")
    leg = here.intends()
    here.create(leg)
    here.rings(CALLER)
    here.look_for(leg)
    assert here.leg(leg).state is LegState.UNCONFIRMED
    assert here.leg(leg).call_sid == ""


def test_of_two_that_look_for_a_call_between_the_same_numbers_neither_guesses(here: Ringing) -> None:
    here.is_told = False
    legs = []
    for fault in ("lost_reply", "500_before"):
        here.lab.faults.next(fault)  # type: ignore[arg-type]
        legs.append(here.intends())
        here.create(legs[-1])
    here.rings(CALLER)
    for leg in legs:
        here.look_for(leg)
    assert [here.leg(leg).call_sid for leg in legs] == ["", ""]
    found = here.lab.phone(CALLER).call_sid
    assert calling.leg_event(here.floor, legs[0].id, found, "ringing") is Told.CHANGED


def test_a_second_call_of_one_leg_is_hung_up(here: Ringing) -> None:
    leg = here.intends()
    here.create(leg)
    second = a_call_sid()
    assert calling.leg_event(here.floor, leg.id, second, "ringing") is Told.OTHER
    assert ("end", second) in here.effects()
    with pytest.raises(UnknownStatus):
        calling.leg_event(here.floor, leg.id, second, "thinking")


def test_a_leg_that_was_ended_before_its_turn_never_rings(here: Ringing) -> None:
    leg = here.intends()
    moving_calls.end(here.floor, here.telephone, here.effect(Verb.END, leg.id))
    here.create(leg)
    assert state(here, leg) == ("ended", "cancelled")
    assert here.rung() == {}


def test_a_leg_that_nobody_posts_is_ended(here: Ringing) -> None:
    leg = here.intends()
    here.look_for(leg)
    assert state(here, leg) == ("ended", "cancelled")


def test_a_ringing_leg_is_hung_up_and_a_repeat_is_done(here: Ringing) -> None:
    leg = here.intends()
    here.create(leg)
    wait_until(lambda: here.leg(leg).state is LegState.RINGING, 5)
    end = here.effect(Verb.END, leg.id)
    for _ in range(2):
        moving_calls.end(here.floor, here.telephone, end)
    wait_until(lambda: here.leg(leg).state is LegState.ENDED, 5)
    moving_calls.end(here.floor, here.telephone, end)
    moving_calls.end(here.floor, here.telephone, here.effect(Verb.END, here.leg(leg).call_sid))


def test_an_end_that_no_event_tells_is_asked_for(here: Ringing) -> None:
    here.is_told = False
    leg = here.intends()
    here.create(leg)
    moving_calls.end(here.floor, here.telephone, here.effect(Verb.END, leg.id))
    wait_until(lambda: here.lab.phone(CALLER).status not in ("queued", "initiated", "ringing"), 5)
    assert here.leg(leg).state is not LegState.ENDED
    here.look_for(leg)
    assert here.leg(leg).state is LegState.ENDED


def test_a_twilio_that_does_not_answer_is_asked_again(here: Ringing) -> None:
    leg = here.intends()
    here.create(leg)
    here.floor.deadlines.clear("leg", leg.id)
    here.lab.faults.next("500_before")
    here.look_for(leg)
    assert here.leg(leg).state is not LegState.ENDED
    assert here.floor.deadlines.next()


def test_a_leg_whose_reply_was_lost_is_ended_when_its_call_comes_to_light(here: Ringing) -> None:
    here.is_told = False
    here.lab.faults.next("lost_reply")
    leg = here.intends()
    here.create(leg)
    moving_calls.end(here.floor, here.telephone, here.effect(Verb.END, leg.id))
    here.rings(CALLER)
    here.look_for(leg)
    assert ("end", here.leg(leg).call_sid) in here.effects()


def test_an_answered_leg_goes_where_it_is_sent(here: Ringing) -> None:
    here.lab.phone(CALLER, ANSWERS)
    leg = here.intends()
    redirect = here.effect(Verb.REDIRECT, leg.id, route="leg_over")
    moving_calls.redirect(here.floor, here.telephone, redirect)
    assert here.rung() == {}, "there is nothing to redirect"
    here.create(leg)
    wait_until(lambda: here.leg(leg).state is LegState.ANSWERED, 10)
    for _ in range(2):
        moving_calls.redirect(here.floor, here.telephone, redirect)
    wait_until(lambda: any("/leg-over?" in url for url in here.asked), 5)
    here.lab.phone(CALLER).hangs_up()
    wait_until(lambda: here.leg(leg).state is LegState.ENDED, 5)
    moving_calls.redirect(here.floor, here.telephone, redirect)
    gone = here.effect(Verb.REDIRECT, here.leg(leg).call_sid, route="called_in", callback="cb1")
    moving_calls.redirect(here.floor, here.telephone, gone)


def test_what_needs_the_call_waits_until_it_is_known(here: Ringing) -> None:
    here.is_told = False
    here.lab.faults.next("lost_reply")
    leg = here.intends()
    here.create(leg)
    with pytest.raises(NotYet):
        moving_calls.redirect(here.floor, here.telephone, here.effect(Verb.REDIRECT, leg.id, route="leg"))


def test_asking_again_and_ending_soon_are_effects(here: Ringing) -> None:
    leg = here.intends()
    calling.ask_again(here.floor, leg.id)
    calling.end_soon(here.floor, leg.id)
    assert here.effects() == [("ask_again", leg.id), ("end", leg.id)]


def test_a_call_is_recorded_once(here: Ringing) -> None:
    here.lab.phone(CALLER, ANSWERS)
    leg = here.intends()
    here.create(leg)
    wait_until(lambda: here.leg(leg).state is LegState.ANSWERED, 10)
    for _ in range(2):
        moving_calls.record(here.floor, here.telephone, here.effect(Verb.RECORD, leg.id))
    with here.lab.exchange as network:
        [recording] = network.recordings.values()
    assert (recording.channels, recording.track) == (2, "both")
    here.telephone.pause_recording(here.leg(leg).call_sid)
    here.telephone.resume_recording(here.leg(leg).call_sid)
