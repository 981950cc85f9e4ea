"""The waiting room: what waiting callers hear, which keys lead out, and what follows too long a wait."""

import pytest

from routing.floor import Floor
from tests.ivr.voice.scenes import another_call, everything, in_queue, later, presses_while_waiting, treat
from tests.twilio import Heard, Twilio

NEXT, URGENT_OFFER = "Thank you for waiting. You are next.", "If this is urgent, press 0."
CONNECTING = "We are connecting you with the next free adviser."
URGENT_LINE = "You are on our urgent line. Somebody will be with you as soon as possible."
ALL_BUSY = (
    "All our advisers are still busy, and we do not want to keep you waiting any longer. "
    "Please call again later."
)
WRITE_TO = "You can also write to us at support@example.com."
GOODBYE = "Thank you for calling. Goodbye."


def number(place: int) -> str:
    return f"Thank you for waiting. You are number {place} in the queue."


def place_of(call: Twilio, queued: Heard) -> str:
    return call.waits(queued).says[0]


def test_callers_hear_thanks_and_their_place_in_order_of_arrival(twilio: Twilio, floor: Floor) -> None:
    calls = [another_call(twilio) for _ in range(4)]
    queued = []
    for call in calls:
        queued.append(in_queue(call))
        later(floor, milliseconds=5)
    assert [place_of(*each) for each in zip(calls, queued, strict=True)] == [
        NEXT,
        number(2),
        number(3),
        number(4),
    ]
    calls[1].leaves(queued[1], "hangup")
    assert [place_of(calls[n], queued[n]) for n in (0, 2, 3)] == [NEXT, number(2), number(3)]


def test_a_waiting_document_offers_the_urgent_key_and_is_asked_again_after_it_was_heard(
    twilio: Twilio,
) -> None:
    waiting = twilio.waits(in_queue(twilio))
    assert (waiting.verbs, waiting.says) == (["Gather"], [NEXT, URGENT_OFFER])
    assert waiting.root[0].attrib["timeout"] == "20"
    assert waiting.root[0].get("actionOnEmptyResult") in (None, "false")


def test_the_urgent_key_leads_a_normal_caller_out_to_the_urgent_queue(twilio: Twilio, floor: Floor) -> None:
    queued = in_queue(twilio)
    chosen = presses_while_waiting(twilio, twilio.waits(queued), "0")
    assert (chosen.verbs, chosen.says) == (["Say", "Leave"], ["We are passing your call on."])
    urgent = twilio.leaves(queued)
    assert (urgent.queue, urgent.says) == ("urgent", [URGENT_LINE])
    assert twilio.waits(urgent).says == [NEXT]
    assert [floor.calls.waiting_in(queue) for queue in ("general", "urgent")] == [0, 1]


@pytest.mark.parametrize("treatment", ["specialist", "slow_queue"])
def test_the_urgent_key_leads_a_treated_caller_to_the_team_leader(
    twilio: Twilio, floor: Floor, treatment: str
) -> None:
    treat(floor, treatment)
    queued = twilio.calls()
    presses_while_waiting(twilio, twilio.waits(queued), "0")
    assert twilio.leaves(queued).queue == "team_leader"


def test_a_spoofed_number_reaches_the_urgent_queue_from_the_waiting_room(
    twilio: Twilio, floor: Floor
) -> None:
    """The webhooks of the waiting room carry no StirVerstat."""
    treat(floor, "specialist")
    queued = twilio.presses(twilio.calls(StirVerstat="TN-Validation-Failed-A"), "1")
    presses_while_waiting(twilio, twilio.waits(queued), "0")
    assert twilio.leaves(queued).queue == "urgent"


def test_a_key_pressed_is_remembered_when_the_way_out_was_not_taken(twilio: Twilio) -> None:
    queued = in_queue(twilio)
    presses_while_waiting(twilio, twilio.waits(queued), "0")
    assert twilio.waits(queued).verbs == ["Leave"]


@pytest.mark.parametrize("key", ["1", "2", "9", "*", "#", "00", ""])
def test_every_other_key_keeps_the_caller_waiting_at_the_same_place(
    twilio: Twilio, floor: Floor, key: str
) -> None:
    queued = in_queue(twilio)
    waiting, before = twilio.waits(queued), everything(floor, heard_of=False)
    after = presses_while_waiting(twilio, waiting, key)
    assert (after.verbs, everything(floor, heard_of=False)) == (["Redirect"], before)
    assert after.url("Redirect", "text") == queued.url("Enqueue", "waitUrl")
    assert place_of(twilio, queued) == NEXT


def test_after_the_longest_wait_the_caller_hears_that_all_are_busy(twilio: Twilio, floor: Floor) -> None:
    queued = in_queue(twilio)
    later(floor, seconds=1790)
    assert twilio.waits(queued).verbs == ["Gather"]
    later(floor, seconds=10)
    assert twilio.waits(queued).verbs == ["Leave"]
    heard = twilio.leaves(queued)
    assert (heard.verbs, heard.says) == (["Say", "Say", "Say", "Hangup"], [ALL_BUSY, WRITE_TO, GOODBYE])
    assert floor.calls.waiting_in("general") == 0


def test_a_team_leaders_caller_goes_on_to_the_normal_queue_and_keeps_the_place(
    twilio: Twilio, floor: Floor
) -> None:
    treat(floor, "team_leader", "+14155550143")
    owned, other = another_call(twilio, caller="+14155550143"), another_call(twilio)
    first = owned.calls()
    assert first.queue == "team_leader"
    later(floor, seconds=60)
    queued = in_queue(other)
    assert place_of(other, queued) == NEXT
    later(floor, seconds=59)
    assert owned.waits(first).verbs == ["Gather"]
    later(floor, seconds=1)
    assert owned.waits(first).verbs == ["Leave"]
    second = owned.leaves(first)
    assert (second.queue, second.says) == ("general", [CONNECTING])
    assert (place_of(owned, second), place_of(other, queued)) == (NEXT, number(2))
    later(floor, seconds=1795)
    assert owned.waits(second).verbs == ["Gather"], "its 1800 s in the normal queue began with its entry"
    assert other.waits(queued).verbs == ["Leave"]
    later(floor, seconds=5)
    assert owned.waits(second).verbs == ["Leave"]
    assert owned.leaves(second).says == [ALL_BUSY, WRITE_TO, GOODBYE]


def test_a_slow_caller_is_told_honestly_and_never_a_place(twilio: Twilio, floor: Floor) -> None:
    treat(floor, "slow_queue")
    queued = twilio.calls()
    assert (queued.queue, queued.says) == (
        "slow",
        [
            "Calls from your number wait longer than others before they are answered. "
            "You will be served. If this is urgent, press 0 while you wait."
        ],
    )
    assert twilio.waits(queued).says == [
        "Thank you for waiting. Your wait is longer than usual, and your call keeps its place.",
        URGENT_OFFER,
    ]


def test_the_sixth_slow_caller_at_once_waits_last_in_the_normal_queue(twilio: Twilio, floor: Floor) -> None:
    treat(floor, "slow_queue")
    assert [another_call(twilio).calls().queue for _ in range(6)] == ["slow"] * 5 + ["general"]
