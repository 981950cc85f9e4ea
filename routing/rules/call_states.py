"""The states of a call and the changes they allow, as data."""

from enum import StrEnum
from typing import assert_never

from routing.rules.decisions import (
    Connect,
    Decision,
    Enqueue,
    OfferCallback,
    PlayMenu,
    SayAndHangUp,
    Voicemail,
)


class CallState(StrEnum):
    """What a call is doing now. `talking`: one of us is on the line; `leaving`: it hears its last message."""

    NEW = "new"
    MENU = "menu"
    WAITING = "waiting"
    TALKING = "talking"
    LEAVING = "leaving"
    ENDED = "ended"


MAY_BECOME: dict[CallState, frozenset[CallState]] = {
    CallState.NEW: frozenset({CallState.MENU, CallState.WAITING, CallState.LEAVING}),
    CallState.MENU: frozenset({CallState.MENU, CallState.WAITING, CallState.LEAVING, CallState.ENDED}),
    CallState.WAITING: frozenset(
        {CallState.WAITING, CallState.MENU, CallState.TALKING, CallState.LEAVING, CallState.ENDED}
    ),
    CallState.TALKING: frozenset({CallState.LEAVING, CallState.ENDED}),
    # The way out of a message, and a new start after a failure, lead back.
    CallState.LEAVING: frozenset({CallState.LEAVING, CallState.MENU, CallState.WAITING, CallState.ENDED}),
    CallState.ENDED: frozenset(),
}


def may_lead_to(state: CallState) -> frozenset[CallState]:
    """The states from which a call may come to `state`."""
    return frozenset(before for before, after in MAY_BECOME.items() if state in after)


def state_after(decision: Decision) -> CallState:
    """What a call is doing once this was decided about it."""
    match decision:
        case PlayMenu():
            return CallState.MENU
        case Enqueue() | Connect():
            return CallState.WAITING
        case SayAndHangUp() | OfferCallback() | Voicemail():
            return CallState.LEAVING
        case other:
            assert_never(other)
