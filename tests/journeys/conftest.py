"""One running line for a file of journeys with promised calls, and an office of its own for each test."""

from collections.abc import Iterator

import pytest

from tests.journeys.promising_office import Office, open_office
from tests.journeys.whole_line import WholeLine, whole_line

FRIDAY_AT_FOUR = "2036-11-14T16:00:00-05:00"


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeLine]:
    """It runs; the clock begins on a Friday at four in New York."""
    with whole_line(tmp_path_factory.mktemp("line"), at=FRIDAY_AT_FOUR) as running:
        yield running


@pytest.fixture
def office(line: WholeLine) -> Iterator[Office]:
    with open_office(line) as office:
        yield office
