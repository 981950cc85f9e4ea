"""How long a call lasted and its caller waited, as the end of the call says in the call log."""

from collections.abc import Callable

import pytest

from routing.call_history import calls_since
from routing.floor import Floor
from tests.ivr.voice.scenes import ends, in_queue, later, loses_everything, presses_while_waiting
from tests.twilio import Twilio


def waits_and_hangs_up(call: Twilio, floor: Floor) -> None:
    queued = in_queue(call)
    later(floor, seconds=60)
    call.leaves(queued, "hangup")


def waits_in_two_queues(call: Twilio, floor: Floor) -> None:
    queued = in_queue(call)
    later(floor, seconds=60)
    presses_while_waiting(call, call.waits(queued), "0")
    call.leaves(queued)
    later(floor, seconds=30)
    ends(call)


def waits_too_long_and_listens(call: Twilio, floor: Floor) -> None:
    queued = in_queue(call)
    later(floor, seconds=1800)
    call.leaves(queued)
    later(floor, seconds=10)
    ends(call)


def never_waits(call: Twilio, floor: Floor) -> None:
    menu = call.calls()
    later(floor, seconds=15)
    call.presses(menu, "3")
    later(floor, seconds=5)
    ends(call)


def is_lost_by_redis(call: Twilio, floor: Floor) -> None:
    queued = in_queue(call)
    loses_everything(floor)
    call.waits(queued, QueueTime="300")
    later(floor, seconds=20)
    ends(call)


@pytest.mark.parametrize(
    ("story", "ended", "lasted", "waited"),
    [
        (waits_and_hangs_up, "abandoned", 60, 60),
        (waits_in_two_queues, "completed", 90, 90),
        (waits_too_long_and_listens, "completed", 1810, 1800),
        (never_waits, "completed", 20, None),
        (is_lost_by_redis, "completed", 20, 320),
    ],
)
def test_the_end_says_how_long_the_call_lasted_and_the_caller_waited(
    twilio: Twilio,
    floor: Floor,
    story: Callable[[Twilio, Floor], None],
    ended: str,
    lasted: int,
    waited: int | None,
) -> None:
    story(twilio, floor)
    (told,) = calls_since(floor)
    assert (told.ended, told.lasted_s, told.waited_s) == (ended, lasted, waited)
