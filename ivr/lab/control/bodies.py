"""The bodies that `/lab/…` takes. Telephone numbers travel in them, never in a path or a query."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from ivr.lab.phone import Pickup, Ringing, checked

LONGEST_POLL_S = 30.0
Number = Annotated[str, Field(min_length=1, max_length=256)]
Words = Annotated[str, Field(min_length=1, max_length=1000)]
KeysOrNone = Annotated[str, AfterValidator(checked)]
Keys = Annotated[KeysOrNone, Field(min_length=1, max_length=256)]
Seconds = Annotated[float, Field(ge=0, le=7200)]


class Body(BaseModel):
    """Strict: a word too many is a mistake worth hearing of."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RingingBody(Body):
    """What the telephone does when it rings; `by_hand` rings until somebody answers it."""

    pickup: Pickup | Literal["by_hand"]
    after_s: Seconds = 2.0
    greeting_s: Seconds = 6.0

    def ringing(self) -> Ringing:
        # A telephone that nobody answers and one that is answered by hand ring alike.
        pickup: Pickup = "no-answer" if self.pickup == "by_hand" else self.pickup
        return Ringing(pickup, self.after_s, self.greeting_s)


class PhoneBody(Body):
    """A telephone to make, or to describe anew; without `ringing` it stays as it is."""

    number: Number
    ringing: RingingBody | None = None


class OnPhone(Body):
    """Answer, reject, hang up, drop."""

    number: Number


class Dial(OnPhone):
    """`to` is one of the account's numbers."""

    to: Number


class Press(OnPhone):
    """Keys: 0-9, * and #."""

    keys: Keys


class Say(OnPhone):
    """Words on the line."""

    words: Words


class Listen(Body):
    """News of these telephones after `since`; waits up to `wait_s` seconds for the first."""

    numbers: list[Number]
    since: int = Field(default=0, ge=0)
    wait_s: float = Field(default=0.0, ge=0, le=LONGEST_POLL_S)


class Hurried(Body):
    """A call of somebody in a hurry: ivr/lab/caller.py, place_call."""

    from_: str = Field(alias="from", max_length=256)
    to: Number
    press: list[KeysOrNone] = []
    say: str | None = None
    wait_s: Seconds = 0.0
    stir_verstat: str | None = None
    call_sid: str = Field(default="", pattern=r"^(CA[0-9a-f]{32})?$")


class Follow(Body):
    """What this call heard after the first `since` things; waits up to `wait_s` seconds for more."""

    since: int = Field(default=0, ge=0)
    wait_s: float = Field(default=0.0, ge=0, le=LONGEST_POLL_S)
