"""Twilio's REST as a transport: who we are there, how long we wait, what a refusal means. Only here."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from requests.exceptions import ConnectionError as ConnectionFailed
from requests.exceptions import RequestException
from twilio.base.exceptions import TwilioException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from config.settings import Settings

# Twilio's own client waits for ever.
TIMEOUT_S = 3.0
# https://www.twilio.com/docs/errors/20429, 21220, 20404
TOO_MANY_REQUESTS, NOT_IN_PROGRESS, NOT_FOUND = 20429, 21220, 20404
_TIMED_OUT_THERE = 408
# Twilio's sentences quote what it was given: numbers, whole or cut short, and addresses of people.
_QUOTED = re.compile(r"\+?[0-9](?:[ ().-]{0,2}[0-9]){4,}|\b(?:sips?|client):\S+")


class TelephoneError(Exception):
    """Twilio did not do, or may not have done, what it was asked. No text here holds a number or secret."""


class NotDone(TelephoneError):
    """It was surely not done, and may be asked again."""


class TooFast(NotDone):
    """429: "never processed, always safe to retry" (https://www.twilio.com/docs/errors/20429)."""


class OutOfReach(NotDone):
    """No connection could be made, so that nothing was sent."""


class Refused(TelephoneError):
    """Twilio refused for good and did nothing; `code` is of https://www.twilio.com/docs/api/errors, or 0."""

    def __init__(self, status: int, code: int, said: str) -> None:
        super().__init__(f"Twilio refused with {code or status}: {_QUOTED.sub('…', said)}")
        self.status, self.code = status, code


class NotInProgress(Refused):
    """What was to be changed is over (or was never answered, or does not exist)."""


class NoReply(TelephoneError):
    """It may have been done or not: no answer in time, a lost connection, 5xx, an answer of somebody else."""

    def __init__(self, said: str, status: int = 0) -> None:
        super().__init__(said)
        self.status = status


class Rest:
    """Twilio's client with its connections, one for each thread.

    Not one for all: it keeps the last response in a field and returns what is in that field, so that of two
    threads one may get the CallSid of the other's call (twilio 9.13, http/http_client.py).
    """

    def __init__(self, settings: Settings, *, timeout_s: float = TIMEOUT_S) -> None:
        self._settings, self._timeout_s = settings, timeout_s
        self._own = threading.local()
        self._transports: list[_Transport] = []

    @property
    def client(self) -> Any:
        """This thread's."""
        if not hasattr(self._own, "client"):
            self._own.client = self._opened()
        return self._own.client

    def close(self) -> None:
        """End every connection; what is asked afterwards opens new ones."""
        for transport in self._transports:
            transport.session.close()

    def _opened(self) -> Client:
        settings = self._settings
        user, secret = settings.twilio_account_sid, settings.twilio_auth_token
        if settings.twilio_api_key and settings.twilio_api_secret:
            user, secret = settings.twilio_api_key, settings.twilio_api_secret
        transport = _Transport(settings.twilio_api_url, self._timeout_s)
        self._transports.append(transport)
        return Client(user, secret.get_secret_value(), settings.twilio_account_sid, http_client=transport)


@contextmanager
def asking() -> Iterator[None]:
    """Around one use of the client: its exceptions, whose texts hold numbers, become the ones above."""
    try:
        yield
    except TwilioException as refused:
        raise _meant(refused) from None
    except RequestException as failed:
        raise _failed(failed) from None
    except (ValueError, TypeError, AttributeError, KeyError):
        raise NoReply("what answers is not Twilio's REST") from None


def _meant(refused: TwilioException) -> TelephoneError:
    """The library gives a refused list its whole response, and only elsewhere a status and a code."""
    response = refused.args[-1] if refused.args else None
    status = int(getattr(refused, "status", 0) or getattr(response, "status_code", 0))
    told = _body(getattr(response, "text", ""))
    code = int(getattr(refused, "code", 0) or told.get("code") or 0)
    if status == 429 or code == TOO_MANY_REQUESTS:
        return TooFast("Twilio was asked too fast")
    if code == NOT_IN_PROGRESS or (status == 404 and code == NOT_FOUND):
        return NotInProgress(status, code, "not in progress")
    if 400 <= status < 500 and status != _TIMED_OUT_THERE:
        return Refused(status, code, str(getattr(refused, "msg", "") or told.get("message") or ""))
    return NoReply(f"Twilio refused with {status}" if status else "what answers is not Twilio's REST", status)


def _body(text: str) -> dict[str, Any]:
    try:
        told = json.loads(text)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _failed(failed: RequestException) -> TelephoneError:
    said = f"Twilio cannot be reached: {type(failed).__name__}"
    cause = getattr(failed.args[0], "reason", None) if failed.args else None
    never_began = isinstance(cause, NewConnectionError | ConnectTimeoutError)
    return OutOfReach(said) if isinstance(failed, ConnectionFailed) and never_began else NoReply(said)


class _Transport(TwilioHttpClient):  # type: ignore[misc]
    """Twilio's transport with a time limit, asking another host where TWILIO_API_URL names one."""

    def __init__(self, api_url: str | None, timeout_s: float) -> None:
        super().__init__(timeout=timeout_s)
        self._api = urlsplit(api_url) if api_url else None

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        """As in the library, the host exchanged."""
        if self._api is not None:
            url = urlunsplit(urlsplit(url)._replace(scheme=self._api.scheme, netloc=self._api.netloc))
        return super().request(method, url, *args, **kwargs)

    def log_request(self, *_: object) -> None:
        """Says nothing: the library's lines hold numbers."""

    def log_response(self, *_: object) -> None:
        """Says nothing."""
