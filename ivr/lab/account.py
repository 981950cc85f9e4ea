"""The account at the simulated Twilio: its secrets, its numbers, and how fast it may make calls."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ivr.lab.records import Number
from ivr.lab.signing import SigningKey

ANY_NUMBER = ""


@dataclass(frozen=True)
class Account:
    """Who owns the numbers. `keys` are API keys: SID to secret. `signing_key` makes signatures SHA-256.

    A number "" answers for every number that the account does not name.
    Source of the default rate: https://www.twilio.com/docs/errors/22005
    """

    sid: str
    auth_token: str = field(repr=False)
    numbers: tuple[Number, ...] = ()
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    signing_key: SigningKey | None = None
    calls_per_second: float = 1.0

    def number(self, dialled: str) -> Number | None:
        """The number of the account that was dialled; None for a number of somebody else's."""
        by_number = {number.number: number for number in self.numbers}
        return by_number.get(dialled) or by_number.get(ANY_NUMBER)


def a_line(
    public_url: str,
    number: str = ANY_NUMBER,
    *,
    incoming: str = "/voice/incoming",
    fallback: str = "/voice/fallback",
    events: str = "/voice/events",
    sid: str = "PN" + "0" * 32,
) -> Number:
    """A number that asks the web server at `public_url`, set up as operators set up theirs."""
    base = public_url.rstrip("/")
    return Number(
        sid=sid,
        number=number,
        voice_url=base + incoming,
        fallback_url=base + fallback,
        status_callback=base + events,
        friendly_name=number,
    )
