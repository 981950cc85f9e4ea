"""The states of an agent and the changes they allow, as data."""

from enum import StrEnum


class AgentState(StrEnum):
    """What an agent is doing now. `reserved`: picked for a call that has not reached him yet."""

    OFFLINE = "offline"
    AVAILABLE = "available"
    RESERVED = "reserved"
    OFFERED = "offered"
    CONNECTING = "connecting"
    ON_CALL = "on_call"
    WRAP_UP = "wrap_up"
    RECOVERY = "recovery"
    BREAK = "break"
    NOT_ANSWERING = "not_answering"


# What an agent may ask for himself.
OWN_CHOICE = frozenset({AgentState.AVAILABLE, AgentState.BREAK, AgentState.OFFLINE})
# A call is on its way, going on or just over: what the agent asks for comes after it.
BUSY = frozenset(
    {
        AgentState.RESERVED,
        AgentState.OFFERED,
        AgentState.CONNECTING,
        AgentState.ON_CALL,
        AgentState.WRAP_UP,
        AgentState.RECOVERY,
    }
)

MAY_BECOME: dict[AgentState, frozenset[AgentState]] = {
    AgentState.OFFLINE: OWN_CHOICE - {AgentState.OFFLINE},
    AgentState.BREAK: OWN_CHOICE - {AgentState.BREAK},
    AgentState.NOT_ANSWERING: OWN_CHOICE,
    AgentState.AVAILABLE: frozenset({AgentState.RESERVED, AgentState.BREAK, AgentState.OFFLINE}),
    # By API a call is taken before the telephone rings.
    AgentState.RESERVED: OWN_CHOICE | {AgentState.OFFERED, AgentState.CONNECTING, AgentState.NOT_ANSWERING},
    AgentState.OFFERED: OWN_CHOICE | {AgentState.CONNECTING, AgentState.NOT_ANSWERING},
    AgentState.CONNECTING: OWN_CHOICE | {AgentState.ON_CALL},
    AgentState.ON_CALL: frozenset({AgentState.WRAP_UP, AgentState.RECOVERY}),
    AgentState.WRAP_UP: OWN_CHOICE,
    AgentState.RECOVERY: OWN_CHOICE,
}


def may_lead_to(state: AgentState) -> frozenset[AgentState]:
    """The states from which an agent may come to `state`."""
    return frozenset(before for before, after in MAY_BECOME.items() if state in after)
