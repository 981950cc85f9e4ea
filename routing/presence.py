"""Agents who are rung on their page are there while it is open, and a while after; then they are offline."""

from collections.abc import Iterable
from datetime import timedelta

from config.observe import log
from routing.floor import Floor
from routing.rules.agent_states import BUSY, AgentState

# How often a page that is open says so, and the sweep looks.
EVERY_S = 10.0
SWEEP_EVERY_S = 5.0
GRACE = timedelta(seconds=30)
REASON = "no page open"


def seen(floor: Floor, person_ids: Iterable[str]) -> None:
    """These have a page open now. Raises StoreAway."""
    floor.presence.seen(person_ids)


def left(floor: Floor, person_id: str) -> None:
    """His last page here was closed; if another is open elsewhere it says so soon. Raises StoreAway."""
    floor.presence.left([person_id])


def set_absent_offline(floor: Floor) -> None:
    """Whoever has had no page for GRACE is offline: a call would ring where nobody is. Raises StoreAway.

    Safe to do twice at once. Who has a telephone by now, or never had a page, stays as he set himself; a call
    that is going on is not touched, the agent is offline after it.
    """
    # Not gone yet: after Redis was away everybody is unheard of until he is seen again.
    floor.presence.left(floor.presence.unheard())
    for agent_id in floor.presence.gone(GRACE // timedelta(milliseconds=1)):
        if _is_absent(floor, agent_id):
            floor.agents.set_status(agent_id, AgentState.OFFLINE, reason=REASON)
            log.info("agent_absent", agent=agent_id)


def _is_absent(floor: Floor, agent_id: str) -> bool:
    """Not for somebody who has signed in a moment ago and is about to open his page."""
    person, now = floor.people.find(agent_id), floor.agents.read(agent_id)
    if person is None or not person.enabled or not person.phone.startswith("client:"):
        return False
    if now.status is AgentState.OFFLINE or now.next_status is AgentState.OFFLINE:
        return False
    if now.status not in BUSY and now.since is not None:
        return floor.clock.now(floor.store) - now.since >= GRACE
    return True
