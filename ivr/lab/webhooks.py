"""One call's requests to the web server: timed, with cookies and the number's fallback URL."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import urldefrag, urljoin, urlsplit

import requests

from ivr.lab.carrier import CONNECTION_FAILURE, HTTP_FAILURE, Ask, Carrier, WebhookError, prepare
from ivr.lab.parameters import CallStatus, InboundCall, ended_fields
from ivr.lab.story import Request
from ivr.lab.twiml import Context, Document, NotCoveredError, TwimlError, parse


class ApplicationError(Exception):
    """The fallback URL failed too: the caller hears Twilio's own words and the call ends."""


@dataclass(frozen=True)
class Page:
    """A document and the URL it came from, against which its own URLs are resolved."""

    url: str
    document: Document
    is_fallback: bool = False

    def link(self, reference: str | None) -> str:
        """A URL of this document made absolute; none at all means the document's own URL."""
        return urljoin(self.url, reference) if reference else self.url


@dataclass(frozen=True)
class _Answer:
    status: int
    content_type: str
    body: bytes

    def document(self, context: Context) -> Document:
        """Raises WebhookError 11200 for an HTTP error, TwimlError for a bad document."""
        if 300 <= self.status < 400:
            raise NotCoveredError("an HTTP redirect")
        if self.status >= 400:
            raise WebhookError(HTTP_FAILURE, f"the server answered {self.status}")
        return parse(self.body, content_type=self.content_type, context=context)


class Webhooks:
    """The requests of one call; its cookies and its log are its own."""

    def __init__(self, carrier: Carrier, call: InboundCall) -> None:
        self.carrier = carrier
        self.call = call
        self.requests: list[Request] = []
        self.problems: list[str] = []
        self._session = requests.Session()
        # Twilio is outside this machine: no proxy settings or .netrc of ours apply to it.
        self._session.trust_env = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.close()

    def first_page(self) -> Page:
        """The document that answers the call."""
        ask = Ask(self.carrier.url(self.carrier.incoming))
        return self._page(ask, self.call.first_fields(), "ringing", "call")

    def page(self, ask: Ask, context: Context) -> Page:
        """The document at a URL, or the fallback URL's instead (then `is_fallback`).

        Raises ApplicationError if both fail, NotCoveredError if the lab cannot follow the document.
        Source: https://www.twilio.com/docs/usage/security/availability-reliability
        """
        return self._page(ask, self._fields("in-progress", ask), "in-progress", context)

    def notify(self, ask: Ask) -> int:
        """Tells the server something after the caller has gone; returns the HTTP status, 0 if none came.

        The answer changes nothing; what Twilio's debugger would complain of is noted.
        """
        status = 0
        try:
            answer = self._send(ask, self._fields("completed", ask))
            status = answer.status
            if status != 204:  # the one answer that needs no document
                answer.document("call")
        except (WebhookError, TwimlError) as failure:
            self._note(ask, failure)
        return status

    def call_ended(self, lasted_s: float) -> int:
        """The status callback that closes every call; returns its HTTP status, 0 if none came."""
        return self.notify(Ask(self.carrier.url(self.carrier.events), fields=ended_fields(lasted_s)))

    def _fields(self, status: CallStatus, ask: Ask) -> dict[str, str]:
        return self.call.fields(status) | dict(ask.fields)

    def _page(self, ask: Ask, fields: Mapping[str, str], status: CallStatus, context: Context) -> Page:
        try:
            return Page(ask.url, self._send(ask, fields).document(context))
        except NotCoveredError:
            raise  # the lab's own gap: the fallback would only hide it
        except (WebhookError, TwimlError) as failure:
            self._note(ask, failure)
            return self._fallback_page(failure.code, ask.url, status)

    def _fallback_page(self, code: int, failed_url: str, status: CallStatus) -> Page:
        error = {"ErrorCode": str(code), "ErrorUrl": urldefrag(failed_url).url}
        ask = Ask(self.carrier.url(self.carrier.fallback), fields=error)
        try:
            document = self._send(ask, self._fields(status, ask)).document("call")
        except NotCoveredError:
            raise
        except (WebhookError, TwimlError) as failure:
            self._note(ask, failure)
            raise ApplicationError from failure
        return Page(ask.url, document, is_fallback=True)

    def _note(self, ask: Ask, failure: WebhookError | TwimlError) -> None:
        self.problems.append(f"{failure} ({urlsplit(ask.url).path})")

    def _send(self, ask: Ask, fields: Mapping[str, str]) -> _Answer:
        """Whatever the server answered in time; raises WebhookError: 11205 no connection, 11200 too late."""
        request = self._session.prepare_request(prepare(self.carrier, ask, fields))
        began, status = time.monotonic(), 0
        try:
            answer = self._answer(request)
            status = answer.status
        finally:
            elapsed_s = time.monotonic() - began
            self.requests.append(Request(urlsplit(ask.url).path, status, round(elapsed_s * 1000, 1)))
        # requests' own timeout starts again with every piece; Twilio's is for the whole answer.
        if elapsed_s > self.carrier.timeout_s:
            raise WebhookError(HTTP_FAILURE, f"no complete answer within {self.carrier.timeout_s:g} s")
        return answer

    def _answer(self, request: requests.PreparedRequest) -> _Answer:
        try:
            response = self._session.send(request, timeout=self.carrier.timeout_s, allow_redirects=False)
        # The exceptions' own texts hold the whole URL, so only their kind is told.
        except requests.ReadTimeout as error:
            raise WebhookError(HTTP_FAILURE, f"no answer within {self.carrier.timeout_s:g} s") from error
        except requests.ConnectionError as error:
            raise WebhookError(CONNECTION_FAILURE, "the server cannot be reached") from error
        except requests.RequestException as error:
            raise WebhookError(HTTP_FAILURE, f"the request failed: {type(error).__name__}") from error
        return _Answer(response.status_code, response.headers.get("Content-Type", ""), response.content)
