"""One signed HTTP request to the web server, and its answer, as the network's rooms understand it."""

import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from http.cookies import CookieError, SimpleCookie
from urllib.parse import SplitResult, quote, quote_plus, urlsplit

from ivr.lab.account import Account
from ivr.lab.carrier import Answer, Outgoing
from ivr.lab.http_line import HttpLine, LineError, Response
from ivr.lab.signing import signed_headers

CONNECTS_WITHIN_S = 5.0
REDIRECTS = (301, 302, 303, 307)  # https://www.twilio.com/docs/api/errors/11216
_DEFAULT_PORTS = {"http": 80, "https": 443}
_LIKE_TWILIO = {"User-Agent": "TwilioProxy/1.1", "Accept": "*/*", "Cache-Control": "max-age=259200"}
_FORM = "application/x-www-form-urlencoded; charset=utf-8"
_SAFE = "!#$%&'()*+,/:;=?@[]~"
_IS_QUOTED = re.compile(r"[A-Za-z0-9_.\-!#$%&'()*+,/:;=?@\[\]~]*").fullmatch
# Most of a form is the same in every request of every call: field names, statuses, our numbers.
_encoded = lru_cache(maxsize=16_384)(quote_plus)


class Wire:
    """The way to the one web server of this account: whatever public host a URL names, `web` is asked.

    A URL of any other host is refused: the lab asks nobody but its own line. May be used by many threads.
    """

    def __init__(self, account: Account, *, web: str, public_url: str = "") -> None:
        self._account = account
        public = urlsplit(public_url or web)
        self._public, self._public_base = _origin(public), f"{public.scheme}://{public.netloc}"
        self._line = HttpLine(web, connects_within_s=CONNECTS_WITHIN_S)

    def send(self, outgoing: Outgoing) -> Answer:
        """The answer, whatever it is; a failure is part of it and never raised."""
        base, path = self._target(outgoing.url.partition("#")[0])
        if not base:
            return Answer(failure="connect", detail=f"{path} is not the public URL of this line")
        began = time.monotonic()
        answer = self._asked(outgoing, base, path)
        elapsed_s = time.monotonic() - began
        # The client's own limit begins again with every piece; Twilio's is for the whole answer.
        if elapsed_s > outgoing.read_timeout_s and not answer.failure:
            answer = Answer(failure="timeout")
        return replace(answer, milliseconds=round(elapsed_s * 1000, 1))

    def close(self) -> None:
        self._line.close()

    def _target(self, url: str) -> tuple[str, str]:
        """The URL's origin, and its path with the query; ("", its host) for one of somebody else's."""
        base = self._public_base
        if url.startswith(f"{base}/"):
            return base, url[len(base) :]
        parts = urlsplit(url)
        if _origin(parts) != self._public:
            return "", parts.netloc
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return f"{parts.scheme}://{parts.netloc}", path

    def _asked(self, outgoing: Outgoing, base: str, path: str) -> Answer:
        form = outgoing.fields
        if outgoing.method == "GET":
            if form:
                path += ("&" if "?" in path else "?") + form_of(form)
            form = {}
        if not _IS_QUOTED(path):
            path = quote(path, safe=_SAFE)
        try:
            response = self._line.ask(
                outgoing.method,
                path,
                self._headers(base + path, form, outgoing),
                form_of(form).encode(),
                reads_within_s=outgoing.read_timeout_s,
            )
        except LineError as error:
            return Answer(failure=error.failure, detail=error.detail)
        return _answer(response)

    def _headers(self, signed: str, form: Mapping[str, str], outgoing: Outgoing) -> dict[str, str]:
        headers = _LIKE_TWILIO | {"I-Twilio-Idempotency-Token": outgoing.idempotency_token}
        if outgoing.method == "POST":
            headers["Content-Type"] = _FORM
        if outgoing.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in outgoing.cookies.items())
        account = self._account
        return headers | signed_headers(signed, form, auth_token=account.auth_token, key=account.signing_key)


def form_of(fields: Mapping[str, str]) -> str:
    """The fields as a form; as urllib.parse.urlencode, with a memory."""
    return "&".join([f"{_encoded(name)}={_encoded(value)}" for name, value in fields.items()])


def _answer(response: Response) -> Answer:
    is_redirect = response.status in REDIRECTS
    return Answer(
        response.status,
        response.header("content-type"),
        response.body,
        response.header("location") if is_redirect else "",
        tuple(_cookies(value for name, value in response.headers if name == "set-cookie")),
    )


def _cookies(set_cookies: Iterable[str]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for line in set_cookies:
        try:
            found += [(name, morsel.coded_value) for name, morsel in SimpleCookie(line).items()]
        except CookieError:
            continue
    return found


def _origin(url: SplitResult) -> tuple[str, str, int | None]:
    return url.scheme, url.hostname or "", url.port or _DEFAULT_PORTS.get(url.scheme)
