"""Agents in Redis: what each is doing now, changed in one step that others cannot come between."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from config.connections import Store
from config.now import milliseconds, moment
from routing.rules.agent_states import BUSY, MAY_BECOME, AgentState, may_lead_to
from routing.rules.selection import Serves
from routing.store.floor_scripts import FloorScripts
from routing.store.keys import Keys
from routing.store.people import UnknownPerson
from routing.store.scripts import listed


@dataclass(frozen=True, slots=True)
class AgentNow:
    """What an agent is doing, since when (None: never signed in), and what comes after the call.

    `offer` is what the agent is kept for, `call` the CallSid of the customer on the line; "" for none.
    `recovery_until`: the end of the break after a call that was ended for abuse.
    """

    status: AgentState = AgentState.OFFLINE
    since: datetime | None = None
    reason: str = ""
    next_status: AgentState | None = None
    offer: str = ""
    call: str = ""
    recovery_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Forced:
    """Who set somebody else's status, and when."""

    by: str
    at: datetime


class Agents:
    """The agents of one site, by the id of the person as it is written. All may raise StoreAway."""

    def __init__(self, store: Store, keys: Keys, floor: FloorScripts) -> None:
        self._store, self._keys, self._floor = store, keys, floor

    def read(self, agent_id: str) -> AgentNow:
        """Offline for somebody who never signed in."""
        fields: dict[str, str] = self._store.run(lambda redis: redis.hgetall(self._keys.agent(agent_id)))
        return _decoded(fields)

    def signed_in(self) -> dict[str, AgentNow]:
        """All whose status is not offline, by id."""
        ids = sorted(self._store.run(lambda redis: redis.smembers(self._keys.signed_in)), key=str.lower)
        return dict(zip(ids, self.read_all(ids), strict=True))

    def read_all(self, agent_ids: Sequence[str]) -> list[AgentNow]:
        """The same as `read` for each of them, in one go."""

        def read(redis: Any) -> list[dict[str, str]]:
            with redis.pipeline(transaction=False) as pipe:
                for agent_id in agent_ids:
                    pipe.hgetall(self._keys.agent(agent_id))
                found: list[dict[str, str]] = pipe.execute()
            return found

        return [_decoded(fields) for fields in self._store.run(read)]

    def set_status(
        self,
        agent_id: str,
        status: AgentState,
        *,
        reason: str = "",
        serves: Sequence[Serves] | None = None,
        forced: Forced | None = None,
    ) -> AgentNow:
        """What an agent asks for (OWN_CHOICE): at once, or as `next_status` while a call has him.

        Whoever comes free is offered the first of all callers whom he serves (None: as was last said).
        `forced`: somebody else asks for it, which is audited in the same step.
        Raises UnknownPerson for somebody who does not work here (any more).
        """
        said = self._floor.run(
            "set_agent_status",
            agent_id,
            status,
            reason,
            listed(BUSY),
            "" if serves is None else _kept(serves),
            "" if forced is None else _audited(forced, agent_id, status, reason),
            keys=[self._keys.audit],
        )
        if said == "":
            raise UnknownPerson(f"{agent_id} does not work here")
        return _decoded(dict(zip(said[::2], said[1::2], strict=True)))

    def qualify(self, agent_id: str, serves: Sequence[Serves]) -> bool:
        """What he serves from now on; True if that is news, or if he was not where the idle stand."""
        return bool(self._floor.run("qualify_agent", agent_id, _kept(serves)))

    def reserve(self, agent_id: str, for_what: str) -> bool:
        """True if this one got the agent (again for a repeat); False if another did first, or nobody can.

        `for_what` is the id of a promised call.
        """
        return bool(
            self._floor.run("reserve_agent", agent_id, for_what, listed(may_lead_to(AgentState.RESERVED)))
        )

    def release(self, agent_id: str, for_what: str, *, to: AgentState = AgentState.AVAILABLE) -> bool:
        """True if the agent was kept for this: he is now what he asked for meanwhile, else `to`.

        False, and nothing changes, if he was not (a repeat too), or if MAY_BECOME does not lead there.
        """
        return bool(self._floor.run("release_agent", agent_id, for_what, to, _FROM))

    def has_rested(self, agent_id: str) -> None:
        """He may be offered calls that need a certified agent again."""
        self._floor.run("become_eligible", "rested", agent_id)


def _kept(serves: Sequence[Serves]) -> str:
    return json.dumps([[one.skill_set, one.level, int(one.special)] for one in serves])


def _audited(forced: Forced, agent_id: str, status: AgentState, reason: str) -> str:
    entry = {
        "what": "force_status",
        "by": forced.by,
        "at_ms": str(milliseconds(forced.at)),
        "person": agent_id,
        "status": status,
        "reason": reason,
    }
    return json.dumps([part for pair in entry.items() for part in pair])


def _decoded(fields: Mapping[str, str]) -> AgentNow:
    since, after = fields.get("since_ms"), fields.get("next_status")
    return AgentNow(
        AgentState(fields.get("status", AgentState.OFFLINE)),
        moment(int(since)) if since else None,
        fields.get("reason", ""),
        AgentState(after) if after else None,
        fields.get("offer", ""),
        fields.get("call", ""),
        moment(int(fields["recovery_until_ms"])) if "recovery_until_ms" in fields else None,
    )


_FROM = json.dumps({state: listed(may_lead_to(state)) for state in MAY_BECOME})
