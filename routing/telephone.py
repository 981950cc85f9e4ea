"""Twilio's REST: the account as it is set up. The only place that asks it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from requests.exceptions import RequestException
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from config.settings import Settings

# Twilio's own client waits for ever.
TIMEOUT_S = 3.0
UNAUTHORIZED = 401


class TelephoneError(Exception):
    """Twilio refused or did not answer; the message is for people."""


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
        except TwilioRestException as refused:
            if refused.status == UNAUTHORIZED:
                raise TelephoneError(
                    "Twilio does not accept the account SID with this auth token or key"
                ) from None
            raise TelephoneError(f"Twilio refused with {refused.status}, code {refused.code}") from None
        except (TwilioException, RequestException) as failed:
            raise TelephoneError(f"Twilio cannot be reached: {type(failed).__name__}") from None
        return [_set_up(number) for number in found]


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
