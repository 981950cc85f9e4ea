"""Calls in Redis: each step is claimed once, with all that follows from it, in one write."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from config.connections import Store
from config.now import moment
from routing.rules.answers import Answer
from routing.rules.call_states import CallState
from routing.rules.decisions import Rule, SayAndHangUp
from routing.store.floor_scripts import FloorScripts
from routing.store.keys import Keys
from routing.store.step import DAY_MS, Step, answer_again

# Three waiting documents missed: the caller has hung up and Twilio could not tell us.
FORGOTTEN_AFTER_MS = 90_000


class CallIsOverError(Exception):
    """A step of a call that has ended, or that its state does not allow any more."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A call in the waiting room; `place` counts from 0, `entered` is when it came into this queue.

    `wants` is the key that leads out, if one was pressed. `is_offered`: an agent's telephone rings for it.
    `nobody_since`: since when nobody is signed in at a site that has agents. `stays`: it waits on when the
    line closes, because it was sent on for that already, or has talked to an agent who went lost. `pace` is
    when callers of the queue were answered, the latest first, `busy_since` when the first in it began.
    """

    queue: str
    place: int
    entered: datetime
    now: datetime
    wants: str
    last: str
    is_offered: bool = False
    skill_set: str = ""
    nobody_since: datetime | None = None
    stays: bool = False
    pace: tuple[datetime, ...] = ()
    busy_since: datetime | None = None

    @property
    def brought_by(self) -> tuple[Rule, str]:
        """The rule by which it waits, and its line: asked in every round, so no more is read than that."""
        kept = orjson.loads(self.last)
        return Rule(kept["rule"]), kept["line"]

    @property
    def answer(self) -> Answer:
        """What the call was answered with last; read only when somebody asks, as most rounds do not."""
        return answer_again(self.last)


class Calls:
    """The calls of one site."""

    def __init__(self, store: Store, keys: Keys, floor: FloorScripts) -> None:
        self._store, self._keys, self._floor = store, keys, floor

    def take_step(self, step: Step) -> Answer:
        """Claim a step and carry its answer out; a repeated step gets the answer it had before.

        Raises StoreAway, and CallIsOverError.
        """
        left = (
            self._keys.voicemails
            if isinstance(step.answer.decision, SayAndHangUp)
            else self._keys.callback_wishes
        )
        keys = [
            self._keys.call(step.call_sid),
            self._keys.standing(step.number),
            left,
            self._keys.call_log,
            self._keys.live_calls(step.caller),
        ]
        outcome: list[Any] = self._floor.run("take_step", step.to_json(), keys=keys)
        match outcome:
            case ["repeat", earlier]:
                return answer_again(earlier)
            case ["late", was]:
                raise CallIsOverError(f"a step of a call that is {was}")
            case _:
                return step.answer

    def look_at_wait(self, call_sid: str) -> Waiting | CallState | None:
        """The call in the waiting room; its state when it is elsewhere; None for a call nobody knows.

        Raises StoreAway.
        """
        found = self._floor.run("look_at_wait", call_sid, FORGOTTEN_AFTER_MS)
        state, queue, place, entered, now, wants, last, offered, skill_set, nobody, stays, pace, first = found
        if not state:
            return None
        if state != CallState.WAITING:
            return CallState(state)
        return Waiting(
            queue,
            place,
            moment(int(entered)),
            moment(int(now)),
            wants,
            last,
            bool(offered),
            skill_set,
            moment(int(nobody)) if nobody else None,
            bool(stays),
            tuple(moment(int(at)) for at in pace),
            moment(int(float(first))) if first else None,
        )

    def want(self, call_sid: str, what: str, *, visit: int) -> bool:
        """Note, once a visit, what a waiting caller pressed for; False when the call does not wait.

        Raises StoreAway.
        """
        key = self._keys.call(call_sid)
        return bool(self._floor.run("want", what, f"key:{visit}", keys=[key]))

    def talk(self, call_sid: str) -> bool:
        """The waiting call is answered, and out of its queue; False for one that does not wait.

        Raises StoreAway.
        """
        return bool(self._floor.run("talk", call_sid))

    def end(self, call_sid: str, how: str, *, log_days: int) -> bool:
        """The call is over; True for the first who says so. Raises StoreAway."""
        return bool(self._floor.run("end_call", call_sid, how, log_days * DAY_MS, keys=[self._keys.call_log]))

    def waits_by(self, call_sid: str) -> Answer | None:
        """The answer by which a call waits that waits or is about to be connected; None for any other call.

        Raises StoreAway.
        """
        key = self._keys.call(call_sid)
        state, last = self._store.run(lambda redis: redis.hmget(key, "state", "last"))
        if state not in (CallState.WAITING, CallState.CONNECTING):
            return None
        return answer_again(self._store.run(lambda redis: redis.hget(key, last)))

    def waiting_in(self, queue: str) -> int:
        """How many calls wait in a queue. Raises StoreAway."""
        count: int = self._store.run(lambda redis: redis.zcard(self._keys.queue(queue)))
        return count

    def answers(self, call_sid: str) -> list[Answer]:
        """What a call was answered with, in order of its visits. Raises StoreAway."""
        fields: dict[str, str] = self._store.run(lambda redis: redis.hgetall(self._keys.call(call_sid)))
        answers = [answer_again(text) for name, text in fields.items() if name.startswith("step:")]
        return sorted(answers, key=lambda answer: answer.visit)
