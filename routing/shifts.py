"""Who is on duty: agents come and go, and what each serves follows the config (docs/operations.md)."""

from routing.floor import Floor
from routing.rules.agent_states import AgentState
from routing.rules.people import Person
from routing.rules.selection import skill_sets_of
from routing.store.agents import AgentNow, Forced

QUALIFY_EVERY_S = 5.0


def choose(floor: Floor, person: Person, status: AgentState, *, reason: str = "") -> AgentNow:
    """What somebody does from now on, or after the call that he has; available: callers are offered to him.

    Raises StoreAway, NoConfigError, UnknownPerson.
    """
    serves = skill_sets_of(person, floor.configs.in_force())
    return floor.agents.set_status(person.id, status, reason=reason, serves=serves)


def force(floor: Floor, person: Person, status: AgentState, *, reason: str, by: str) -> AgentNow:
    """The same, said by a supervisor; it is in the audit with who said it. Raises as `choose`."""
    serves = skill_sets_of(person, floor.configs.in_force())
    forced = Forced(by, floor.clock.now(floor.store))
    return floor.agents.set_status(person.id, status, reason=reason, serves=serves, forced=forced)


def qualify_all(floor: Floor) -> None:
    """Whoever is signed in serves what config and person say now. Safe to do twice. Raises StoreAway."""
    config = floor.configs.in_force()
    for agent_id in floor.agents.signed_in():
        person = floor.people.find(agent_id)
        if person is not None:
            floor.agents.qualify(agent_id, skill_sets_of(person, config))
