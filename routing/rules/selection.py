"""Who may serve whom, and in which order: computed here, so that Redis only takes the first of a list.

A call stands in the line-up of its skill set, `queue.language`, by rank: the moment when it began to wait,
less the head start of its queue. The rank never changes, so time passes for all alike and nobody starves. Of
the agents who are free for a skill set the one with the highest level is rung, and among equals the one who
has been free for longest.
"""

from dataclasses import dataclass

from config.schema import NORMAL_QUEUE, Queue, RoutingConfig
from routing.rules.people import LEVELS, Person, Role


@dataclass(frozen=True, slots=True)
class Entry:
    """How a call stands in a line-up. Its rank is when it began to wait plus `rank_shift_ms`; it is offered
    to nobody before `min_wait_ms` in its queue are over (docs/policy.md 17).

    `wrap_up_ms` and `in_time_ms` are its queue's. After `rest_after` calls like it in a row an agent is
    spared them for a while; 0: never.
    """

    skill_set: str
    rank_shift_ms: int
    min_wait_ms: int
    wrap_up_ms: int
    in_time_ms: int
    rest_after: int


@dataclass(frozen=True, slots=True)
class Serves:
    """A skill set that an agent serves, how well (1 is lowest), and whether it takes a certified agent."""

    skill_set: str
    level: int
    special: bool


def entry_for(queue: str, language: str, config: RoutingConfig) -> Entry:
    """How a call that waits in `queue` stands; in one that the config has no more, as in the normal queue."""
    name = queue if queue in config.queues else NORMAL_QUEUE
    layout = config.queues[name]
    least = min(layout.min_wait_s, layout.max_wait_ceiling_s)
    return Entry(
        f"{name}.{language}",
        (least - layout.head_start_s) * 1000,
        least * 1000,
        layout.wrap_up_s * 1000,
        layout.service_level_s * 1000,
        config.conduct.specialist_calls_in_a_row if _is_special(layout, config) else 0,
    )


def skill_sets_of(person: Person, config: RoutingConfig) -> tuple[Serves, ...]:
    """All that somebody serves, by name of the skill set; nothing without a telephone.

    Who is given no languages speaks all; an agent who is given no skills serves the normal queue's. A skill
    that needs a certificate counts only with one.
    """
    if not person.enabled or not person.phone:
        return ()
    skills = dict(person.skills)
    if not skills and person.role is Role.AGENT:
        skills = {config.queues[NORMAL_QUEUE].skill: LEVELS[0]}
    languages = person.languages or tuple(config.languages)
    return tuple(
        Serves(f"{name}.{language}", skills[queue.skill], _is_special(queue, config))
        for name, queue in sorted(config.queues.items())
        if queue.skill in skills and (person.certified or not _is_special(queue, config))
        for language in languages
    )


def _is_special(queue: Queue, config: RoutingConfig) -> bool:
    skill = config.skills.get(queue.skill)
    return skill is not None and skill.certified
