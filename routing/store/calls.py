"""Calls in Redis: each step is claimed once, with all that follows from it, in one write."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from config.connections import Store
from config.now import SiteClock, moment
from routing.rules.answers import Answer
from routing.rules.call_states import CallState, may_lead_to, state_after
from routing.rules.decisions import Connect, Decision, Enqueue
from routing.store.keys import CALL_RECORD_S, Keys
from routing.store.scripts import register

# Three waiting documents missed: the caller has hung up and Twilio could not tell us.
FORGOTTEN_AFTER_MS = 90_000


class CallIsOverError(Exception):
    """A step of a call that has ended, or that its state does not allow any more."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A call in the waiting room; `place` counts from 0, `entered` is when it came into this queue.

    `wants` is the key that leads out, if one was pressed.
    """

    queue: str
    place: int
    entered: datetime
    now: datetime
    wants: str
    answer: Answer


def queue_of(decision: Decision) -> str:
    """The queue a decision puts the call in, or "": a promised call waits until its owner can be rung."""
    if isinstance(decision, Enqueue):
        return decision.name
    return "general" if isinstance(decision, Connect) else ""


class Calls:
    """The calls of one site."""

    def __init__(self, store: Store, keys: Keys, clock: SiteClock) -> None:
        self._store, self._keys, self._clock = store, keys, clock
        self._prefix = keys.queue("")
        self._take = register(store.client, "take_step")
        self._look = register(store.client, "look_at_wait")
        self._end = register(store.client, "end_call")
        self._want = register(store.client, "want")

    def take_step(
        self,
        call_sid: str,
        step: str,
        answer: Answer,
        *,
        number: str = "",
        touches_standing: bool = False,
        wished_on_line: str = "",
        waiting_since_ms: int | None = None,
        verification: str = "",
    ) -> Answer:
        """Claim `step` of a call and carry `answer` out; a repeated step gets the answer it had before.

            `wished_on_line`: the caller asked on this line to be called back.
        `touches_standing`: this contact keeps the link between number and caller alive (docs/policy.md 20).
            Raises StoreAway, and CallIsOverError.
        """
        state = state_after(answer.decision)
        keys = [
            self._keys.call(call_sid),
            self._keys.seen,
            self._keys.standing(number) if number else self._keys.call(call_sid),
            self._keys.callback_wishes,
        ]
        arguments: list[str | int] = [
            call_sid,
            f"step:{step}",
            answer.to_json(),
            state,
            queue_of(answer.decision),
            _FROM[state],
            CALL_RECORD_S,
            self._clock.offset_key,
            self._prefix,
            "1" if touches_standing and number else "",
            wished_on_line,
            "" if waiting_since_ms is None else waiting_since_ms,
            number,
            verification,
        ]
        outcome: list[Any] = self._store.run(lambda redis: self._take(keys, arguments, redis))
        match outcome:
            case ["repeat", earlier]:
                return Answer.from_json(earlier)
            case ["late", was]:
                raise CallIsOverError(f"a step of a call that is {was}")
            case _:
                return answer

    def look_at_wait(self, call_sid: str) -> Waiting | CallState | None:
        """The call in the waiting room; its state when it is elsewhere; None for a call nobody knows.

        Raises StoreAway.
        """
        keys = [self._keys.call(call_sid), self._keys.seen]
        arguments: list[str | int] = [
            call_sid,
            self._clock.offset_key,
            self._prefix,
            self._keys.call(""),
            FORGOTTEN_AFTER_MS,
        ]
        state, queue, place, entered, now, wants, last = self._store.run(
            lambda redis: self._look(keys, arguments, redis)
        )
        if not state:
            return None
        if state != CallState.WAITING:
            return CallState(state)
        return Waiting(queue, place, moment(int(entered)), moment(int(now)), wants, Answer.from_json(last))

    def want(self, call_sid: str, what: str, *, visit: int) -> bool:
        """Note, once a visit, what a waiting caller pressed for; False when the call does not wait.

        Raises StoreAway.
        """
        keys, arguments = [self._keys.call(call_sid)], [what, f"key:{visit}"]
        return bool(self._store.run(lambda redis: self._want(keys, arguments, redis)))

    def end(self, call_sid: str, how: str) -> bool:
        """The call is over; True for the first who says so. Raises StoreAway."""
        keys = [self._keys.call(call_sid), self._keys.seen]
        arguments = [call_sid, self._clock.offset_key, self._prefix, how]
        return bool(self._store.run(lambda redis: self._end(keys, arguments, redis)))

    def waiting_in(self, queue: str) -> int:
        """How many calls wait in a queue. Raises StoreAway."""
        count: int = self._store.run(lambda redis: redis.zcard(self._keys.queue(queue)))
        return count

    def answers(self, call_sid: str) -> list[Answer]:
        """What a call was answered with, in order of its visits. Raises StoreAway."""
        fields: dict[str, str] = self._store.run(lambda redis: redis.hgetall(self._keys.call(call_sid)))
        answers = [Answer.from_json(text) for name, text in fields.items() if name.startswith("step:")]
        return sorted(answers, key=lambda answer: answer.visit)


_FROM = {state: f",{','.join(sorted(may_lead_to(state)))}," for state in CallState}
