"""A promised call that is being made, at any step, without Redis."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from callbacks.records import Attempt, Callback, Dialling
from callbacks.rules.states import Kind, State, Step

AT = datetime(2026, 11, 30, 15, 0, tzinfo=UTC)
LATER = AT + timedelta(days=1)
OWNER, CUSTOMER, CALL = "lg-owner", "lg-customer", "CA-in"


def a_promise(state: State = State.DUE, due_at: datetime = AT) -> Callback:
    return Callback(
        "cb1", Kind.PROMISED, "+12125550142", "key", "support", "en", "A refund.", "ana", AT, state, due_at
    )


def dialling(step: Step | None, *, inbound: str = "", due_at: datetime = AT, **special: object) -> Callback:
    """Under way at a step (None: not at all), each with what is known there."""
    if step is None:
        return a_promise(due_at=due_at)
    customer = CUSTOMER if step is not Step.OWNER_RINGING and not inbound else ""
    is_posted = step not in (Step.OWNER_RINGING, Step.OWNER_READY) and not inbound
    now = Dialling("at1", "maria", step, OWNER, "at1", customer_leg=customer, inbound_call=inbound)
    return replace(
        a_promise(State.DIALLING, due_at),
        dialling=replace(now, **special),  # type: ignore[arg-type]
        attempts=(Attempt("at1", AT, "maria", AT if is_posted else None),),
    )
