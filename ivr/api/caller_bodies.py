"""What the routes of callers are sent."""

from typing import Annotated

from pydantic import Field, model_validator

from ivr.api.callback_bodies import Strict

_Address = Annotated[str, Field(max_length=260)]
_Line = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]


class Which(Strict):
    """One of both: a telephone number, or an address (e-mail, `chat:HANDLE`, `customer:ID`, a number)."""

    number: Annotated[str, Field(max_length=100)] | None = None
    address: _Address | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "Which":
        if (self.number is None) is (self.address is None):
            raise ValueError("give number or address")
        return self


class Who(Strict):
    """The id in the path, as the lookup gave it."""

    caller_id: str = Field(max_length=64)


class Changes(Strict):
    """What to change; what is left out, or null, stays. `support_need` says what helps, never a diagnosis."""

    protected: bool | None = None
    shared: bool | None = None
    support_need: _Line | None = None
    name: _Line | None = None
    email: _Address | None = None
    customer_id: Annotated[str, Field(max_length=64)] | None = None
    add_address: _Address | None = None
