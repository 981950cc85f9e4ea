"""One step of a call as the store takes it: the answer, and all that follows from it in the same write."""

from dataclasses import dataclass, field
from typing import Any

import orjson

from routing.rules.answers import Answer
from routing.rules.call_states import CallState, may_lead_to, state_after
from routing.rules.decisions import Connect, Decision, Enqueue
from routing.rules.selection import Entry
from routing.store.keys import CALL_RECORD_S

DAY_MS = 24 * 3600 * 1000
# While there is no config to say how long the call log is kept.
LOG_DAYS = 90


@dataclass(frozen=True, slots=True)
class LineUp:
    """How a waiting call stands for the agents, and what their telephones show."""

    entry: Entry
    caller_id: str

    def parts(self, language: str) -> dict[str, Any]:
        """As take_step.lua reads it."""
        return {
            "skill_set": self.entry.skill_set,
            "rank_shift_ms": self.entry.rank_shift_ms,
            "min_wait_ms": self.entry.min_wait_ms,
            "wrap_up_ms": self.entry.wrap_up_ms,
            "in_time_ms": self.entry.in_time_ms,
            "rest_after": self.entry.rest_after,
            "from_": self.caller_id,
            "language": language,
        }


@dataclass(frozen=True, slots=True)
class Step:
    """What is claimed once under `name`.

    `number` is E.164 or "", `caller` the key that stands for it in the call log. `touches_standing`: this
    contact keeps the link between number and caller alive (docs/policy.md 20); `chosen_language` is kept for
    the caller's next call. `after_end`: it counts also when the call has ended. `left` is an entry for one of
    the lists that people look through, `entry` one of the call log, kept for `log_days`. `line_up`: where the
    call stands for the agents, when it waits. `out_of_service`: it was sent on because the line closed, or
    nobody was there, and is not for that again.
    """

    call_sid: str
    name: str
    answer: Answer
    number: str = ""
    caller: str = ""
    touches_standing: bool = False
    chosen_language: str = ""
    verification: str = ""
    after_end: bool = False
    waiting_since_ms: int | None = None
    left: str = ""
    entry: dict[str, Any] = field(default_factory=dict)
    log_days: int = LOG_DAYS
    line_up: LineUp | None = None
    out_of_service: bool = False

    def to_json(self) -> str:
        """The form that take_step.lua reads."""
        state = state_after(self.answer.decision)
        known = {
            "sid": self.call_sid,
            "claim": f"step:{self.name}",
            "answer": orjson.dumps(self.answer.parts()).decode(),
            "state": state,
            "queue": queue_of(self.answer.decision),
            "visit": self.answer.visit,
            "may_come_from": _FROM[state] + (f"{CallState.ENDED}," if self.after_end else ""),
            "number": self.number,
            "caller": self.caller,
            "verification": self.verification,
            "touches_standing": self.touches_standing and bool(self.number),
            "entry": orjson.dumps(self.entry).decode(),
            "keep_log_ms": self.log_days * DAY_MS,
            "lifetime_s": CALL_RECORD_S,
        }
        if self.line_up is not None:
            known["line_up"] = self.line_up.parts(self.answer.language)
        if self.chosen_language and self.number:
            known["language"] = self.chosen_language
        if self.answer.consent:
            known["consent"] = self.answer.consent
        if self.out_of_service:
            known["out_of_service"] = True
        if self.left:
            known["left"] = self.left
        if self.waiting_since_ms is not None:
            known["waiting_since_ms"] = self.waiting_since_ms
        return orjson.dumps(known).decode()


def answer_again(text: str) -> Answer:
    """The answer that a step was given before."""
    return Answer.from_parts(orjson.loads(text))


def queue_of(decision: Decision) -> str:
    """The queue a decision puts the call in, or "": a promised call waits until its owner can be rung."""
    if isinstance(decision, Enqueue):
        return decision.name
    return "general" if isinstance(decision, Connect) else ""


_FROM = {state: f",{','.join(sorted(may_lead_to(state)))}," for state in CallState}
