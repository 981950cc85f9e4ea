"""One signed HTTP request to the web server, and its answer, as the network's rooms understand it."""

import time
from collections.abc import Mapping
from dataclasses import replace
from http.cookies import CookieError, SimpleCookie
from urllib.parse import SplitResult, quote, urldefrag, urlencode, urlsplit

import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, ReadTimeoutError

from ivr.lab.account import Account
from ivr.lab.carrier import Answer, Outgoing
from ivr.lab.signing import signed_headers

CONNECTS_WITHIN_S = 5.0
REDIRECTS = (301, 302, 303, 307)  # https://www.twilio.com/docs/api/errors/11216
_DEFAULT_PORTS = {"http": 80, "https": 443}
_LIKE_TWILIO = {"User-Agent": "TwilioProxy/1.1", "Accept": "*/*", "Cache-Control": "max-age=259200"}
_FORM = "application/x-www-form-urlencoded; charset=utf-8"
_SAFE = "!#$%&'()*+,/:;=?@[]~"


class Wire:
    """The way to the one web server of this account: whatever public host a URL names, `web` is asked.

    A URL of any other host is refused: the lab asks nobody but its own line. May be used by many threads.
    """

    def __init__(self, account: Account, *, web: str, public_url: str = "", connections: int = 16) -> None:
        self._account = account
        self._web = web.rstrip("/")
        self._public = _origin(urlsplit(public_url or web))
        self._pool = urllib3.PoolManager(maxsize=connections, retries=False)

    def send(self, outgoing: Outgoing) -> Answer:
        """The answer, whatever it is; a failure is part of it and never raised."""
        target = urlsplit(urldefrag(outgoing.url).url)
        if _origin(target) != self._public:
            return Answer(failure="connect", detail=f"{target.netloc} is not the public URL of this line")
        began = time.monotonic()
        answer = self._asked(outgoing, target)
        elapsed_s = time.monotonic() - began
        # The client's own limit begins again with every piece; Twilio's is for the whole answer.
        if elapsed_s > outgoing.read_timeout_s and not answer.failure:
            answer = Answer(failure="timeout")
        return replace(answer, milliseconds=round(elapsed_s * 1000, 1))

    def close(self) -> None:
        self._pool.clear()

    def _asked(self, outgoing: Outgoing, target: SplitResult) -> Answer:
        query, form = target.query, dict(outgoing.fields)
        if outgoing.method == "GET":
            query, form = "&".join(filter(None, [query, urlencode(form)])), {}
        path = quote((target.path or "/") + (f"?{query}" if query else ""), safe=_SAFE)
        headers = self._headers(f"{target.scheme}://{target.netloc}{path}", form, outgoing)
        try:
            response = self._pool.request(
                outgoing.method,
                self._web + path,
                body=urlencode(form) if outgoing.method == "POST" else None,
                headers=headers,
                redirect=False,
                timeout=urllib3.Timeout(connect=CONNECTS_WITHIN_S, read=outgoing.read_timeout_s),
            )
        except (ConnectTimeoutError, NewConnectionError):
            return Answer(failure="connect")
        except ReadTimeoutError:
            return Answer(failure="timeout")
        # The exceptions' own texts hold the whole URL, so only their kind is told.
        except HTTPError as error:
            return Answer(failure="connect" if _is_refused(error) else "other", detail=type(error).__name__)
        return _answer(response)

    def _headers(self, signed: str, form: Mapping[str, str], outgoing: Outgoing) -> dict[str, str]:
        headers = _LIKE_TWILIO | {"I-Twilio-Idempotency-Token": outgoing.idempotency_token}
        if outgoing.method == "POST":
            headers["Content-Type"] = _FORM
        if outgoing.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in outgoing.cookies.items())
        account = self._account
        return headers | signed_headers(signed, form, auth_token=account.auth_token, key=account.signing_key)


def _is_refused(error: HTTPError) -> bool:
    return isinstance(error, urllib3.exceptions.ProtocolError)


def _answer(response: urllib3.BaseHTTPResponse) -> Answer:
    is_redirect = response.status in REDIRECTS
    return Answer(
        response.status,
        response.headers.get("Content-Type", ""),
        response.data,
        response.headers.get("Location", "") if is_redirect else "",
        tuple(_cookies(response.headers.getlist("Set-Cookie"))),
    )


def _cookies(set_cookies: list[str]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for line in set_cookies:
        try:
            found += [(name, morsel.coded_value) for name, morsel in SimpleCookie(line).items()]
        except CookieError:
            continue
    return found


def _origin(url: SplitResult) -> tuple[str, str, int | None]:
    return url.scheme, url.hostname or "", url.port or _DEFAULT_PORTS.get(url.scheme)
