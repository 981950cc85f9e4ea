"""Whether a caller is on the telephone with us: from the first webhook to the end, and not for ever."""

from datetime import timedelta

from routing.floor import Floor
from routing.store.live_calls import LONGEST, is_on_the_line
from tests.ivr.voice.scenes import another_call, later
from tests.twilio import CALLER, Twilio


def is_on(floor: Floor, number: str = CALLER) -> bool:
    at = floor.clock.now(floor.store)
    return is_on_the_line(floor.store, floor.keys, floor.caller_key(number), at)


def test_from_the_first_webhook_to_the_end_of_the_last_call(twilio: Twilio, floor: Floor) -> None:
    assert not is_on(floor)
    second = another_call(twilio)
    for call in (twilio, second):
        call.calls()
    assert is_on(floor)
    assert not is_on(floor, "+12125550199")
    floor.calls.end(twilio.call_sid, "completed", log_days=1)
    assert is_on(floor)
    floor.calls.end(second.call_sid, "completed", log_days=1)
    assert not is_on(floor)


def test_a_caller_without_a_number_is_nobody(twilio: Twilio, floor: Floor) -> None:
    twilio.calls(From="anonymous")
    assert not is_on(floor, "")


def test_a_call_whose_record_is_gone_or_whose_end_was_never_told_counts_no_longer(
    twilio: Twilio, floor: Floor
) -> None:
    twilio.calls()
    later(floor, seconds=LONGEST.total_seconds() - 60)
    assert is_on(floor)
    later(floor, seconds=timedelta(minutes=2).total_seconds())
    assert not is_on(floor)
    another_call(twilio).calls()
    assert is_on(floor)
    for key in floor.store.client.scan_iter(floor.keys.call("*")):
        floor.store.client.delete(key)
    assert not is_on(floor)
