"""Callers who are out of the queue: hung up, forgotten, refused by Twilio, or lost by Redis."""

import pytest

from routing.floor import Floor
from routing.rules.call_states import CallState
from tests.ivr.voice.scenes import another_call, ends, failed_open, in_queue, later, loses_everything, treat
from tests.twilio import Heard, Twilio

NEXT, KEEPS_PLACE = (
    "Thank you for waiting. You are next.",
    "Thank you for waiting. Your call keeps its place.",
)
SECOND = "Thank you for waiting. You are number 2 in the queue."
BUSY = "All our advisers are still busy"
SORRY = "We are sorry, something on our side is not working. Please stay on the line; we are trying again."


def place_of(call: Twilio, queued: Heard) -> str:
    return call.waits(queued).says[0]


@pytest.mark.parametrize("told_by", ["the queue", "the call's event", "both"])
def test_a_caller_who_hangs_up_leaves_the_queue(twilio: Twilio, floor: Floor, told_by: str) -> None:
    queued = in_queue(twilio)
    assert floor.calls.waiting_in("general") == 1
    if told_by != "the call's event":
        assert twilio.leaves(queued, "hangup").verbs == []
    if told_by != "the queue":
        ends(twilio)
    assert floor.calls.waiting_in("general") == 0
    assert floor.calls.look_at_wait(twilio.call_sid) is CallState.ENDED


@pytest.mark.parametrize("status", ["busy", "failed", "no-answer", "canceled", "completed"])
def test_every_last_word_of_twilio_ends_the_call(twilio: Twilio, floor: Floor, status: str) -> None:
    in_queue(twilio)
    assert twilio.post("/voice/events", twilio.form(CallStatus=status)).status_code == 204
    assert floor.calls.waiting_in("general") == 0


@pytest.mark.parametrize("status", ["queued", "initiated", "ringing", "in-progress", "answered", "new word"])
def test_other_words_leave_the_caller_waiting(twilio: Twilio, floor: Floor, status: str) -> None:
    in_queue(twilio)
    assert twilio.post("/voice/events", twilio.form(CallStatus=status)).status_code == 204
    assert floor.calls.waiting_in("general") == 1


def test_later_steps_of_a_call_that_is_over_are_answered_with_a_hang_up(twilio: Twilio) -> None:
    in_menu, waiting = twilio, another_call(twilio)
    menu, queued = in_menu.calls(), in_queue(waiting)
    for call in (in_menu, waiting):
        ends(call)
    assert in_menu.presses(menu, "1").verbs == ["Hangup"]
    assert waiting.waits(queued).verbs == ["Leave"]
    assert waiting.leaves(queued).verbs == ["Hangup"]
    assert another_call(twilio).calls().verbs == ["Gather"]


def test_a_call_not_heard_of_for_90_seconds_gives_up_its_place_and_gets_it_back(
    twilio: Twilio, floor: Floor
) -> None:
    silent, asking = twilio, another_call(twilio)
    first = in_queue(silent)
    later(floor, seconds=1)
    second = in_queue(asking)
    for _ in range(4):
        later(floor, seconds=20)
        assert place_of(asking, second) == SECOND
    later(floor, seconds=7)
    assert place_of(asking, second) == SECOND
    later(floor, seconds=3)
    assert place_of(asking, second) == NEXT
    assert floor.calls.waiting_in("general") == 1
    assert (place_of(silent, first), place_of(asking, second)) == (NEXT, SECOND)


def test_calls_that_ask_every_20_seconds_are_never_forgotten(twilio: Twilio, floor: Floor) -> None:
    calls = [another_call(twilio) for _ in range(3)]
    queued = [in_queue(call) for call in calls]
    for _ in range(15):
        later(floor, seconds=20)
        for call, heard in zip(calls, queued, strict=True):
            call.waits(heard)
    assert floor.calls.waiting_in("general") == 3


def test_when_twilios_queue_is_full_the_overflow_follows(twilio: Twilio, floor: Floor) -> None:
    queued = in_queue(twilio)
    heard = twilio.leaves(queued, "queue-full")
    assert heard.verbs == ["Say", "Say", "Say", "Hangup"]
    assert heard.says[0].startswith(BUSY)
    treat(floor, "team_leader")
    owned = another_call(twilio)
    assert owned.leaves(owned.calls(), "queue-full").queue == "general"


@pytest.mark.parametrize("result", ["error", "system-error", "a-new-word", ""])
def test_a_fault_of_the_queue_is_an_apology_and_another_try(
    twilio: Twilio, floor: Floor, result: str
) -> None:
    alarms = failed_open(twilio.client, "queue_fault")
    sorry = twilio.leaves(in_queue(twilio), result)
    assert (sorry.verbs, sorry.says) == (["Say", "Pause", "Redirect"], [SORRY])
    assert failed_open(twilio.client, "queue_fault") == alarms + 1
    again = twilio.ask(sorry.url("Redirect", "text"))
    assert again.verbs == ["Gather"]
    assert floor.calls.waiting_in("general") == 0
    assert place_of(twilio, twilio.presses(again, "1")) == NEXT


@pytest.mark.parametrize(
    "result", ["redirected", "redirected-from-bridged", "bridged", "bridging-in-process"]
)
def test_mere_notices_get_an_empty_document(twilio: Twilio, floor: Floor, result: str) -> None:
    assert twilio.leaves(in_queue(twilio), result).verbs == []
    assert floor.calls.waiting_in("general") == 1


def test_a_caller_who_left_without_a_reason_of_ours_waits_on_at_the_same_place(
    twilio: Twilio, floor: Floor
) -> None:
    queued, other = in_queue(twilio), another_call(twilio)
    later(floor, seconds=1)
    behind = in_queue(other)
    again = twilio.leaves(queued)
    assert again.queue == "general"
    assert (place_of(twilio, again), place_of(other, behind)) == (NEXT, SECOND)


@pytest.mark.parametrize("first_to_ask", [0, 1])
def test_callers_whom_redis_lost_get_back_the_places_that_their_waits_earn(
    twilio: Twilio, floor: Floor, first_to_ask: int
) -> None:
    long, short = twilio, another_call(twilio)
    asks = [(long, in_queue(long), "300"), (short, in_queue(short), "100")]
    loses_everything(floor)
    order = [asks[first_to_ask], asks[1 - first_to_ask]]
    for call, queued, waited in order:
        assert call.waits(queued, QueueTime=waited).says[0] == KEEPS_PLACE
    assert [call.waits(queued, QueueTime=waited).says[0] for call, queued, waited in asks] == [NEXT, SECOND]


def test_a_caller_whom_redis_lost_hears_that_all_are_busy_when_the_wait_was_too_long(
    twilio: Twilio, floor: Floor
) -> None:
    queued = in_queue(twilio)
    loses_everything(floor)
    twilio.waits(queued, QueueTime="1801")
    assert twilio.waits(queued, QueueTime="1820").verbs == ["Leave"]
    assert twilio.leaves(queued).says[0].startswith(BUSY)
