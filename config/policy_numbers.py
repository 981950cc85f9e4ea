"""The numbers of the conduct policy, with docs/policy.md's defaults."""

from typing import Annotated, Literal

from pydantic import Field

from config.kinds import Count, Days, Region, Seconds, Section, WallTime


class Conduct(Section):
    """The conduct policy's numbers; the figure behind each name is its place in docs/policy.md."""

    warning_gap_s: Seconds = 10  # 1
    recovery_min: Annotated[int, Field(ge=1, le=120)] = 15  # 6
    episode_hours: Annotated[int, Field(ge=1, le=720)] = 24  # words
    offence_days: Days = 365  # 14
    restriction_days: Days = 180  # 14
    restriction_review_days: Days = 90  # 14
    appeal_business_days: Days = 20  # 15
    appeal_decision_business_days: Days = 20  # 15
    nuisance_days: Annotated[int, Field(ge=1, le=30)] = 30  # 17
    link_days: Days = 90  # 20
    review_seen_min: Count = 5  # 5
    review_due_business_days: Days = 1  # 5
    notice_business_days: Days = 2  # 13
    team_leader_business_days: Days = 5  # 7
    remedy_due_business_days: Days = 5  # 12
    specialist_calls_in_a_row: Count = 2
    closed_allowed: bool = True  # 12


class Callbacks(Section):
    """When and how often we ring customers whom we promised to call (docs/policy.md 21-28)."""

    earliest: WallTime = "08:00"
    latest: WallTime = "21:00"
    at: WallTime = "10:00"
    same_day_after_hours: Count = 4
    per_day: Count = 2
    per_week: Count = 3
    spacing_hours: Count = 3
    countries: Annotated[tuple[Region, ...], Field(strict=False)] = ("US", "CA")


class Recordings(Section):
    """Whether calls are recorded, how callers learn of it, and how long they are kept (docs/policy.md 35)."""

    consent: Literal["announce", "ask", "off"] = "off"
    keep_days: Days = 30
