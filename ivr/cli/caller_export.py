"""Everything that is kept of one caller: as JSON takes it, and as somebody reads it."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from enum import Enum
from typing import Any

from callbacks.erasure import promised
from callbacks.ledger import Ledger
from callbacks.wishes import wishes
from config.now import moment
from ivr.api.callback_rows import row_of
from ivr.cli.calls import row_of_call
from routing.call_history import calls_since, voicemails
from routing.callers import Seen
from routing.floor import Floor
from routing.rules.conduct_events import Fact, NuisanceReported, Reported
from routing.rules.standing_words import told
from routing.store.facts import kind_of

# Streams that are looked through for the number.
_ALL = 1_000_000


def everything(floor: Floor, ledger: Ledger, seen: Seen) -> dict[str, Any]:
    """Raises StoreAway, LedgerBroken, NoConfigError."""
    numbers = seen.numbers
    keys = [floor.caller_key(number) for number in numbers]
    calls = [call for key in keys for call in calls_since(floor, caller=key)]
    held = floor.callers.held(seen.id)
    found = {
        "id": seen.id,
        "exported_at": seen.at,
        "asked_for": seen.address,
        "name": seen.profile.name,
        "support_need": seen.support_need,
        "numbers": list(numbers),
        "addresses": [asdict(link) for link in seen.links],
        "conduct": {
            "stage": seen.conduct.stage,
            "treatment": seen.treatment,
            "said": told(seen.conduct, seen.facts),
        },
        "standings": {number: asdict(floor.standings.read(number)) for number in numbers},
        "ledger": [_fact(floor, fact) for fact in seen.facts],
        "reports": [asdict(one) for one in floor.reports.of(_reports(seen))],
        "promised_calls": [
            row_of(one) | {"history": [asdict(entry) for entry in ledger.history(one.id)]}
            for one in promised(floor, ledger, seen)
        ],
        "wants_no_calls": any(ledger.wants_no_calls(key) for key in keys),
        "voicemails": [asdict(one) for one in voicemails(floor, limit=_ALL) if one.number in numbers],
        "wishes": [asdict(one) for one in wishes(floor, limit=_ALL) if one.number in numbers],
        "calls": [
            row_of_call(one) | {"wrap_ups": [{"at": wrote.at, **wrote.said} for wrote in one.wrap_ups]}
            for one in calls
        ],
        "audit": [_entry(fields) for fields in floor.callers.audited([seen.id], numbers, _reports(seen))],
        "erasure_held_until": moment(held.until_ms) if held else None,
    }
    plain: dict[str, Any] = json.loads(json.dumps(found, default=_plain))
    return plain


def pages(found: dict[str, Any]) -> Iterator[str]:
    """An outline: a name and a value a line, what belongs together under its heading."""
    yield from _outline(found, "")


def _outline(value: Any, indent: str) -> Iterator[str]:
    rows = value.items() if isinstance(value, dict) else ((str(at), one) for at, one in enumerate(value, 1))
    for name, one in rows:
        shown = name.replace("_", " ")
        if isinstance(one, dict | list) and one:
            yield f"{indent}{shown}:"
            yield from _outline(one, indent + "  ")
        else:
            yield f"{indent}{shown}: {_cell(one)}"


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "-" if value in (None, "", [], {}) else str(value).replace("\n", " / ")


def _reports(seen: Seen) -> list[str]:
    return [fact.id for fact in seen.facts if isinstance(fact, Reported | NuisanceReported)]


def _fact(floor: Floor, fact: Fact) -> dict[str, Any]:
    return {"what": kind_of(fact), **asdict(fact), "words": floor.offences.dossiers.words(fact.id)}


def _entry(fields: dict[str, str]) -> dict[str, Any]:
    return {
        "at": moment(int(fields["at_ms"])),
        **{name: text for name, text in fields.items() if name != "at_ms"},
    }


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    return str(value)
