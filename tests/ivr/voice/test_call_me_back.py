"""Key 3: the wish to be called back is written down and said, or honestly refused."""

import pytest

from callbacks.wishes import wishes
from routing.floor import Floor
from tests.ivr.voice.scenes import another_call, later, treat
from tests.twilio import CALLER, Twilio

UNKNOWN = (
    "We cannot call back the number you are calling from. We are connecting you with an adviser instead."
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
def test_a_caller_whose_number_cannot_be_called_back_is_told_so_and_connected(
    twilio: Twilio, floor: Floor, caller: str
) -> None:
    call = another_call(twilio, caller=caller)
    heard = call.presses(call.calls(), "3")
    assert (heard.says, heard.queue) == ([UNKNOWN], "general")
    assert wishes(floor) == []


@pytest.mark.parametrize(
    ("state", "verification", "is_promised"),
    [
        ("", "TN-Validation-Failed-B", False),
        ("shared", "", False),
        ("lapsed", "", True),
        ("lapsed", "TN-Validation-Failed-A", False),
        ("treated", "", True),
    ],
    ids=["spoofed", "shared", "link lapsed", "lapsed and spoofed", "under a treatment"],
)
def test_a_number_is_called_back_unless_it_may_be_shown_falsely_or_is_shared(
    twilio: Twilio, floor: Floor, state: str, verification: str, is_promised: bool
) -> None:
    menu = twilio.calls(**({"StirVerstat": verification} if verification else {}))
    at = floor.clock.now(floor.store)
    if state == "shared":
        floor.standings.share(twilio.caller, True, by="tests", at=at)
    elif state == "lapsed":
        floor.standings.share(twilio.caller, False, by="tests", at=at)
        later(floor, days=91)
    elif state:
        treat(floor, "specialist")
    heard = twilio.presses(menu, "3")
    if is_promised:
        assert heard.says[0].startswith("We have noted that you would like to be called back")
    else:
        assert (heard.says, heard.queue) == ([UNKNOWN], "general")
    assert [wish.number for wish in wishes(floor)] == [CALLER] * is_promised


def test_a_call_back_is_promised_in_spanish_too(twilio: Twilio) -> None:
    heard = twilio.presses(twilio.presses(twilio.calls(), "2"), "3")
    assert set(heard.languages) == {"es-US"}
    assert heard.says[1] == "Gracias por llamar. Hasta luego."
