"""Who gets past the door: signed by Twilio, for our account, whole, and (for one call) with our token."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from flask import Request

from config.settings import Settings
from ivr.voice.signature import Signatures
from routing.links import OF_LEGS, PREFIX, WITHOUT_TOKEN, Links, Route

MAX_BODY = 64 * 1024
MAX_FIELDS = 200
_CALL_SID = re.compile(r"CA[0-9a-f]{32}")


class Refused(Exception):
    """The request is answered 403. `reason` is one word for log and metric."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Webhook:
    """A request that was let in: its form, and its query where it carries our token."""

    form: Mapping[str, str]
    query: Mapping[str, str]


class Door:
    """Admits webhooks of one site."""

    def __init__(self, settings: Settings, links: Links) -> None:
        self._signatures, self._links = Signatures(settings), links
        self._public_url, self._account = settings.public_url, settings.twilio_account_sid

    def admit(self, request: Request, route: Route) -> Webhook:
        """The webhook; raises Refused. Nothing is read from or written to Redis before this."""
        said = _form(request)
        query = request.query_string.decode("utf-8", "replace")
        url = f"{self._public_url}{PREFIX}{route}" + (f"?{query}" if query else "")
        if not self._signatures.is_genuine(url, said, request.headers):
            raise Refused("signature")
        form, where = dict(said), dict(pairs(query))
        if len(form) != len(said) or "bodySHA256" in where or not _are_names(form):
            raise Refused("parameters")
        self._check_sids(form, route)
        if route not in WITHOUT_TOKEN and not self._links.is_ours(route, _bearer(route, form, where), where):
            raise Refused("token")
        return Webhook(form, where)

    def _check_sids(self, form: Mapping[str, str], route: Route) -> None:
        if any(name not in form for name in _required(form, route)):
            raise Refused("missing_parameter")
        if form.get("AccountSid") != self._account:
            raise Refused("foreign_account")
        if "CallSid" in form and not _CALL_SID.fullmatch(form["CallSid"]):
            raise Refused("call_sid")


def _bearer(route: Route, form: Mapping[str, str], where: Mapping[str, str]) -> str:
    """What the token stands for: a call, a leg of ours, a warning that anybody's leg may ask for."""
    if route is Route.WARNING:
        return where.get("warning", "")
    return where.get("leg", "") if route in OF_LEGS else form.get("CallSid", "")


def _form(request: Request) -> list[tuple[str, str]]:
    """The form's pairs as they came; a body over MAX_BODY raises 413 while it is read."""
    request.max_content_length = MAX_BODY
    try:
        return pairs(request.get_data(cache=False).decode())
    except ValueError:
        raise Refused("form") from None


def pairs(encoded: str) -> list[tuple[str, str]]:
    """A form's names and values, as `urllib.parse.parse_qsl` reads them, blank values kept.

    In a third of its time, because Twilio escapes few of its 27 fields; a form is read for every webhook.
    Raises ValueError for more than MAX_FIELDS.
    """
    if encoded.count("&") >= MAX_FIELDS:
        raise ValueError("too many fields")
    parts = (part.partition("=") for part in encoded.replace("+", " ").split("&") if part)
    return [
        (unquote(name) if "%" in name else name, unquote(value) if "%" in value else value)
        for name, _, value in parts
    ]


def _are_names(form: Mapping[str, str]) -> bool:
    """False for names that Twilio does not give.

    A signature joins names and values without a mark between them, so that the same letters divided otherwise
    carry it too: `StirVerstat=` and `TN-Validation-Failed-A=` in the place of one pair.
    """
    return "".join(name for name in form if not name.startswith("SipHeader_")).replace("_", "").isalnum()


def _required(form: Mapping[str, str], route: Route) -> tuple[str, ...]:
    """What each kind of webhook cannot do without; a From may be empty, but it is there."""
    if route is Route.INCOMING:
        return ("CallSid", "AccountSid", "From", "To")
    if route is Route.WARNING:
        return ("AccountSid",)
    if route is Route.EVENTS and ("RecordingSid" in form or "RecordingStatus" in form):
        return ("RecordingSid", "AccountSid")
    if route is Route.EVENTS and ("ConferenceSid" in form or "StatusCallbackEvent" in form):
        return ("ConferenceSid", "StatusCallbackEvent", "AccountSid")
    return ("CallSid", "AccountSid")
