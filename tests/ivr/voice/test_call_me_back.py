"""Key 3: the wish to be called back is written down and said, or honestly refused."""

import pytest

from callbacks.wishes import wishes
from routing.floor import Floor
from tests.ivr.voice.scenes import another_call
from tests.twilio import CALLER, Twilio

UNKNOWN = (
    "We cannot see the number you are calling from, so we cannot call you back. "
    "We are connecting you with an adviser instead."
)


def test_a_wish_to_be_called_back_is_written_down_with_number_and_line(twilio: Twilio, floor: Floor) -> None:
    first = another_call(twilio)
    second = another_call(twilio, caller="(212) 555-0199")
    for call in (first, second):
        assert call.presses(call.calls(), "3").verbs == ["Say", "Say", "Hangup"]
    assert [(wish.call_sid, wish.number, wish.line) for wish in wishes(floor)] == [
        (second.call_sid, "+12125550199", "support"),
        (first.call_sid, CALLER, "support"),
    ]
    assert abs((wishes(floor)[0].at - floor.clock.now(floor.store)).total_seconds()) < 5


@pytest.mark.parametrize("caller", ["anonymous", "+266696687", "unavailable", "", "client:someone", "+1555"])
def test_a_caller_whose_number_we_cannot_see_is_told_so_and_connected(
    twilio: Twilio, floor: Floor, caller: str
) -> None:
    call = another_call(twilio, caller=caller)
    heard = call.presses(call.calls(), "3")
    assert (heard.says, heard.queue) == ([UNKNOWN], "general")
    assert wishes(floor) == []


def test_a_number_that_failed_verification_is_not_called_back(twilio: Twilio, floor: Floor) -> None:
    assert twilio.presses(twilio.calls(StirVerstat="TN-Validation-Failed-B"), "3").queue == "general"
    assert wishes(floor) == []


def test_a_call_back_is_promised_in_spanish_too(twilio: Twilio) -> None:
    heard = twilio.presses(twilio.presses(twilio.calls(), "2"), "3")
    assert set(heard.languages) == {"es-US"}
    assert heard.says[1] == "Gracias por llamar. Hasta luego."
