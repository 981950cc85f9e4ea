"""Which digits a Gather takes from the keys that are pressed."""

import pytest

from ivr.lab.gather import Keypad
from ivr.lab.hurried import a_hurried_phone


@pytest.mark.parametrize(
    ("pressed", "num_digits", "finish_on", "taken"),
    [
        ("1", 1, "#", ("1", "", True)),
        ("123", 1, "#", ("1", "", True)),
        ("123", None, "#", ("123", "", False)),
        ("12#34", None, "#", ("12", "#", True)),
        ("12#", 2, "#", ("12", "", True)),
        # A finishing key before any digit ends the Gather without input:
        # https://www.twilio.com/docs/voice/twiml/gather
        ("#", None, "#", ("", "#", True)),
        ("#7", None, "#", ("", "#", True)),
        ("#", 1, "", ("#", "", True)),
        ("1#*", None, "", ("1#*", "", False)),
        ("12*", None, "*", ("12", "*", True)),
        ("", 1, "#", ("", "", False)),
    ],
)
def test_digits_end_at_the_finishing_key_or_at_num_digits(pressed, num_digits, finish_on, taken):
    at_once, one_by_one = Keypad(num_digits, finish_on), Keypad(num_digits, finish_on)
    at_once.press(pressed)
    for key in pressed:
        one_by_one.press(key)
    assert at_once == one_by_one
    assert (at_once.digits, at_once.finished_on, at_once.is_over) == taken


@pytest.mark.parametrize("keys", ["A", "1A", "one", " "])
def test_a_key_that_no_telephone_has_is_refused_before_the_call(keys: str):
    with pytest.raises(ValueError, match="telephone"):
        a_hurried_phone("+12125550100", press=["1", keys])
