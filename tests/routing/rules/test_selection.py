"""Who serves whom, and how a call stands in a line-up: tables that a call-centre manager can read."""

from typing import Any

import pytest

from routing.rules.selection import entry_for, skill_sets_of
from tests.routing.crowded_floor import packaged, with_conduct
from tests.routing.staff import a_person

CONFIG = packaged()


@pytest.mark.parametrize(
    ("person", "serves"),
    [
        ({}, {"general.en": 1, "general.es": 1, "slow.en": 1, "slow.es": 1}),
        ({"languages": ("es",)}, {"general.es": 1, "slow.es": 1}),
        ({"languages": ("es",), "skills": {"urgent": 3}}, {"urgent.es": 3}),
        (
            {"languages": ("en",), "skills": {"general": 2, "team_leader": 9}},
            {"general.en": 2, "slow.en": 2, "team_leader.en": 9},
        ),
        ({"languages": ("en",), "skills": {"specialist": 5}}, {}),
        ({"languages": ("en",), "skills": {"specialist": 5}, "certified": True}, {"specialist.en": 5}),
        ({"skills": {"a skill that the config has no more": 1}}, {}),
        ({"role": "supervisor"}, {}),
        ({"role": "supervisor", "languages": ("en",), "skills": {"urgent": 1}}, {"urgent.en": 1}),
        ({"phone": ""}, {}),
        ({"enabled": False}, {}),
    ],
    ids=[
        "no skills and no languages: the normal queue's skill in all",
        "one language",
        "his skills only",
        "levels by skill",
        "not certified",
        "certified",
        "an unknown skill",
        "a supervisor without skills",
        "a supervisor with one",
        "no telephone",
        "left",
    ],
)
def test_what_somebody_serves(person: dict[str, Any], serves: dict[str, int]) -> None:
    found = skill_sets_of(a_person(**person), CONFIG)
    assert {one.skill_set: one.level for one in found} == serves
    assert all(one.special == one.skill_set.startswith("specialist.") for one in found)


@pytest.mark.parametrize(
    ("queue", "skill_set", "rank_shift_s", "min_wait_s", "calls_in_a_row"),
    [
        ("general", "general.en", 0, 0, 0),
        ("urgent", "urgent.en", -3600, 0, 0),
        ("team_leader", "team_leader.en", -600, 0, 0),
        ("slow", "slow.en", 600, 600, 0),
        ("specialist", "specialist.en", 0, 0, 2),
        ("a queue that the config has no more", "general.en", 0, 0, 0),
    ],
)
def test_how_a_call_stands(
    queue: str, skill_set: str, rank_shift_s: int, min_wait_s: int, calls_in_a_row: int
) -> None:
    entry = entry_for(queue, "en", CONFIG)
    assert (entry.skill_set, entry.rank_shift_ms, entry.min_wait_ms) == (
        skill_set,
        rank_shift_s * 1000,
        min_wait_s * 1000,
    )
    assert entry.rest_after == calls_in_a_row
    assert entry.wrap_up_ms == 60_000


def test_a_slow_queue_keeps_nobody_past_its_ceiling() -> None:
    slow = CONFIG.queues["slow"].model_copy(update={"min_wait_s": 900, "max_wait_ceiling_s": 300})
    config = CONFIG.model_copy(update={"queues": CONFIG.queues | {"slow": slow}})
    assert entry_for("slow", "en", config).min_wait_ms == 300_000


@pytest.mark.parametrize("calls", [0, 1, 5])
def test_how_many_special_calls_an_agent_takes_in_a_row_is_the_policy_s_number(calls: int) -> None:
    config = with_conduct(specialist_calls_in_a_row=calls)
    assert entry_for("specialist", "en", config).rest_after == calls
    assert entry_for("general", "en", config).rest_after == 0
