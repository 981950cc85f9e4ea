"""The states of a call: which may follow which, and what each decision makes of a call."""

import pytest

from routing.rules.call_states import MAY_BECOME, CallState, may_lead_to, state_after
from routing.rules.caller import Identity
from routing.rules.decisions import KINDS, Because, Rule

BECAUSE = Because(Rule.MENU, Identity.SURE, 0)
ALLOWED = {
    "new": "menu waiting leaving",
    "menu": "menu waiting leaving ended",
    "waiting": "waiting menu connecting talking leaving ended",
    "connecting": "talking waiting menu leaving ended",
    "talking": "held agent_gone closing waiting menu leaving ended",
    "held": "talking agent_gone closing waiting menu leaving ended",
    "agent_gone": "waiting menu leaving ended",
    "closing": "ended",
    "leaving": "leaving menu waiting ended",
    "ended": "",
}


@pytest.mark.parametrize("before", CallState)
@pytest.mark.parametrize("after", CallState)
def test_a_call_changes_only_as_the_table_allows(before: CallState, after: CallState) -> None:
    assert (after in MAY_BECOME[before]) is (after.value in ALLOWED[before].split())
    assert (before in may_lead_to(after)) is (after in MAY_BECOME[before])


def test_every_state_has_its_row() -> None:
    assert set(MAY_BECOME) == set(CallState) == {CallState(name) for name in ALLOWED}


def test_an_ended_call_stays_ended_and_no_call_becomes_new_again() -> None:
    assert MAY_BECOME[CallState.ENDED] == frozenset()
    assert may_lead_to(CallState.NEW) == frozenset()


@pytest.mark.parametrize("state", sorted(MAY_BECOME[CallState.NEW]))
def test_a_call_can_end_from_every_state_that_follows_new(state: CallState) -> None:
    assert CallState.ENDED in MAY_BECOME[state]


@pytest.mark.parametrize(
    ("do", "state"),
    [
        ("menu", "menu"),
        ("enqueue", "waiting"),
        ("connect", "waiting"),
        ("say_and_hang_up", "leaving"),
        ("offer_callback", "leaving"),
    ],
)
def test_each_decision_leaves_the_call_in_its_state(do: str, state: str) -> None:
    assert state_after(KINDS[do]("somewhere", BECAUSE)) == state
    assert state in ALLOWED["new"].split()


def test_every_decision_leads_to_a_state() -> None:
    assert {state_after(kind("somewhere", BECAUSE)) for kind in KINDS.values()} == MAY_BECOME[CallState.NEW]
