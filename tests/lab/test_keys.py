"""Which digits a Gather takes from the keys that are pressed."""

import pytest

from ivr.lab.person import Person, keyed


@pytest.mark.parametrize(
    ("pressed", "num_digits", "finish_on", "taken"),
    [
        ("1", 1, "#", ("1", "")),
        ("123", 1, "#", ("1", "")),
        ("123", None, "#", ("123", "")),
        ("12#34", None, "#", ("12", "#")),
        ("12#", 2, "#", ("12", "")),
        ("#", None, "#", ("", "")),
        ("#7", None, "#", ("7", "")),
        ("#", 1, "", ("#", "")),
        ("1#*", None, "", ("1#*", "")),
        ("12*", None, "*", ("12", "*")),
        ("", 1, "#", ("", "")),
    ],
)
def test_digits_end_at_the_finishing_key_or_at_num_digits(pressed, num_digits, finish_on, taken):
    assert keyed(pressed, num_digits=num_digits, finish_on=finish_on) == taken


def test_a_key_that_no_telephone_has_is_refused_before_the_call():
    with pytest.raises(ValueError, match="telephone"):
        Person(press=["1", "A"])
