"""A form is read as the standard library reads it, only quicker."""

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.voice.admission import MAX_FIELDS, pairs

ENCODED = st.text(alphabet="ab=&+%20éÿ;2BzCA9f\x00 ", max_size=40)


@given(ENCODED)
def test_a_form_means_what_the_standard_library_says(encoded: str) -> None:
    assert pairs(encoded) == parse_qsl(encoded, keep_blank_values=True)


def test_a_form_of_too_many_fields_is_not_read() -> None:
    with pytest.raises(ValueError, match="too many"):
        pairs("a=1&" * MAX_FIELDS)
