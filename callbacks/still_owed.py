"""Whether a promised follow-up call is still owed: asked again right before the customer is called (26)."""

from callbacks.caller_affairs import affairs_of
from callbacks.keys import CallbackKeys
from callbacks.records import Callback
from callbacks.rules.remedies_due import follow_ups
from callbacks.rules.states import Kind
from callbacks.rules.window import NeedsPerson, NotOwed
from config.observe import log
from routing.floor import Floor
from routing.store.dossiers import LedgerBroken

NOT_OWED = "The conduct policy does not owe this call any more."
UNREADABLE = "The conduct ledger cannot be read, so nobody knows whether this call is still owed."


def links(floor: Floor, caller: str) -> dict[str, str]:
    """By offence of a caller (an id of the ledger): the call promised for it. Raises StoreAway."""
    key = CallbackKeys(floor.keys.site).follow_ups(caller)
    found: dict[str, str] = floor.store.run(lambda redis: redis.hgetall(key))
    return found


def not_owed(floor: Floor, callback: Callback) -> NotOwed | NeedsPerson | None:
    """None for a call that is owed, or that the conduct policy has nothing to do with. Raises StoreAway."""
    if callback.kind is not Kind.FOLLOW_UP or not callback.owed_to:
        return None
    try:
        owed = follow_ups(affairs_of(floor, callback.owed_to).standing)
    except LedgerBroken as broken:
        log.error("ledger_broken", callback=callback.id, because=str(broken))
        return NeedsPerson(UNREADABLE)
    linked = {offence for offence, id_ in links(floor, callback.owed_to).items() if id_ == callback.id}
    return None if owed.keys() & (linked | {callback.offence}) else NotOwed(NOT_OWED)
