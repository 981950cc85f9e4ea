"""The share of callers who were answered in time."""

import pytest

from routing.rules.service_level import service_level


@pytest.mark.parametrize(
    ("in_time", "answered", "abandoned", "share"),
    [
        (0, 0, 0, None),
        (1, 1, 0, 1.0),
        (8, 10, 0, 0.8),
        (8, 10, 6, 0.5),
        (0, 0, 3, 0.0),
        (3, 2, 0, 1.0),  # counted over midnight: never more than all
    ],
)
def test_share(in_time: int, answered: int, abandoned: int, share: float | None) -> None:
    assert service_level(in_time=in_time, answered=answered, abandoned=abandoned) == share
