"""A promised call as the ledger keeps it, and what a step makes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from callbacks.rules.outcomes import Result
from callbacks.rules.states import Kind, State, Step

# After that an effect is of no use any more.
SOON = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try. It counts once the customer's call was posted (docs/policy.md 23).

    `caller_gone`: the customer, who had rung in himself, hung up before he met the speaker.
    """

    id: str
    began: datetime
    speaker: str
    posted: datetime | None = None
    result: Result | None = None
    caller_gone: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of the call, as the speaker told it (docs/policy.md 27).

    `apology` and `agreed`: yes or no, or in words.
    """

    result: Result
    by: str
    at: datetime
    standard_explained: bool = False
    apology: bool | str = False
    agreed: bool | str = False
    original_problem: str = ""
    support_need: str = ""
    next_step: str = ""
    do_not_call: bool = False


@dataclass(frozen=True, slots=True)
class Dialling:
    """An attempt under way: who speaks, the legs we made (our ids), the customer's own call if he rang in.

    `conference` is a new random name for each attempt. `accepted`: the speaker took it by API while it rang.
    """

    attempt: str
    speaker: str
    step: Step
    owner_leg: str
    conference: str
    customer_leg: str = ""
    inbound_call: str = ""
    accepted: bool = False
    said: Result | None = None  # voicemail or wrong person, as the speaker reports during the call


@dataclass(frozen=True, slots=True)
class Callback:
    """A promised call. `number` is E.164, `caller` the key that stands for it where no number may be.

    `owner` is a person's id or "" for nobody yet; `exclude` are ids that are never asked; `declined` those
    who said no or did not answer since it became due. `because` says why it needs a person, or was
    cancelled. `skill_set` ("" for none) and `rank_ms`: the place among the callers that a customer keeps who
    asked in the queue to be called back. `offence`: the one that the conduct policy owes this call for;
    `owed_to`: whose it is, by the id of the conduct ledger. `version` counts its changes and is
    the fencing token of whoever works on it.
    """

    id: str
    kind: Kind
    number: str
    caller: str
    line: str
    language: str
    brief: str
    booked_by: str
    booked_at: datetime
    state: State = State.BOOKED
    due_at: datetime | None = None
    name: str = ""
    note: str = ""
    owner: str = ""
    exclude: tuple[str, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    declined: tuple[str, ...] = ()
    dialling: Dialling | None = None
    outcome: Outcome | None = None
    because: str = ""
    skill_set: str = ""
    rank_ms: int = 0
    offence: str = ""
    owed_to: str = ""
    version: int = 0

    @property
    def step(self) -> Step | None:
        """How far the attempt under way has come; None while there is none."""
        return self.dialling.step if self.dialling else None


@dataclass(frozen=True, slots=True)
class Do:
    """An effect that belongs to a change: a verb of the dispatcher's, on a leg of ours or a CallSid."""

    verb: str
    target: str
    data: Mapping[str, Any] = field(default_factory=dict)
    within: timedelta = SOON


@dataclass(frozen=True, slots=True)
class Change:
    """What a step makes of a callback, written whole or not at all.

    `look_at` is when somebody must look at it again (None: nobody need); `keep`: acknowledged only when it
    is on disk.
    """

    after: Callback
    effects: tuple[Do, ...] = ()
    look_at: datetime | None = None
    keep: bool = False
