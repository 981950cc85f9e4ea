"""The first whole path, webhook by webhook."""

from tests.twilio import Twilio


def test_a_new_caller_hears_the_menu_and_waits_in_the_normal_queue(twilio: Twilio) -> None:
    menu = twilio.calls()
    assert menu.says[0] == "Thank you for calling Example Company."
    queued = twilio.presses(menu, "1")
    assert queued.queue == "general"
    assert twilio.waits(queued).says == [
        "Thank you for waiting. You are next.",
        "If this is urgent, press 0.",
    ]
