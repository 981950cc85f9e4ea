"""Every test of the lab gets a line of its own."""

from collections.abc import Iterator

import pytest

from tests.lab.sample_line import SampleLine, sample_line


@pytest.fixture
def line() -> Iterator[SampleLine]:
    with sample_line() as running:
        yield running
