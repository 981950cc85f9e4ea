"""Every URL that we hand to Twilio, and the token that ties it to one call, step and visit."""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from enum import StrEnum
from urllib.parse import urlencode


class Route(StrEnum):
    """The webhooks by path below /voice; ivr registers its routes from this table."""

    INCOMING = "/incoming"
    MENU = "/menu"
    MESSAGE = "/message"
    VOICEMAIL = "/voicemail"
    WAITING = "/waiting"
    WAITING_KEY = "/waiting-key"
    LEFT_WAITING = "/left-waiting"
    LEG = "/leg"
    LEG_KEY = "/leg-key"
    LEG_READY = "/leg-ready"
    LEG_LEFT = "/leg-left"
    LEG_TELLS = "/leg-tells"
    LEG_OVER = "/leg-over"
    CONSENT = "/consent"
    CONNECT = "/connect"
    TALKED = "/talked"
    AGENT_GONE = "/agent-gone"
    RECONNECT = "/reconnect"
    FINISHED = "/finished"
    WARNING = "/warning"
    ENDED = "/ended"
    HEARD = "/heard"
    CALLED_IN = "/called-in"
    CALLED_IN_OVER = "/called-in-over"
    DESK_STAFF = "/agent-desk-staff"
    DESK_PIN = "/agent-desk-pin"
    DESK_CHOICE = "/agent-desk-choice"
    EVENTS = "/events"
    FALLBACK = "/fallback"


PREFIX = "/voice"
# Called by Twilio as configured at the number, not handed out for one call: no token.
WITHOUT_TOKEN = frozenset({Route.INCOMING, Route.EVENTS, Route.FALLBACK})
# Asked on legs that we made: the leg's id, which is in the query, stands for the call.
OF_LEGS = frozenset(
    {Route.LEG, Route.LEG_KEY, Route.LEG_READY, Route.LEG_LEFT, Route.LEG_TELLS, Route.LEG_OVER}
)
# A call that starts anew after a failure counts its visits in a thousand of its own, so that no step of the
# new start is mistaken for one of the old.
VISITS_PER_START = 1000


class Links:
    """Builds and checks URLs under one public origin."""

    def __init__(self, public_url: str, key: bytes) -> None:
        self._voice, self._key = public_url + PREFIX, key

    def to(self, route: Route, call_sid: str, visit: int, **where: str) -> str:
        """The URL of a step of a call; `where` says which menu, message, queue or language."""
        where["visit"] = str(visit)
        # Nothing to quote: every value is an id of the routing config, a number, or our token.
        query = "&".join([f"{name}={value}" for name, value in where.items()])
        return f"{self._voice}{route}?{query}&token={self._token(route, call_sid, where)}"

    def without_token(self, route: Route, **where: str | int) -> str:
        """The URL of a webhook that belongs to no one call."""
        return f"{self._voice}{route}" + (f"?{urlencode(where)}" if where else "")

    def is_ours(self, route: Route, call_sid: str, query: Mapping[str, str]) -> bool:
        """True for a URL that `to` made for this call."""
        where = {name: value for name, value in query.items() if name != "token"}
        # What is signed has a line for each of them, so none of them may bring a line of its own.
        if any("\n" in name or "\n" in value for name, value in where.items()):
            return False
        own, given = self._token(route, call_sid, where), query.get("token", "")
        return hmac.compare_digest(own.encode(), given.encode())

    def _token(self, route: str, call_sid: str, where: Mapping[str, str]) -> str:
        said = "\n".join([route, call_sid, *(f"{name}={where[name]}" for name in sorted(where))])
        return urlsafe_b64encode(hmac.digest(self._key, said.encode(), "sha256")[:18]).decode()


def starts_before(visit: int) -> int:
    """How often the call of this visit was started anew before."""
    return visit // VISITS_PER_START
