"""Promised calls whose moment has come: handed over, looked at again, ended. Called by the dispatcher."""

from dataclasses import replace
from datetime import datetime, timedelta

from callbacks import reactions
from callbacks.ledger import DEADLINE, Ledger
from callbacks.records import Callback, Change
from callbacks.rq_queues import Carrier
from callbacks.rules.states import State
from config.observe import log
from routing.floor import Floor

# What a worker does not take up in this time is handed over again: rq may have lost it.
LEASE = timedelta(seconds=30)
# So many seconds' worth of calls may lie with the workers; the rest stays here, where it is in order.
HANDED_OVER_S = 20
_FULL = timedelta(seconds=2)


def look(floor: Floor, ledger: Ledger, carrier: Carrier, job: str, callback_id: str) -> None:
    """A deadline of a promised call has come. Whoever looks twice does nothing twice."""
    callback = ledger.find(callback_id)
    if callback is None:
        return
    at = floor.clock.now(floor.store)
    match callback.state:
        case State.BOOKED | State.DUE:
            _hand_over(floor, ledger, carrier, job, callback, at)
        case State.DIALLING:
            # The look comes again whatever the legs say now: an event of theirs may be lost.
            floor.deadlines.set(DEADLINE, callback.id, at + LEASE)
            reactions.reconcile(floor, ledger, callback)
        case State.NOT_REACHED:
            reactions.settle(floor, ledger, callback.id)
        case _:
            return


def _hand_over(
    floor: Floor, ledger: Ledger, carrier: Carrier, job: str, callback: Callback, at: datetime
) -> None:
    if callback.due_at is not None and callback.due_at > at:
        floor.deadlines.set(DEADLINE, callback.id, callback.due_at)
        return
    if carrier.waiting() >= floor.configs.in_force().twilio.calls_per_second * HANDED_OVER_S:
        floor.deadlines.set(DEADLINE, callback.id, at + _FULL)
        return
    if callback.state is State.BOOKED:
        ledger.change(callback.id, _due, by="calmline", why="its moment has come")
    floor.deadlines.set(DEADLINE, callback.id, at + LEASE)
    carrier.hand_over(job, [callback.id])
    log.info("callback_due", callback=callback.id, late_s=_late_s(callback, at))


def _due(callback: Callback, at: datetime) -> Change | None:
    if callback.state is not State.BOOKED or callback.due_at is None or callback.due_at > at:
        return None
    return Change(replace(callback, state=State.DUE, declined=()), look_at=at + LEASE)


def _late_s(callback: Callback, at: datetime) -> int:
    return round((at - callback.due_at).total_seconds()) if callback.due_at else 0
