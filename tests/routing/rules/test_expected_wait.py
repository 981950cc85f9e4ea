"""How long a caller will wait, from the pace of late: a table, and what holds always."""

from datetime import UTC, datetime, timedelta
from random import Random
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.rules.expected_wait import expected_wait

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
LONGEST_S = 1800


def ago(*seconds: float) -> list[datetime]:
    return [NOW - timedelta(seconds=one) for one in seconds]


def every(seconds: float, count: int, last: float = 0) -> list[datetime]:
    """The latest first; `last` seconds ago the last."""
    return ago(*(last + seconds * number for number in range(count)))


@pytest.mark.parametrize(
    ("place", "answered", "more", "seconds"),
    [
        (1, [], {}, None),
        (1, ago(10), {}, None),
        (1, every(30, 3), {}, None),
        (1, every(30, 4), {}, 30),
        (3, every(30, 20), {}, 90),
        (3, every(30, 20), {"free": 2}, 30),
        (3, every(30, 20), {"free": 3}, 0),
        (100, every(30, 20), {}, LONGEST_S),
        (1, every(30, 20, last=7 * 3600), {}, None),
        (1, every(30, 20, last=-60), {}, 30),
        (1, [*every(30, 10), *every(30, 10, last=3600)], {}, 30 * (18 + 4) / 19),
        (2, every(30, 20, last=600), {}, 60),
        (1, every(30, 20, last=600), {"busy_since": NOW - timedelta(seconds=20)}, 30),
        (1, every(30, 20, last=600), {"busy_since": NOW - timedelta(seconds=700)}, 700 / 4),
        (1, every(30, 20, last=600), {"busy_since": NOW - timedelta(seconds=620)}, (30 * 19 + 600) / 19),
        (1, every(10, 60), {"busy_since": NOW - timedelta(seconds=600)}, 10),
        (1, [NOW] * 20, {}, None),
    ],
    ids=[
        "nobody was answered yet",
        "one answer",
        "two intervals",
        "three intervals",
        "third in the queue",
        "of three two are served at once",
        "free for all of them",
        "never more than the queue's longest wait",
        "what was last night says nothing",
        "a clock that was put back",
        "an hour in which nobody called is no pace",
        "nobody waited since the last answer",
        "only for a moment somebody waits",
        "somebody waits all the time, four were answered since",
        "somebody waits all the time and nobody is answered",
        "a long queue, more answers than are kept",
        "all at once",
    ],
)
def test_expected_wait(place: int, answered: list[datetime], more: dict, seconds: float | None) -> None:
    found = expected_wait(place, answered, NOW, at_most_s=LONGEST_S, **more)
    assert found == (None if seconds is None else pytest.approx(seconds))


histories = st.lists(st.integers(0, 10_000), max_size=60).map(lambda ages: ago(*sorted(ages)))


@given(
    histories,
    st.none() | st.integers(0, 10_000),
    st.integers(0, 5),
    st.integers(1, 300),
    st.integers(0, 3600),
)
def test_who_is_further_back_never_waits_less_and_nobody_longer_than_the_longest(
    answered: list[datetime], busy_s: int | None, free: int, place: int, longest_s: int
) -> None:
    busy = None if busy_s is None else NOW - timedelta(seconds=busy_s)
    waits = [
        expected_wait(one, answered, NOW, busy_since=busy, free=free, at_most_s=longest_s)
        for one in (place, place + 1, place + 7)
    ]
    said = [wait for wait in waits if wait is not None]
    assert said == sorted(said)
    assert all(0 <= wait <= longest_s for wait in said)
    assert (waits[0] is None) <= (waits[1] is None)


@pytest.mark.parametrize("seed", range(5))
def test_calls_that_end_at_random_are_foretold_to_a_fifth(seed: int) -> None:
    """Ten agents with a queue all day: an answer every 24 s on average; long idle hours between spells."""
    chance, foretold = Random(seed), []
    for _ in range(200):
        moments, at = [], 0.0
        for number in range(25):
            at += chance.expovariate(1 / 24) + (3000 if number == 8 else 0)
            moments.append(at)
        answered = ago(*sorted(at - moment for moment in moments))
        foretold.append(expected_wait(5, answered, NOW, at_most_s=LONGEST_S))
    assert mean(wait for wait in foretold if wait is not None) == pytest.approx(5 * 24, rel=0.2)
