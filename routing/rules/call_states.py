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
    """What a call is doing now.

    connecting: an agent has taken it and hears who is coming. talking: one of us is on the line; held: it
    hears music meanwhile. agent_gone: the agent's call has ended, the caller hears so and may stay.
    closing: it hears the goodbye after a conversation; leaving: the last message of a call that met nobody.
    """

    NEW = "new"
    MENU = "menu"
    WAITING = "waiting"
    CONNECTING = "connecting"
    TALKING = "talking"
    HELD = "held"
    AGENT_GONE = "agent_gone"
    CLOSING = "closing"
    LEAVING = "leaving"
    ENDED = "ended"


# A call whose document failed begins anew, wherever it was: it is asked for nothing while others hear it.
_ANEW = frozenset({CallState.MENU, CallState.WAITING, CallState.LEAVING})

MAY_BECOME: dict[CallState, frozenset[CallState]] = {
    CallState.NEW: _ANEW,
    CallState.MENU: _ANEW | {CallState.ENDED},
    CallState.WAITING: _ANEW | {CallState.CONNECTING, CallState.TALKING, CallState.ENDED},
    CallState.CONNECTING: _ANEW | {CallState.TALKING, CallState.ENDED},
    CallState.TALKING: _ANEW | {CallState.HELD, CallState.AGENT_GONE, CallState.CLOSING, CallState.ENDED},
    CallState.HELD: _ANEW | {CallState.TALKING, CallState.AGENT_GONE, CallState.CLOSING, CallState.ENDED},
    CallState.AGENT_GONE: _ANEW | {CallState.ENDED},
    CallState.CLOSING: frozenset({CallState.ENDED}),
    # The way out of a message leads back too.
    CallState.LEAVING: _ANEW | {CallState.ENDED},
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
