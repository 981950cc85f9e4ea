"""Calls to the agents' number in Redis: who says he is calling, whether he proved it, what he wishes."""

from dataclasses import dataclass
from typing import Any

from config.connections import Store
from config.now import SiteClock
from routing.store.keys import CALL_RECORD_S, PIN_TRIES_S, Keys
from routing.store.scripts import register

DEADLINE = "agent_desk"  # the kind, of a CallSid: what is wished is done now, if the call's end was not told
MOST_WRONG = 5
LOCKED_MS = 15 * 60_000


@dataclass(frozen=True, slots=True)
class Desk:
    """One call. `whose`: what wrong PINs are counted under; `claimed`: the person he says he is, "" for
    nobody; `person`: who he is, once the PIN was right; `wish`: a status for when he has hung up.
    """

    whose: str = ""
    claimed: str = ""
    person: str = ""
    wish: str = ""


class AgentDesk:
    """The calls of one site to its agents' numbers. Whatever is asked may raise StoreAway."""

    def __init__(self, store: Store, keys: Keys, clock: SiteClock) -> None:
        self._store, self._keys, self._clock = store, keys, clock
        self._try = register(store.client, "try_pin")

    def read(self, call_sid: str) -> Desk:
        names = ("whose", "claimed", "person", "wish")
        key = self._keys.agent_desk(call_sid)
        found = self._store.run(lambda redis: redis.hmget(key, names))
        return Desk(*(value or "" for value in found))

    def note(self, call_sid: str, **fields: str) -> None:
        """Write fields of `Desk`."""
        key = self._keys.agent_desk(call_sid)

        def write(redis: Any) -> None:
            with redis.pipeline(transaction=True) as steps:
                steps.hset(key, mapping=fields)
                steps.expire(key, CALL_RECORD_S)
                steps.execute()

        self._store.run(write)

    def may_try(self, call_sid: str, whose: str, *, visit: int) -> bool:
        """Counts one PIN as wrong until `was_right`, once a visit; False while it is locked."""
        keys = [self._keys.pin_tries(whose), self._keys.agent_desk(call_sid)]
        arguments: list[str | int] = [
            self._clock.offset_key,
            visit,
            MOST_WRONG,
            LOCKED_MS,
            PIN_TRIES_S,
            CALL_RECORD_S,
        ]
        return bool(self._store.run(lambda redis: self._try(keys, arguments, redis)))

    def was_right(self, call_sid: str, whose: str, person: str) -> None:
        """Wrong tries are forgotten, and the call is this person's."""
        self._store.run(lambda redis: redis.delete(self._keys.pin_tries(whose)))
        self.note(call_sid, person=person)

    def claim(self, call_sid: str, what: str) -> bool:
        """True for the first who claims this of the call."""
        key = self._keys.agent_desk(call_sid)
        return bool(self._store.run(lambda redis: redis.hsetnx(key, what, "1")))

    def take_wish(self, call_sid: str) -> None:
        """It has come true."""
        key = self._keys.agent_desk(call_sid)
        self._store.run(lambda redis: redis.hdel(key, "wish"))
