"""Chances of faults: by seed and rate, or ordered."""

from typing import get_args

import pytest

from ivr.lab.faults import KNOWN, REST_FAULTS, EventFault, Faults


def drawn(faults: Faults, kind: EventFault, times: int = 200) -> list[bool]:
    return [faults.happens(kind) for _ in range(times)]


def test_the_same_seed_draws_the_same_chances() -> None:
    rates = {"lose": 0.3, "delay": 0.3}
    assert drawn(Faults(1, rates), "lose") == drawn(Faults(1, rates), "lose")
    assert drawn(Faults(1, rates), "lose") != drawn(Faults(2, rates), "lose")
    assert drawn(Faults(1, rates), "lose") != drawn(Faults(1, rates), "delay")


def test_one_kind_of_chance_does_not_change_another() -> None:
    alone, mixed = Faults(1, {"lose": 0.3}), Faults(1, {"lose": 0.3, "duplicate": 0.5})
    lost = []
    for _ in range(200):
        mixed.happens("duplicate")
        lost.append(mixed.happens("lose"))
    assert lost == drawn(alone, "lose")


@pytest.mark.parametrize(
    ("rate", "least", "most"),
    [(0, 0, 0), (0.25, 30, 70), (1, 200, 200)],
    ids=["never", "a quarter", "always"],
)
def test_a_rate_is_a_share_of_all_chances(rate: float, least: int, most: int) -> None:
    assert least <= sum(drawn(Faults(3, {"lose": rate}), "lose")) <= most


def test_what_is_ordered_happens_so_often_and_leaves_the_chances_alone() -> None:
    faults, untouched = Faults(1, {"lose": 0.3}), Faults(1, {"lose": 0.3})
    faults.next("lose", 2)
    assert drawn(faults, "lose", 2) == [True, True]
    assert drawn(faults, "lose") == drawn(untouched, "lose")
    assert drawn(Faults(), "lose") == [False] * 200


def test_a_rest_request_meets_at_most_one_fault() -> None:
    faults = Faults(1, dict.fromkeys(REST_FAULTS, 1.0))
    assert [faults.rest() for _ in range(3)] == [REST_FAULTS[0]] * 3
    ordered = Faults()
    ordered.next("lost_reply")
    assert [ordered.rest(), ordered.rest()] == ["lost_reply", None]


@pytest.mark.parametrize("rate", [-0.1, 1.1])
def test_a_rate_is_a_probability(rate: float) -> None:
    with pytest.raises(ValueError, match="probability from 0 to 1"):
        Faults(rates={"lose": rate})


def test_a_fault_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="there is no fault flood; there are 429, 500_after"):
        Faults(rates={"flood": 0.1})
    with pytest.raises(ValueError, match="there is no fault flood"):
        Faults().next("flood")
    assert set(get_args(EventFault)) | set(REST_FAULTS) < KNOWN
