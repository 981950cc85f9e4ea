"""The protected break of an adviser after a call that was ended for abuse (docs/policy.md 6)."""

from datetime import datetime

from config.observe import log
from routing.floor import Floor


class NotInRecovery(Exception):
    """The agent has no such break now."""


def return_early(floor: Floor, agent_id: str) -> None:
    """The agent is back, or what he asked for meanwhile. Raises NotInRecovery, StoreAway."""
    if not floor.endings.end_recovery(agent_id, early=True):
        raise NotInRecovery("You are not in recovery.")
    log.info("recovery_over", agent=agent_id, early=True)


def extend(floor: Floor, agent_id: str, *, by: str, minutes: int) -> datetime:
    """The break lasts so long from now, and never shorter than before; when it ends.

    Raises NotInRecovery, StoreAway.
    """
    until = floor.endings.extend_recovery(agent_id, by=by, ms=minutes * 60_000)
    if until is None:
        raise NotInRecovery(f"{agent_id} is not in recovery.")
    log.info("recovery_extended", agent=agent_id, by=by)
    return until


def end(floor: Floor, agent_id: str) -> None:
    """Its time has come; nothing for somebody elsewhere, or with a longer break. Raises StoreAway."""
    if floor.endings.end_recovery(agent_id):
        log.info("recovery_over", agent=agent_id, early=False)
