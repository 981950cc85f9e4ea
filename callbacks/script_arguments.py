"""A change of a promised call as callbacks/change_callback.lua takes it, and as its history tells it."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from callbacks.encoding import as_text
from callbacks.keys import CallbackKeys
from callbacks.records import Callback, Change, Do
from callbacks.rules.states import OPEN, Kind, State
from config.now import milliseconds, moment

# A little longer than the seven days for which attempts are counted.
_KEEP_CALLS = timedelta(days=8)
# A customer who rings in is asked about the first of these (docs/policy.md 26).
_EXPECTED = {State.DIALLING: 0, State.DUE: 1, State.BOOKED: 2}


@dataclass(frozen=True, slots=True)
class Entry:
    """One change of a promised call. States and steps are "" where there was or is none."""

    at: datetime
    by: str
    why: str
    version: int
    was: str
    was_step: str
    state: str
    step: str


def told(
    before: Callback | None, change: Change, keys: CallbackKeys, offset_key: str, *, by: str, why: str
) -> str:
    """The script's argument. Raises ValueError for a moment without a zone."""
    after = change.after
    argument = {
        "offset_key": offset_key,
        # The same request may come twice when its answer is lost on the way.
        "request": secrets.token_hex(8),
        "id": after.id,
        "version": str(before.version if before else 0),
        "next": str(after.version),
        "record": as_text(after),
        "state": after.state,
        "kind": after.kind,
        "caller": after.caller,
        # Whoever rings in is brought to the speaker, if one is asked for it already.
        "owner": after.dialling.speaker if after.dialling else after.owner,
        "when_ms": str(milliseconds(after.due_at or after.booked_at)),
        "is_open": after.state in OPEN,
        "expected": _EXPECTED,
        "kinds": list(Kind),
        "callback_prefix": keys.callback(""),
        "state_prefix": keys.in_state(""),
        "effects": [_effect(do) for do in change.effects],
        "posted": _newly_posted(before, after),
        "keep_calls_ms": _ms(_KEEP_CALLS),
        "do_not_call": _wants_no_calls(after) and not _wants_no_calls(before),
        # Whoever is owed it by the conduct policy is looked at: what came of it may deliver a remedy.
        "affairs": after.owed_to if before and before.state != after.state else "",
        "entry": _entry(before, after, by, why),
    }
    if change.look_at is not None:
        argument["look_at_ms"] = str(milliseconds(change.look_at))
    return json.dumps(argument)


def entry_of(fields: Mapping[str, str]) -> Entry:
    """The change behind an entry of the history."""
    at = moment(int(float(fields["at_ms"])))
    words = (fields[name] for name in ("was", "was_step", "state", "step"))
    return Entry(at, fields["by"], fields["why"], int(fields["version"]), *words)


def _entry(before: Callback | None, after: Callback, by: str, why: str) -> list[str]:
    """Names and values by turns, as Redis takes them."""
    fields = {
        "by": by,
        "why": why,
        "version": str(after.version),
        "was": before.state if before else "",
        "was_step": (before.step or "") if before else "",
        "state": after.state,
        "step": after.step or "",
    }
    return [part for pair in fields.items() for part in pair]


def _effect(do: Do) -> dict[str, Any]:
    data = json.dumps(dict(do.data))
    return {"verb": do.verb, "target": do.target, "within_ms": _ms(do.within), "data": data}


def _newly_posted(before: Callback | None, after: Callback) -> list[dict[str, str]]:
    """Attempts of which this change says that the customer's call was posted."""
    known = {one.id for one in before.attempts if one.posted} if before else set()
    return [
        {"attempt": one.id, "at_ms": str(milliseconds(one.posted))}
        for one in after.attempts
        if one.posted and one.id not in known
    ]


def _wants_no_calls(callback: Callback | None) -> bool:
    return bool(callback and callback.outcome and callback.outcome.do_not_call)


def _ms(span: timedelta) -> int:
    return round(span.total_seconds() * 1000)
