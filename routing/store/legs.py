"""Legs in Redis: the calls that we make, each written before it is posted, changed by one Lua step each."""

import json
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from typing import Any

from config.connections import Store
from config.now import SiteClock, milliseconds
from routing.rules.legs import Ended, LegState, may_lead_to
from routing.store.keys import LEG_RECORD_S, Keys
from routing.store.leg_records import Leg, decoded, encoded
from routing.store.scripts import listed, register

DEADLINE = "leg"  # the kind: look for the call of this leg
# A reply comes within three seconds or not at all, and a dispatcher is taken over from after five.
LOOK_AFTER_POSTING_MS = 10_000
# After a lost reply: an event mostly tells within a second or two, and the list of calls lags a little.
LOOK_AFTER_LOSS_MS = 2_000
LOOK_AGAIN_MS = (5_000, 15_000, 30_000)
# A call that lives is asked after first so long after its CallSid is known (routing/lost_replies.py).
ASK_WHILE_LIVE_MS = 30_000
# What nobody has posted by then (the effect `create` was dropped) is not posted any more.
POSTED_WITHIN = timedelta(seconds=90)
# Whoever a leg belongs to learns of it also after an hour without a dispatcher.
_TOLD_WITHIN_MS = 3_600_000

__all__ = ["DEADLINE", "Leg", "Legs", "Told", "new_leg_id"]


class Told(StrEnum):
    """What a change made of a leg. other: the CallSid is not this leg's. unknown: there is no such leg."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    OTHER = "other"
    UNKNOWN = "unknown"

    @property
    def is_ours(self) -> bool:
        """False for a second call of one attempt, which is to be hung up."""
        return self in (Told.CHANGED, Told.UNCHANGED)


def new_leg_id() -> str:
    return f"lg{secrets.token_hex(12)}"


class Look(StrEnum):
    """What follows when a leg's call was not found. known: nothing, it was told of meanwhile."""

    KNOWN = "known"
    AGAIN = "again"
    GIVEN_UP = "given_up"


class Legs:
    """The legs of one site. Whatever is asked may raise StoreAway.

    A change writes the effect `leg_changed` in the same step. The posting itself is told once Twilio has
    taken the call (or will not, or nobody knows), for one that was refused as too fast is taken back.
    """

    def __init__(self, store: Store, keys: Keys, clock: SiteClock) -> None:
        self._store, self._keys, self._clock, self._offset_key = store, keys, clock, clock.offset_key
        self._post = register(store.client, "post_leg")
        self._take_back = register(store.client, "take_leg_back")
        self._change = register(store.client, "change_leg")
        self._look_again = register(store.client, "look_again_for_leg")
        self._end = register(store.client, "end_leg")

    def intend(self, leg: Leg, *, within: timedelta = POSTED_WITHIN) -> None:
        """Write it down, to be made; the effect `create` comes after this, or in a step after it.

        What is not posted `within` that time is ended.
        """
        key, fields = self._keys.leg(leg.id), encoded(replace(leg, state=LegState.INTENT))
        look_at = milliseconds(self._clock.now(self._store) + within)

        def write(redis: Any) -> None:
            with redis.pipeline(transaction=True) as steps:
                steps.hset(key, mapping=fields)
                steps.expire(key, LEG_RECORD_S)
                steps.zadd(self._keys.deadlines, {f"{DEADLINE}:{leg.id}": look_at})
                steps.execute()

        self._store.run(write)

    def read(self, leg_id: str) -> Leg | None:
        fields: dict[str, str] = self._store.run(lambda redis: redis.hgetall(self._keys.leg(leg_id)))
        return decoded(leg_id, fields) if fields else None

    def leg_of(self, call_sid: str) -> str:
        """The leg whose call this is; "" for a call that is none of ours."""
        return self._store.run(lambda redis: redis.get(self._keys.leg_of(call_sid))) or ""

    def post(self, leg_id: str, by: str) -> bool:
        """True for exactly one: it posts the leg now. `by` is a random name of this one try."""
        keys = [self._keys.leg(leg_id), self._keys.legs_without_call, self._keys.deadlines]
        return bool(self._run(self._post, keys, self._offset_key, leg_id, by, LOOK_AFTER_POSTING_MS))

    def take_back(self, leg_id: str, by: str) -> bool:
        """Twilio surely did not take what `by` posted: back to intent, or ended where that was wanted."""
        own, shared = self._keys.leg(leg_id), [self._keys.legs_without_call, self._keys.deadlines]
        keys = [own, *shared, self._keys.effects]
        again = round(POSTED_WITHIN.total_seconds() * 1000)
        arguments = (self._offset_key, leg_id, by, _TOLD_WITHIN_MS, again)
        return bool(self._run(self._take_back, keys, *arguments))

    def change(self, leg_id: str, to: LegState, *, call_sid: str = "", how: Ended | None = None) -> Told:
        """What is told of a leg (not its posting: `post`). `how`: for ENDED."""
        keys = [
            self._keys.leg(leg_id),
            self._keys.leg_of(call_sid),
            self._keys.legs_without_call,
            self._keys.deadlines,
            self._keys.effects,
        ]
        change = {
            "offset_key": self._offset_key,
            "id": leg_id,
            "to": to,
            "from": listed(may_lead_to(to)),
            "call_sid": call_sid,
            "how": how or Ended.LOST,
            "look_in_ms": LOOK_AFTER_LOSS_MS,
            "ask_in_ms": ASK_WHILE_LIVE_MS,
            "keep_s": LEG_RECORD_S,
            "within_ms": _TOLD_WITHIN_MS,
        }
        return Told(self._run(self._change, keys, json.dumps(change)))

    def look_again(self, leg_id: str) -> Look:
        """Its call was not found: it is looked for again after LOOK_AGAIN_MS each, then given up."""
        keys = [self._keys.leg(leg_id), self._keys.deadlines, self._keys.effects]
        rest = {
            "offset_key": self._offset_key,
            "id": leg_id,
            "again_in_ms": LOOK_AGAIN_MS,
            "within_ms": _TOLD_WITHIN_MS,
        }
        return Look(self._run(self._look_again, keys, json.dumps(rest)))

    def end(self, leg_id: str) -> tuple[LegState, str]:
        """Nobody wants it: its state after that, and the CallSid that is to be hung up ("": none is known).

        A leg that was not posted is ended by this; one whose CallSid is not known is hung up when it is.
        """
        keys = [self._keys.leg(leg_id), self._keys.effects]
        state, call_sid = self._run(self._end, keys, self._offset_key, leg_id, _TOLD_WITHIN_MS)
        return LegState(state), call_sid

    def without_call(self) -> list[Leg]:
        """Legs that were posted and whose CallSid is not known (yet), the oldest first."""
        ids = self._store.run(lambda redis: redis.zrange(self._keys.legs_without_call, 0, -1))
        found = [self.read(leg_id) for leg_id in ids]
        return [leg for leg in found if leg is not None]

    def unconfirmed(self) -> list[Leg]:
        """Legs that may ring or not, because the reply was lost, the oldest first."""
        return [leg for leg in self.without_call() if leg.state is LegState.UNCONFIRMED]

    def _run(self, script: Callable[..., Any], keys: list[str], *arguments: str | int) -> Any:
        return self._store.run(lambda redis: script(keys, arguments, redis))
