"""Promised calls for tests: what is special about them is named."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from callbacks.ledger import Ledger, new_id
from callbacks.records import Callback, Change, Dialling
from callbacks.rules.states import Kind, State, Step
from routing.floor import Floor

CUSTOMER = "+12125550142"
BOOKED = datetime(2026, 11, 20, 21, 0, tzinfo=UTC)
DUE = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def a_promise(floor: Floor, **special: Any) -> Callback:
    """Booked on a Friday at 16:00 in New York for Monday at 10:00, unless said otherwise."""
    number = special.pop("number", CUSTOMER)
    plain: dict[str, Any] = {
        "id": new_id(),
        "kind": Kind.PROMISED,
        "number": number,
        "caller": floor.caller_key(number),
        "line": "support",
        "language": "en",
        "brief": "The refund of order 17.",
        "booked_by": "ana",
        "booked_at": BOOKED,
        "due_at": DUE,
        "owner": "ana",
    }
    return Callback(**(plain | special))


def booked(floor: Floor, ledger: Ledger, **special: Any) -> Callback:
    """In the ledger."""
    promise = a_promise(floor, **special)
    return ledger.book(promise, by="tests", look_at=promise.due_at)


def now_in(ledger: Ledger, callback_id: str, state: State, **special: Any) -> Callback:
    """Moved to a state by hand."""
    changed = ledger.change(
        callback_id, lambda it, _: Change(replace(it, state=state, **special)), by="tests"
    )
    assert changed is not None
    return changed


def dialled(ledger: Ledger, callback_id: str, *steps: Step) -> Callback:
    """Due, then dialled through these steps (the first is `owner_ringing`)."""
    now_in(ledger, callback_id, State.DUE)
    for step in (Step.OWNER_RINGING, *steps):
        dialling = Dialling("at1", "ana", step, "leg-owner", "room", customer_leg="leg-customer")
        changed = now_in(ledger, callback_id, State.DIALLING, dialling=dialling)
    return changed
