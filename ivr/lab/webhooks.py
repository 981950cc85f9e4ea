"""A leg's requests for documents: cookies, redirects, retries, and the fallback URL."""

from collections.abc import Mapping
from urllib.parse import urldefrag, urljoin, urlsplit

from ivr.lab.carrier import Answer, Ask, Script
from ivr.lab.fields import call_fields
from ivr.lab.leg import Leg
from ivr.lab.overrides import Overrides, overrides_of
from ivr.lab.pages import Page
from ivr.lab.sids import new_sid
from ivr.lab.twiml import Context, NotCoveredError, TwimlError, document_of

HTTP_FAILURE, CONNECTION_FAILURE, TOO_MANY_REDIRECTS, BAD_REDIRECT = 11200, 11205, 11215, 11216
KEEPS_METHOD = 307
MAX_REDIRECTS = 10
MAX_DOCUMENTS = 100
TWIML = "text/xml"


class WebhookError(Exception):
    """The web server gave no usable answer; `code` as in https://www.twilio.com/docs/api/errors."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code} {message}")
        self.code, self.message = code, message


class ApplicationError(Exception):
    """The fallback URL failed too: the caller hears Twilio's own words and the call ends."""


class RedirectLoopError(Exception):
    """Documents follow one another without end."""

    def __init__(self) -> None:
        super().__init__(f"redirect loop: more than {MAX_DOCUMENTS} documents and hardly any time passed")


def page(leg: Leg, ask: Ask, context: Context) -> Script[Page]:
    """The document at a URL, or the fallback URL's instead (then `is_fallback`).

    Raises ApplicationError if both fail, NotCoveredError if the lab cannot follow the document,
    RedirectLoopError. Source: https://www.twilio.com/docs/usage/security/availability-reliability
    """
    leg.documents += 1
    if leg.documents > MAX_DOCUMENTS + (leg.carrier.now - leg.call.created):
        raise RedirectLoopError
    if ask.twiml:
        return Page(
            ask.url, document_of(ask.twiml.encode(), content_type=TWIML, context=context, url=ask.url)
        )
    try:
        return (yield from _document(leg, ask, context))
    except NotCoveredError:
        raise  # the lab's own gap: the fallback would only hide it
    except (WebhookError, TwimlError) as failure:
        complain(leg, ask, failure)
        return (yield from _fallback(leg, ask, failure))


def alone(leg: Leg, ask: Ask, context: Context) -> Script[Page]:
    """A document beside the call: hold music, announcements. No fallback is asked when it fails.

    Raises WebhookError, TwimlError.
    """
    return (yield from _document(leg, ask, context))


def complain(leg: Leg, ask: Ask, failure: WebhookError | TwimlError) -> None:
    """A line of the debugger: the code, what was wrong, and the path that answered so."""
    leg.carrier.alert(failure.code, f"{failure.message} ({urlsplit(ask.url).path})", leg.call.sid)


def _fallback(leg: Leg, failed: Ask, failure: WebhookError | TwimlError) -> Script[Page]:
    if not leg.call.fallback_url:
        raise ApplicationError
    error = {"ErrorCode": str(failure.code), "ErrorUrl": urldefrag(failed.url).url}
    ask = Ask(leg.call.fallback_url, leg.call.fallback_method, error)
    try:
        found = yield from _document(leg, ask, "call")
    except NotCoveredError:
        raise
    except (WebhookError, TwimlError) as again:
        complain(leg, ask, again)
        raise ApplicationError from again
    return Page(found.url, found.document, is_fallback=True)


def _document(leg: Leg, ask: Ask, context: Context) -> Script[Page]:
    """Raises WebhookError for an HTTP error, TwimlError for a bad document."""
    for _ in range(MAX_REDIRECTS + 1):
        answer = yield from request(leg, ask, call_fields(leg.call) | dict(ask.fields))
        if answer.location:
            # As browsers follow it: https://www.twilio.com/docs/voice/twiml
            method = ask.method if answer.status == KEEPS_METHOD else "GET"
            ask = Ask(urljoin(ask.url, answer.location), method, ask.fields)
            continue
        if 300 <= answer.status < 400:
            raise WebhookError(BAD_REDIRECT, f"the server answered {answer.status}, no redirect to follow")
        if not 200 <= answer.status < 300:
            raise WebhookError(HTTP_FAILURE, f"the server answered {answer.status}")
        return Page(
            ask.url, document_of(answer.body, content_type=answer.content_type, context=context, url=ask.url)
        )
    raise WebhookError(TOO_MANY_REDIRECTS, f"more than {MAX_REDIRECTS} redirects")


def request(leg: Leg, ask: Ask, fields: Mapping[str, str]) -> Script[Answer]:
    """The answer of any status; raises WebhookError when none came, after the retries the URL asks for.

    Source: https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
    """
    rules, token = overrides_of(ask.url), new_sid("")
    for attempt in range(rules.retries + 1):
        answer: Answer = yield leg.carrier.send(
            ask, fields, cookies=dict(leg.cookies), token=token, read_timeout_s=rules.read_timeout_s
        )
        if attempt == rules.retries or not rules.retry(answer.failure, answer.status):
            break
    leg.cookies.update(answer.cookies)
    if answer.failure:
        raise WebhookError(*_failed(answer, rules))
    return answer


def _failed(answer: Answer, rules: Overrides) -> tuple[int, str]:
    match answer.failure:
        case "timeout":
            return HTTP_FAILURE, f"no complete answer within {rules.read_timeout_s:g} s"
        case "connect":
            return CONNECTION_FAILURE, answer.detail or "the server cannot be reached"
        case _:
            return HTTP_FAILURE, f"the request failed: {answer.detail}"
