"""What the routes of promised calls are sent."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from callbacks.booking import Wanted
from callbacks.listing import MOST
from callbacks.outcome import Told
from callbacks.rules.outcomes import Result
from callbacks.rules.states import Kind, State
from ivr.api.times import Moment, MomentInQuery

# A text that may be left out, or null.
_Blank = BeforeValidator(lambda text: "" if text is None else text, json_schema_input_type=str | None)
Name = Annotated[str, Field(max_length=200), _Blank]
Id = Annotated[str, Field(max_length=64), _Blank]
Text = Annotated[str, Field(max_length=4000), _Blank]
Answer = bool | Annotated[str, Field(max_length=4000)] | None


class Strict(BaseModel):
    """A field that the route does not know is refused: a word that was misspelt is not overlooked."""

    model_config = ConfigDict(extra="forbid")


class One(BaseModel):
    """The id in the path."""

    callback_id: str = Field(max_length=64)


class Which(Strict):
    """Which promised calls: those due from `since` on, beyond the page whose `next` is `after`."""

    state: State | None = None
    since: MomentInQuery | None = None
    after: str | None = Field(default=None, max_length=100)
    limit: int = Field(default=50, ge=1, le=MOST)


class Promise(Strict):
    """A call to promise. `same_day`: today, if the cool-down and the hour allow it.

    The owner is whoever books unless another is named; `exclude` are ids of people who are never asked.
    """

    number: str = Field(max_length=100)
    kind: Kind
    brief: str = Field(max_length=4000)
    at: Moment | None = None
    same_day: bool = False
    owner: Id = ""
    exclude: list[Annotated[str, Field(max_length=64)]] | None = Field(default=None, max_length=50)
    name: Name = ""
    note: Text = ""
    line: Id = ""

    def wanted(self) -> Wanted:
        return Wanted(**self.model_dump() | {"exclude": tuple(self.exclude or ())})


class Reason(Strict):
    """Why a call is called off; may be left out."""

    reason: Text = ""

    @model_validator(mode="before")
    @classmethod
    def _nothing_said(cls, body: Any) -> Any:
        return {} if body is None else body


class WhatCame(Strict):
    """What came of the call. `apology` and `agreed`: yes or no, or in words."""

    result: Result
    standard_explained: bool | None = None
    apology: Answer = None
    agreed: Answer = None
    original_problem: Text = ""
    support_need: Text = ""
    next_step: Text = ""
    do_not_call: bool | None = None

    def told(self) -> Told:
        given = {name: value for name, value in self.model_dump().items() if value is not None}
        return Told(**given | {"result": self.result})
