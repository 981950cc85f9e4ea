"""What the speaker of a follow-up call hears first: neutral words about the problem (docs/policy.md 24)."""

from callbacks.plain_text import BRIEF, plain
from config.letters import letter
from config.schema import RoutingConfig


def brief(config: RoutingConfig, language: str, original_problem: str) -> str:
    """At most what is read out. What was said on the call is not in it."""
    problem = plain(original_problem, BRIEF // 2)
    name = "brief" if problem else "brief_without_problem"
    return plain(letter(config, language, name, problem=problem), BRIEF)
