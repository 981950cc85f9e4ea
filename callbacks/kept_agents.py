"""People kept for a call that nobody is making: whoever kept them died before the telephone was rung."""

from datetime import datetime, timedelta

from callbacks.ledger import Ledger
from config.observe import log
from routing.floor import Floor
from routing.rules.agent_states import AgentState
from routing.store.agents import AgentNow

EVERY_S = 30.0
# Between keeping somebody and ringing him lie milliseconds.
KEPT_TOO_LONG = timedelta(seconds=10)


def set_free(floor: Floor, ledger: Ledger) -> None:
    """Whoever is kept for a promised call without an attempt at it can be rung again. Raises StoreAway."""
    at = floor.clock.now(floor.store)
    for person in floor.people.everybody():
        agent = floor.agents.read(person.id)
        if _is_forgotten(ledger, person.id, agent, at) and floor.agents.release(person.id, agent.offer):
            log.warning("agent_set_free", agent=person.id, callback=agent.offer)


def is_kept_too_long(agent: AgentNow, at: datetime) -> bool:
    """Kept for an offer whose telephone should ring by now. True says nothing of whether it does."""
    if agent.status is not AgentState.RESERVED or agent.since is None:
        return False
    return at - agent.since > KEPT_TOO_LONG


def _is_forgotten(ledger: Ledger, person: str, agent: AgentNow, at: datetime) -> bool:
    if agent.since is None or not is_kept_too_long(agent, at):
        return False
    callback = ledger.find(agent.offer)
    # An offer of something else is somebody else's to end, and so is an attempt: its leg's end frees him.
    return callback is not None and not any(
        attempt.speaker == person and attempt.began >= agent.since for attempt in callback.attempts
    )
