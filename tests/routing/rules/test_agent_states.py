"""The changes that an agent's states allow."""

import pytest

from routing.rules.agent_states import BUSY, MAY_BECOME, OWN_CHOICE, AgentState, may_lead_to


def test_every_state_has_its_changes_and_none_leads_to_itself() -> None:
    assert set(MAY_BECOME) == set(AgentState)
    assert all(state not in after for state, after in MAY_BECOME.items())


def test_every_state_can_be_reached_from_offline() -> None:
    reached = {AgentState.OFFLINE}
    for _ in AgentState:
        reached |= {after for state in reached for after in MAY_BECOME[state]}
    assert reached == set(AgentState)


def test_only_an_available_agent_is_reserved_and_only_then_rung() -> None:
    assert may_lead_to(AgentState.RESERVED) == {AgentState.AVAILABLE}
    assert may_lead_to(AgentState.OFFERED) == {AgentState.RESERVED}


def test_whoever_took_a_call_is_not_said_to_answer_none() -> None:
    assert may_lead_to(AgentState.NOT_ANSWERING) == {AgentState.RESERVED, AgentState.OFFERED}


@pytest.mark.parametrize("state", sorted(set(AgentState) - BUSY))
def test_whom_no_call_has_does_at_once_what_he_asks_for(state: AgentState) -> None:
    assert OWN_CHOICE - {state} <= MAY_BECOME[state]


def test_whoever_had_a_call_is_not_available_before_wrap_up_or_recovery() -> None:
    assert MAY_BECOME[AgentState.ON_CALL] == {AgentState.WRAP_UP, AgentState.RECOVERY}
