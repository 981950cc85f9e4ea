"""Calls that are ended for abuse, and the break after them, in Redis; one step each."""

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from config.connections import Store
from config.now import milliseconds, moment
from routing.rules.reports import Statement
from routing.store.floor_scripts import FloorScripts
from routing.store.keys import Keys
from routing.store.reports import encode

CLOSING = "closing"  # the kind, of a CallSid: has the caller heard why, and is he off the line?
RECOVERY = "recovery"  # the kind, of an agent: the break is over


class SaidToEnding(StrEnum):
    """What became of the wish to end a call for abuse, or to change it otherwise."""

    OK = "ok"
    NOT_YOURS = "not_yours"
    NOT_TALKING = "not_talking"
    SAFETY_SUSPENDS = "safety_suspends"
    SECOND_WARNING_MISSING = "second_warning_missing"
    TOO_SOON = "too_soon"


class Care(StrEnum):
    """What a call needs beside the adviser: strikes suspended, a supervisor called in."""

    SAFETY = "safety"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Ending:
    """A call to be ended `by` somebody. `statement` becomes the report `report_id`."""

    by: str
    report_id: str
    statement: Statement
    transfers: int
    gap_ms: int
    recovery_ms: int
    look_after_ms: int


class Endings:
    """The endings and breaks of one site. Whatever is asked may raise StoreAway."""

    def __init__(self, store: Store, keys: Keys, floor: FloorScripts) -> None:
        self._store, self._keys, self._floor = store, keys, floor

    def end(self, ending: Ending) -> tuple[SaidToEnding, str]:
        """What became of it, and the report's id; the same one for a repeat."""
        said, *report = self._floor.run(
            "end_for_abuse",
            ending.statement.call,
            ending.by,
            ending.statement.adviser,
            ending.report_id,
            encode(ending.statement),
            ending.transfers,
            "1" if ending.statement.immediate else "",
            ending.gap_ms,
            ending.recovery_ms,
            ending.look_after_ms,
        )
        return SaidToEnding(said), report[0] if report else ""

    def is_read_out(self, call_sid: str, at: datetime) -> None:
        """The caller's telephone has asked for the reason."""
        self._once(call_sid, "reason_asked_ms", at)

    def is_sent_again(self, call_sid: str, times: int) -> None:
        """He is to hear it once more, so many times in all."""
        key = self._keys.call(call_sid)
        self._store.run(lambda redis: redis.hset(key, "reason_sent", times))
        self._store.run(lambda redis: redis.hdel(key, "reason_asked_ms"))

    def is_heard(self, call_sid: str, at: datetime) -> bool:
        """He heard it to its end; True for the first time."""
        if not self._once(call_sid, "reason_heard_ms", at):
            return False
        entry = json.dumps({"what": "reason_heard", "at_ms": milliseconds(at)})
        self._store.run(lambda redis: redis.rpush(self._keys.timeline(call_sid), entry))
        return True

    def ask_for_care(self, call_sid: str, by: str, what: Care, *, leads: bool) -> SaidToEnding:
        """Strikes are suspended on this call, or a supervisor is called in."""
        return SaidToEnding(self._floor.run("call_for_care", call_sid, by, what, "1" if leads else ""))

    def end_recovery(self, agent_id: str, *, early: bool = False) -> bool:
        """The break is over; False for somebody who is in none."""
        said = self._floor.run("end_recovery", agent_id, "1" if early else "")
        return bool(said != "not_in_recovery")

    def extend_recovery(self, agent_id: str, *, by: str, ms: int) -> datetime | None:
        """When the break ends now; None for somebody who is in none. It is in the audit."""
        until = int(self._floor.run("extend_recovery", agent_id, by, ms, keys=[self._keys.audit]))
        return moment(until) if until else None

    def _once(self, call_sid: str, what: str, at: datetime) -> bool:
        key, ms = self._keys.call(call_sid), milliseconds(at)
        return bool(self._store.run(lambda redis: redis.hsetnx(key, what, ms)))
