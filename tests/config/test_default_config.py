"""The config that comes with Calmline: every key of the interface, with its default (docs/policy.md)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from config.hours import OpenHours
from config.load import check_config, load_config
from config.schema import Line, Menu, Option, Queue, RoutingConfig
from config.settings import PACKAGED_CONFIG
from config.wording import Wording

CONFIG = check_config(PACKAGED_CONFIG)
QUEUE = {
    "service_level_s": 20,
    "callback_after_s": 120,
    "announce_every_s": 20,
    "min_wait_s": 0,
    "max_wait_ceiling_s": 3600,
    "max_wait_s": 1800,
    "max_calls": None,
    "max_transfers": 2,
    "head_start_s": 0,
    "wrap_up_s": 60,
}
CONDUCT = {
    "warning_gap_s": 10,
    "recovery_min": 15,
    "episode_hours": 24,
    "offence_days": 365,
    "restriction_days": 180,
    "restriction_review_days": 90,
    "appeal_business_days": 20,
    "appeal_decision_business_days": 20,
    "nuisance_days": 30,
    "link_days": 90,
    "review_seen_min": 5,
    "review_due_business_days": 1,
    "notice_business_days": 2,
    "team_leader_business_days": 5,
    "remedy_due_business_days": 5,
    "specialist_calls_in_a_row": 2,
    "closed_allowed": True,
}
CALLBACKS = {
    "earliest": "08:00",
    "latest": "21:00",
    "at": "10:00",
    "same_day_after_hours": 4,
    "per_day": 2,
    "per_week": 3,
    "spacing_hours": 3,
    "countries": ("US", "CA"),
}


def leads_to(option: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in option.items() if value and name != "say"}


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("conduct", CONDUCT),
        ("callbacks", CALLBACKS),
        ("recordings", {"consent": "off", "keep_days": 30}),
        ("voicemail", {"longest_s": 120, "silence_s": 5}),
        ("twilio", {"calls_per_second": 1}),
    ],
)
def test_every_number_of_a_part_has_its_default(part: str, expected: dict[str, Any]) -> None:
    assert getattr(CONFIG, part).model_dump() == expected


def test_the_numbers_are_the_same_when_the_file_leaves_them_out(tmp_path: Path) -> None:
    text = PACKAGED_CONFIG.read_text("utf-8")
    without = text[: text.index("# The conduct policy's numbers")]
    (tmp_path / "short.yaml").write_text(without)
    short = load_config(tmp_path / "short.yaml")
    assert short.model_dump() == CONFIG.model_dump()
    assert CONFIG.call_log_days == 90


def test_the_top_level_holds_the_keys_of_the_interface() -> None:
    keys = (
        "company lines languages prompts hours menus queues skills dispositions conduct callbacks recordings"
        " voicemail call_log_days twilio"
    )
    assert set(RoutingConfig.model_fields) == set(keys.split())
    assert CONFIG.version == 0


@pytest.mark.parametrize(
    ("kind", "keys"),
    [
        (Line, "numbers default region zone hours menu languages caller_id agent_number notice"),
        (Line, "emergency after_hours nobody_signed_in"),
        (OpenHours, "open holidays closures"),
        (Wording, "text ssml play"),
        (Option, "say words queue menu message voicemail offer_callback answer language"),
        (
            Queue,
            "skill service_level_s max_wait_s overflow callback_after_s min_wait_s max_wait_ceiling_s"
            " max_calls max_transfers announce_every_s",
        ),
        (Menu, "greeting keys wait_s tries otherwise speech"),
    ],
)
def test_a_part_knows_the_keys_of_the_interface(kind: Any, keys: str) -> None:
    assert set(keys.split()) <= set(kind.model_fields)


@pytest.mark.parametrize(
    ("queue", "differs", "overflow"),
    [
        ("general", {"skill": "general"}, {"message": "all_busy"}),
        ("specialist", {"skill": "specialist"}, {"message": "all_busy"}),
        (
            "slow",
            {"skill": "general", "min_wait_s": 600, "max_wait_s": 3600, "max_calls": 5},
            {"message": "all_busy"},
        ),
        (
            "team_leader",
            {"skill": "team_leader", "max_wait_s": 120, "head_start_s": 600},
            {"queue": "general"},
        ),
        ("urgent", {"skill": "urgent", "head_start_s": 3600}, {"message": "all_busy"}),
    ],
)
def test_every_queue_has_its_numbers(queue: str, differs: dict[str, Any], overflow: dict[str, str]) -> None:
    found = CONFIG.queues[queue].model_dump()
    assert leads_to(found.pop("overflow")) == overflow
    assert found == QUEUE | differs


def test_these_are_all_the_queues() -> None:
    assert list(CONFIG.queues) == ["general", "specialist", "slow", "team_leader", "urgent"]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("1", {"queue": "general"}),
        ("2", {"language": "es"}),
        ("3", {"call_me_back": True}),
        ("0", {"queue": "urgent"}),
        ("9", {"repeat": True}),
        ("*", {"back": True}),
    ],
)
def test_every_key_of_the_first_menu_leads_where_the_interface_says(key: str, expected: Any) -> None:
    assert leads_to(CONFIG.menus["main"].keys[key].model_dump()) == expected


def test_skills_serve_their_queues() -> None:
    assert {name: (skill.queues, skill.certified) for name, skill in CONFIG.skills.items()} == {
        "general": (("general", "slow"), False),
        "specialist": (("specialist",), True),
        "team_leader": (("team_leader",), False),
        "urgent": (("urgent",), False),
    }


def test_a_finished_call_can_be_called_one_of_five_things() -> None:
    assert {name: disposition.report for name, disposition in CONFIG.dispositions.items()} == {
        "normal": None,
        "angry": None,
        "abusive": None,
        "nuisance": "nuisance",
        "safety": None,
    }


def test_the_two_lines_are_as_the_interface_says() -> None:
    support, office = CONFIG.lines["support"], CONFIG.lines["office"]
    assert (support.default, support.region, support.zone) == (True, "US", "America/New_York")
    assert CONFIG.hours[support.hours].open == "24/7"
    assert support.caller_id
    office_hours = CONFIG.hours[office.hours]
    assert office_hours.open == "Mo-Fr 09:00-17:00"
    assert office_hours.holidays is not None
    assert office_hours.holidays.country == "US"
    assert (CONFIG.company.name, CONFIG.company.email) == ("Example Company", "support@example.com")
    assert leads_to(office.emergency.model_dump()) == {"queue": "urgent"}
    assert leads_to(office.after_hours.model_dump()) == {"message": "closed_hours"}
    assert leads_to(office.nobody_signed_in.model_dump()) == {"message": "nobody_signed_in"}
    assert support.languages == office.languages == ("en", "es")
    assert CONFIG.default_line == "support"
    assert CONFIG.line_of == {support.numbers[0]: "support", office.numbers[0]: "office"}


def test_nobody_changes_a_loaded_config() -> None:
    with pytest.raises(ValueError, match="frozen"):
        CONFIG.conduct.recovery_min = 1
