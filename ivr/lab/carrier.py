"""The account at the simulated Twilio, the addresses of its number, and how a request leaves it."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urldefrag, urlencode, urlsplit

import requests

from ivr.lab.signing import SigningKey, signed_headers

HTTP_FAILURE, CONNECTION_FAILURE = 11200, 11205
_DEFAULT_PORTS = {"http": 80, "https": 443}
_LIKE_TWILIO = {"User-Agent": "TwilioProxy/1.1", "Accept": "*/*", "Cache-Control": "max-age=259200"}


class WebhookError(Exception):
    """The web server gave no usable answer; `code` as in https://www.twilio.com/docs/api/errors."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code} {message}")
        self.code = code


@dataclass(frozen=True)
class Carrier:
    """One account, and the web server whose numbers it serves.

    `web` is where the server is reached; `public_url` is what its URLs start with and what is signed
    (default: the same). `timeout_s` is Twilio's cap on a webhook, in seconds:
    https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
    """

    web: str
    account_sid: str
    auth_token: str = field(repr=False)
    public_url: str = ""
    signing_key: SigningKey | None = None
    timeout_s: float = 15.0
    incoming: str = "/voice/incoming"
    fallback: str = "/voice/fallback"
    events: str = "/voice/events"

    def url(self, path: str) -> str:
        """A path of the number's own settings as the URL that Twilio would have on file."""
        return (self.public_url or self.web).rstrip("/") + path


@dataclass(frozen=True)
class Ask:
    """A request for the next document; `answered` says that the caller's keys or words led to it."""

    url: str
    method: str = "POST"
    fields: Mapping[str, str] = field(default_factory=dict)
    answered: bool = False


def prepare(carrier: Carrier, ask: Ask, fields: Mapping[str, str]) -> requests.Request:
    """The signed request, to be sent to `web` whatever public host its URL names.

    What is signed is the public address with path and query, without the fragment.
    Raises WebhookError 11205 for a URL of another host: the lab asks nobody but its own line.
    """
    target = urlsplit(urldefrag(ask.url).url)
    if _origin(target) != _origin(urlsplit(carrier.url("/"))):
        raise WebhookError(CONNECTION_FAILURE, f"{target.netloc} is not the public URL of this line")
    query, form = target.query, dict(fields)
    if ask.method == "GET":
        query, form = "&".join(filter(None, [query, urlencode(fields)])), {}
    path = requests.Request(ask.method, carrier.web.rstrip("/") + _path(target, query)).prepare().path_url
    signed = f"{target.scheme}://{target.netloc}{path}"
    headers = _LIKE_TWILIO | {"I-Twilio-Idempotency-Token": str(uuid.uuid4())}
    headers |= signed_headers(signed, form, auth_token=carrier.auth_token, key=carrier.signing_key)
    return requests.Request(ask.method, carrier.web.rstrip("/") + path, data=form, headers=headers)


def _path(target: SplitResult, query: str) -> str:
    return (target.path or "/") + (f"?{query}" if query else "")


def _origin(url: SplitResult) -> tuple[str, str, int | None]:
    return url.scheme, url.hostname or "", url.port or _DEFAULT_PORTS.get(url.scheme)
