"""What is owed to one caller by the conduct policy: looked after whenever the ledger has news of him."""

from contextlib import ExitStack
from datetime import timedelta

from callbacks import follow_ups, notices, overdue
from callbacks.caller_affairs import affairs_of
from callbacks.ledger import Ledger
from callbacks.rules.remedies_due import next_look
from config.observe import log
from routing.floor import Floor
from routing.store.dossiers import LedgerBroken

DEADLINE = "affairs"  # the kind of its deadline: of a caller's id
SWEEP_EVERY_S = 3600.0
BROKEN = "ledger_waited:affairs"  # what is counted for /metrics
_AGAIN = timedelta(minutes=1)


def look(floor: Floor, ledger: Ledger, caller: str) -> None:
    """Something about this caller has changed, or a day that matters to him has come; safe to repeat.

    Raises StoreAway, NotKept, NoConfigError; a broken ledger is looked at again in a minute.
    """
    try:
        affairs = affairs_of(floor, caller)
        again = next_look(affairs.standing, affairs.facts, affairs.terms, affairs.at)
        # Set before anything is done: what is written below brings the look back at once.
        if again is not None:
            floor.deadlines.set(DEADLINE, caller, again)
        with ExitStack() as everything:  # each is done, the last first, though another fails
            everything.callback(notices.look_after, floor, affairs)
            everything.callback(overdue.escalate, floor, affairs)
            everything.callback(follow_ups.look_after, floor, ledger, affairs)
    except LedgerBroken as broken:
        log.error("ledger_broken", caller=caller, because=str(broken))
        floor.store.run(lambda redis: redis.hincrby(floor.keys.counts, BROKEN, 1))
        floor.deadlines.set(DEADLINE, caller, floor.clock.now(floor.store) + _AGAIN)


def look_at_all(floor: Floor) -> None:
    """Every caller of the ledger is looked at: what is owed needs no event to be found. Raises StoreAway."""
    callers: list[str] = floor.store.run(lambda redis: redis.hvals(floor.keys.ledger_callers))
    at = floor.clock.now(floor.store)
    for caller in sorted(set(callers)):
        floor.deadlines.set_by(DEADLINE, caller, at)
