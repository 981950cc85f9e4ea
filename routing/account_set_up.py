"""The account at Twilio as it is set up: its numbers and the URLs that they ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from config.settings import Settings
from routing.twilio_rest import NoReply, Refused, Rest, TelephoneError, asking

UNAUTHORIZED = 401
_WAIT = "See https://status.twilio.com and the way out of this network, then try again."


class AccountUnread(Exception):
    """The account cannot be read; the message is for people, `to_do` is what they can do."""

    def __init__(self, said: str, to_do: str) -> None:
        super().__init__(said)
        self.to_do = to_do


@dataclass(frozen=True, slots=True)
class SetUp:
    """A number of the account and the URLs that it asks, each "METHOD URL" or "" for none."""

    number: str
    voice: str
    fallback: str
    status: str


def numbers(settings: Settings) -> Sequence[SetUp]:
    """The account's numbers as they are set up; raises AccountUnread."""
    rest = Rest(settings)
    try:
        with asking():
            return [_set_up(number) for number in rest.client.incoming_phone_numbers.list(limit=1000)]
    except TelephoneError as failed:
        raise _unread(failed) from None
    finally:
        rest.close()


def _unread(failed: TelephoneError) -> AccountUnread:
    match failed:
        case Refused(status=status) if status == UNAUTHORIZED:
            return AccountUnread(
                "Twilio does not accept the account SID with this auth token or key",
                "Copy TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN (or TWILIO_API_KEY and its secret) from "
                "the Twilio console.",
            )
        case Refused(status=status):
            return AccountUnread(f"Twilio refused with {status}", _WAIT)
        case NoReply(status=0) if "not Twilio's" in str(failed):
            return AccountUnread(str(failed), "See TWILIO_API_URL.")
        case _:
            return AccountUnread(str(failed), _WAIT)


def _set_up(number: Any) -> SetUp:
    return SetUp(
        number.phone_number,
        _asked(number.voice_method, number.voice_url),
        _asked(number.voice_fallback_method, number.voice_fallback_url),
        _asked(number.status_callback_method, number.status_callback),
    )


def _asked(method: str | None, url: str | None) -> str:
    return f"{method or 'POST'} {url}" if url else ""
