"""Twilio's REST: the account as it is set up. The only place that asks it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from requests.exceptions import RequestException
from twilio.base.exceptions import TwilioException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from config.settings import Settings

# Twilio's own client waits for ever.
TIMEOUT_S = 3.0
UNAUTHORIZED = 401
_WAIT = "See https://status.twilio.com and the way out of this network, then try again."


class TelephoneError(Exception):
    """Twilio refused or did not answer; the message is for people, `to_do` is what they can do."""

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


class Telephone:
    """The account at Twilio."""

    def __init__(self, settings: Settings) -> None:
        user, secret = settings.twilio_account_sid, settings.twilio_auth_token
        if settings.twilio_api_key and settings.twilio_api_secret:
            user, secret = settings.twilio_api_key, settings.twilio_api_secret
        self._client = Client(
            user,
            secret.get_secret_value(),
            settings.twilio_account_sid,
            http_client=_Elsewhere(settings.twilio_api_url),
        )

    def numbers(self) -> Sequence[SetUp]:
        """The account's numbers as they are set up; raises TelephoneError."""
        try:
            found = self._client.incoming_phone_numbers.list(limit=1000)
        except TwilioException as refused:
            raise _refusal(_status(refused)) from None
        except RequestException as failed:
            raise TelephoneError(f"Twilio cannot be reached: {type(failed).__name__}", _WAIT) from None
        except (ValueError, TypeError, AttributeError, KeyError):
            raise _refusal(0) from None
        return [_set_up(number) for number in found]


def _status(refused: TwilioException) -> int:
    """The library gives a refused list its whole response, and only sometimes a status; 0 is no refusal."""
    response = refused.args[-1] if refused.args else None
    return int(getattr(refused, "status", 0) or getattr(response, "status_code", 0))


def _refusal(status: int) -> TelephoneError:
    if status == UNAUTHORIZED:
        return TelephoneError(
            "Twilio does not accept the account SID with this auth token or key",
            "Copy TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN (or TWILIO_API_KEY and its secret) from "
            "the Twilio console.",
        )
    if not status:
        return TelephoneError("what answers is not Twilio's REST", "See TWILIO_API_URL.")
    return TelephoneError(f"Twilio refused with {status}", _WAIT)


def _set_up(number: Any) -> SetUp:
    return SetUp(
        number.phone_number,
        _asked(number.voice_method, number.voice_url),
        _asked(number.voice_fallback_method, number.voice_fallback_url),
        _asked(number.status_callback_method, number.status_callback),
    )


def _asked(method: str | None, url: str | None) -> str:
    return f"{method or 'POST'} {url}" if url else ""


class _Elsewhere(TwilioHttpClient):  # type: ignore[misc]
    """Twilio's client with a time limit, asking another host where TWILIO_API_URL names one."""

    def __init__(self, api_url: str | None) -> None:
        super().__init__(timeout=TIMEOUT_S)
        self._api = urlsplit(api_url) if api_url else None

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        """As in the library, the host exchanged."""
        if self._api is not None:
            url = urlunsplit(urlsplit(url)._replace(scheme=self._api.scheme, netloc=self._api.netloc))
        return super().request(method, url, *args, **kwargs)
