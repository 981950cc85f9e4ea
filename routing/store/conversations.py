"""Conversations in Redis: agent and caller brought together, on hold, finished, written up; one step each."""

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from config.connections import Store
from routing.rules.reports import Statement
from routing.store.floor_scripts import FloorScripts
from routing.store.keys import Keys
from routing.store.reports import encode

CONNECT, WRAP_UP = "connect", "wrap_up"  # kinds of deadlines: of a CallSid, of an agent


class Said(StrEnum):
    """What became of something that an agent wants with a call."""

    OK = "ok"
    NOT_YOURS = "not_yours"
    NOT_TALKING = "not_talking"
    NOT_RECORDED = "not_recorded"


class Recording(StrEnum):
    """What is done with the words of a conversation that is recorded."""

    RUNNING = "running"
    PAUSED = "paused"


class Conversations:
    """The conversations of one site, by the customer's CallSid. Whatever is asked may raise StoreAway."""

    def __init__(self, store: Store, keys: Keys, floor: FloorScripts) -> None:
        self._store, self._keys, self._floor = store, keys, floor

    def agent_ready(self, offer_id: str) -> str:
        """The conference for the agent, after whom the caller is sent; "" when there is nobody to talk to."""
        conference: str = self._floor.run("agent_ready", offer_id)
        return conference

    def caller_joins(self, call_sid: str, conference: str, *, recorded: bool) -> bool:
        """True when the caller may go in, to the agent who waits there; again for a repeat."""
        return bool(self._floor.run("caller_joins", call_sid, conference, int(recorded)))

    def not_connected(self, call_sid: str) -> bool:
        """They did not meet in time: the caller waits again at his place. False when they did."""
        return bool(self._floor.run("not_connected", call_sid))

    def finish(self, call_sid: str, agent_id: str) -> Said:
        """A normal goodbye by the agent: the caller hears the closing words; the agent is in wrap-up."""
        return Said(self._floor.run("finish_call", call_sid, agent_id))

    def hold(self, call_sid: str, agent_id: str) -> Said:
        """The caller hears music."""
        return Said(self._floor.run("hold_call", call_sid, agent_id, "held"))

    def resume(self, call_sid: str, agent_id: str) -> Said:
        """The caller hears the agent again."""
        return Said(self._floor.run("hold_call", call_sid, agent_id, "talking"))

    def set_recording(self, call_sid: str, agent_id: str, state: Recording) -> Said:
        """The recording is paused, or goes on."""
        return Said(self._floor.run("set_recording", call_sid, agent_id, state))

    def is_recorded(self, call_sid: str, recording_sid: str) -> Recording:
        """Twilio records it now; returns how the recording should be."""
        key = self._keys.call(call_sid)
        self._store.run(lambda redis: redis.hset(key, "recording_sid", recording_sid))
        return self.recording(call_sid)

    def recording(self, call_sid: str) -> Recording:
        """How the recording of a call should be."""
        key = self._keys.call(call_sid)
        said: str | None = self._store.run(lambda redis: redis.hget(key, "recording"))
        return Recording(said or Recording.RUNNING)

    def write_up(
        self,
        call_sid: str,
        agent_id: str,
        wrote: Mapping[str, Any],
        *,
        logged: Mapping[str, Any],
        keep_log_ms: int,
        report_id: str = "",
        report: Statement | None = None,
    ) -> bool:
        """How it went, and what the call log keeps of that; ends the agent's wrap-up of this call.

        A report that goes with it is written in the same step. False for an agent who was not in it.
        """
        said = self._floor.run(
            "end_wrap_up",
            agent_id,
            call_sid,
            json.dumps(dict(wrote)),
            json.dumps({"agent": agent_id, **logged}),
            keep_log_ms,
            report_id if report else "",
            encode(report) if report else "",
            keys=[self._keys.call_log],
        )
        return bool(said != "not_yours")

    def end_wrap_up(self, agent_id: str) -> None:
        """Its limit has come; nothing for an agent who is elsewhere, or whose limit is later."""
        self._floor.run("end_wrap_up", agent_id, "", "", "", 0, "", "", keys=[self._keys.call_log])

    def answer_consent(self, call_sid: str, *, refuses: bool) -> None:
        """What the caller said when asked whether the conversation may be recorded."""
        self._floor.run("answer_consent", call_sid, int(refuses))

    def note_recording(self, call_sid: str, recording_sid: str, state: str) -> bool:
        """How a recording stands, for the call's time line; False for a repeat, or a call nobody knows."""
        return bool(self._floor.run("note_recording", call_sid, recording_sid, state))

    def agent_leg_in(self, conference: str) -> str:
        """The agent's leg in a conference that is its call's current one; "" for any other."""
        call_sid = self._store.run(lambda redis: redis.get(self._keys.conference(conference)))
        call = self.of(call_sid) if call_sid else {}
        return call.get("agent_leg", "") if call.get("conference") == conference else ""

    def of(self, call_sid: str) -> dict[str, str]:
        """The record of a call, as it is; empty for one that nobody knows."""
        fields: dict[str, str] = self._store.run(lambda redis: redis.hgetall(self._keys.call(call_sid)))
        return fields

    def timeline(self, call_sid: str) -> list[dict[str, Any]]:
        """What happened to a call on the floor, in order."""
        entries = self._store.run(lambda redis: redis.lrange(self._keys.timeline(call_sid), 0, -1))
        return [json.loads(entry) for entry in entries]
