"""Due calls, the oldest first: each in its turn takes whoever is free to make it, and goes to a worker.

A call is overtaken only by calls that other people make, while all who may make it are busy or off duty, and
by any while its own customer is on the telephone with us.
"""

import time
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from callbacks import dialling, turns
from callbacks.kept_agents import is_kept_too_long
from callbacks.ledger import Ledger
from callbacks.records import Callback
from callbacks.rq_queues import Carrier
from callbacks.rules.owners import Nobody, Ring, Wait
from callbacks.rules.states import State
from config.observe import log
from routing.floor import Floor
from routing.rules.agent_states import AgentState
from routing.rules.people import Person

# So many seconds' worth of calls may lie with the workers; the rest stays here, where it is in order.
HANDED_OVER_S = 20
# Somebody who may speak comes back, or ends another call; there may be room again.
AGAIN_S = 2.0
# Thousands that wait are not read more often than that, as a multiple of what reading them takes.
_PAUSES = 4


class Free:
    """Who can be rung at a moment, less whoever was taken for an older call."""

    def __init__(self, floor: Floor, people: Mapping[str, Person], at: datetime) -> None:
        self._people, self._at = people, at
        agents = ((one.id, floor.agents.read(one.id)) for one in people.values() if one.enabled and one.phone)
        self._agents = {
            id_: now for id_, now in agents if now.status is AgentState.AVAILABLE or is_kept_too_long(now, at)
        }

    def __bool__(self) -> bool:
        return bool(self._agents)

    def first_for(self, callback: Callback) -> Ring | Wait | Nobody:
        """The first who may speak and is free."""
        on_duty = [id_ for id_, now in self._agents.items() if dialling.can_be_rung(now, callback, self._at)]
        return dialling.next_for(callback, self._people, on_duty)

    def take(self, person: str) -> None:
        """Free no more."""
        del self._agents[person]


def go_round(floor: Floor, ledger: Ledger, carrier: Carrier, job: str, _id: str) -> None:
    """As many go to the workers as there is room and people for. Whoever does it twice does nothing twice.

    Raises StoreAway.
    """
    began, at = time.monotonic(), floor.clock.now(floor.store)
    room = floor.configs.in_force().twilio.calls_per_second * HANDED_OVER_S - carrier.waiting()
    if ledger.is_none_due():
        return
    if room > 0:
        _hand_over(floor, carrier, job, list(_ready(floor, ledger, room, at)), at)
    took_s = time.monotonic() - began
    turns.go_round(floor, at + timedelta(seconds=max(AGAIN_S, _PAUSES * took_s)))


def _ready(floor: Floor, ledger: Ledger, room: int, at: datetime) -> Iterator[Callback]:
    """The oldest that can be made now, each by somebody else; not those that lie with a worker already."""
    free = Free(floor, dialling.staff(floor), at)
    for callback in ledger.all(State.DUE):
        if room <= 0 or not free:
            return
        if callback.skill_set:
            continue  # the live floor picks who makes it
        found = free.first_for(callback)
        if isinstance(found, Wait) or turns.waits_for_customer(floor, callback.id):
            continue
        if isinstance(found, Ring):
            free.take(found.id)
        # Where nobody may speak (any more), the worker shows it to a person.
        if not turns.is_with_worker(floor, callback.id):
            room -= 1
            yield callback


def _hand_over(floor: Floor, carrier: Carrier, job: str, ready: list[Callback], at: datetime) -> None:
    for callback in ready:
        turns.hand_over(floor, callback.id, at)
    if ready:
        carrier.hand_over(job, [callback.id for callback in ready])
    for callback in ready:
        log.info("callback_due", callback=callback.id, late_s=_late_s(callback, at))


def _late_s(callback: Callback, at: datetime) -> int:
    return round((at - callback.due_at).total_seconds()) if callback.due_at else 0
