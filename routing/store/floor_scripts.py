"""The scripts of the live floor: what they need to know of keys and lengths is given to each alike."""

import json
import secrets
from collections.abc import Sequence
from typing import Any

from config.connections import Store
from config.now import SiteClock
from routing.store.keys import (
    ABANDONED_KEPT,
    CALL_RECORD_S,
    FIGURES_S,
    LEG_RECORD_S,
    OFFER_RECORD_S,
    PACE_KEPT,
    Keys,
)
from routing.store.scripts import register

# A telephone may ring so long; Twilio adds up to five seconds of its own:
# https://www.twilio.com/docs/voice/api/call-resource#create-a-call-resource
PHONE_RINGS_S, SOFTPHONE_RINGS_S = 20, 10
# A call that does not ring by then is not waited for (docs/operations.md, "The live floor").
OFFER_LOOK_MS = 6_000
# What nobody has posted by then is not posted any more; as routing/store/legs.py.
_POSTED_WITHIN_MS = 90_000
# Time to hear who is coming, and then for the caller's leg to follow the agent's.
BRIEF_MS, CONNECT_MS = 45_000, 6_000
# An effect that was not done in this time is of no use.
_EFFECT_MS = 60_000
MOST_MISSED = 2
# The last words on an agent's telephone are over by then.
GOODBYE_MS = 5_000
# While a config is missing, and for calls without a queue's own limit.
WRAP_UP_MS = 60_000
# Whoever hangs up sooner did not wait (docs/operations.md, "Service level").
SHORT_ABANDON_MS = 5_000
# So long an agent is spared calls that need a certified one, after as many in a row as the config says.
REST_MS = 15 * 60_000


class FloorScripts:
    """Registered once, run with the floor's names; whatever runs may raise StoreAway."""

    def __init__(self, store: Store, keys: Keys, clock: SiteClock) -> None:
        self._store = store
        self._scripts: dict[str, Any] = {}
        self._names = json.dumps(_names(keys) | _LENGTHS | {"offset_key": clock.offset_key})

    @property
    def names(self) -> str:
        """For scripts that are run elsewhere: keys and lengths, as JSON."""
        return self._names

    def run(self, name: str, *arguments: str | int | float, keys: Sequence[str] = ()) -> Any:
        """The script's answer. Names and a nonce for new ids are its last two arguments."""
        script = self._scripts.get(name) or self._registered(name)
        given = [*arguments, self._names, secrets.token_hex(11)]
        return self._store.run(lambda redis: script(keys, given, redis))

    def _registered(self, name: str) -> Any:
        return self._scripts.setdefault(name, register(self._store.client, name))


_LENGTHS = {
    "offer_record_s": OFFER_RECORD_S,
    "leg_record_s": LEG_RECORD_S,
    "call_record_s": CALL_RECORD_S,
    "figures_s": FIGURES_S,
    "pace_kept": PACE_KEPT,
    "abandoned_kept": ABANDONED_KEPT,
    "phone_rings_s": PHONE_RINGS_S,
    "softphone_rings_s": SOFTPHONE_RINGS_S,
    "offer_look_ms": OFFER_LOOK_MS,
    "posted_within_ms": _POSTED_WITHIN_MS,
    "brief_ms": BRIEF_MS,
    "connect_ms": CONNECT_MS,
    "effect_ms": _EFFECT_MS,
    "most_missed": MOST_MISSED,
    "goodbye_ms": GOODBYE_MS,
    "wrap_up_ms": WRAP_UP_MS,
    "short_abandon_ms": SHORT_ABANDON_MS,
    "rest_ms": REST_MS,
}


def _names(keys: Keys) -> dict[str, str]:
    return {
        "queue": keys.queue(""),
        "line_up": keys.line_up(""),
        "idle": keys.idle(""),
        "agent": keys.agent(""),
        "person": keys.person(""),
        "call": keys.call(""),
        "timeline": keys.timeline(""),
        "conference": keys.conference(""),
        "live_calls": keys.live_calls(""),
        "offer": keys.offer(""),
        "leg": keys.leg(""),
        "figures": keys.figures(""),
        "pace": keys.pace(""),
        "abandoned": keys.abandoned,
        "seen": keys.seen,
        "effects": keys.effects,
        "events": keys.events,
        "deadlines": keys.deadlines,
        "signed_in": keys.signed_in,
        "agents": keys.agents,
        "report": keys.report(""),
        "reports": keys.reports,
        "reports_open": keys.reports_open,
    }
