"""Agents in Redis: what each is doing now, changed in one step that others cannot come between."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from config.connections import Store
from config.now import SiteClock, moment
from routing.rules.agent_states import BUSY, MAY_BECOME, AgentState, may_lead_to
from routing.store.keys import Keys
from routing.store.people import UnknownPerson
from routing.store.scripts import listed, register


@dataclass(frozen=True, slots=True)
class AgentNow:
    """What an agent is doing, since when (None: never signed in), and what comes after the call.

    `offer` is what the agent is kept for, `call` the CallSid of the customer on the line; "" for none.
    """

    status: AgentState = AgentState.OFFLINE
    since: datetime | None = None
    reason: str = ""
    next_status: AgentState | None = None
    offer: str = ""
    call: str = ""


class Agents:
    """The agents of one site, by the id of the person."""

    def __init__(self, store: Store, keys: Keys, clock: SiteClock) -> None:
        self._store, self._keys, self._offset_key = store, keys, clock.offset_key
        self._set = register(store.client, "set_agent_status")
        self._reserve = register(store.client, "reserve_agent")
        self._release = register(store.client, "release_agent")

    def read(self, agent_id: str) -> AgentNow:
        """Offline for somebody who never signed in. Raises StoreAway."""
        fields: dict[str, str] = self._store.run(lambda redis: redis.hgetall(self._keys.agent(agent_id)))
        return _decoded(fields)

    def set_status(self, agent_id: str, status: AgentState, *, reason: str = "") -> AgentNow:
        """What an agent asks for himself (OWN_CHOICE): at once, or as `next_status` while a call has him.

        Raises StoreAway, and UnknownPerson for somebody who does not work here (any more).
        """
        keys = [self._keys.agent(agent_id), self._keys.person(agent_id)]
        arguments = [self._offset_key, status, reason, listed(BUSY)]
        said = self._store.run(lambda redis: self._set(keys, arguments, redis))
        if said == "":
            raise UnknownPerson(f"{agent_id} does not work here")
        return _decoded(dict(zip(said[::2], said[1::2], strict=True)))

    def reserve(self, agent_id: str, for_what: str) -> bool:
        """True if this one got the agent (again for a repeat); False if another did first, or nobody can.

        `for_what` is the id of the offer or attempt. Raises StoreAway.
        """
        keys = [self._keys.agent(agent_id), self._keys.person(agent_id)]
        arguments = [self._offset_key, for_what, listed(may_lead_to(AgentState.RESERVED))]
        return bool(self._store.run(lambda redis: self._reserve(keys, arguments, redis)))

    def release(self, agent_id: str, for_what: str, *, to: AgentState = AgentState.AVAILABLE) -> bool:
        """True if the agent was kept for this: he is now what he asked for meanwhile, else `to`.

        False, and nothing changes, if he was not (a repeat too), or if MAY_BECOME does not lead there.
        Raises StoreAway.
        """
        keys = [self._keys.agent(agent_id)]
        arguments: list[str] = [self._offset_key, for_what, to, _FROM]
        return bool(self._store.run(lambda redis: self._release(keys, arguments, redis)))


def _decoded(fields: Mapping[str, str]) -> AgentNow:
    since, after = fields.get("since_ms"), fields.get("next_status")
    return AgentNow(
        AgentState(fields.get("status", AgentState.OFFLINE)),
        moment(int(since)) if since else None,
        fields.get("reason", ""),
        AgentState(after) if after else None,
        fields.get("offer", ""),
        fields.get("call", ""),
    )


_FROM = json.dumps({state: listed(may_lead_to(state)) for state in MAY_BECOME})
