"""The states of a promised call: which may follow which, and which can still be called off."""

import pytest

from callbacks.rules.states import (
    COUNTED,
    MAY_BECOME,
    OPEN,
    STEP_MAY_BECOME,
    Kind,
    State,
    Step,
    may_cancel,
    may_lead_to,
)

ENDED = {State.DONE, State.CANCELLED}


def test_kinds_states_and_steps_have_the_names_that_the_api_shows() -> None:
    assert " ".join(Kind) == "follow_up requested promised correction"
    assert " ".join(State) == (
        "booked due dialling needs_person reached not_reached letter_due done cancelled"
    )
    assert " ".join(Step) == "owner_ringing owner_ready customer_posted customer_ringing talking"


def test_every_state_and_every_step_has_its_row() -> None:
    assert set(MAY_BECOME) == set(State)
    assert set(STEP_MAY_BECOME) == set(Step)


@pytest.mark.parametrize("state", State)
def test_every_call_can_come_to_an_end_and_stays_there(state: State) -> None:
    ahead, reached = {state}, set()
    while ahead:
        reached |= ahead
        ahead = {after for before in ahead for after in MAY_BECOME[before]} - reached
    assert State.DONE in reached or state is State.CANCELLED
    assert (MAY_BECOME[state] == frozenset()) is (state in ENDED)


def test_a_call_is_dialled_when_due_or_rung_in_for_and_only_after_dialling_is_a_customer_not_reached() -> (
    None
):
    assert may_lead_to(State.DIALLING) == {State.DUE, State.BOOKED}
    assert may_lead_to(State.NOT_REACHED) == {State.DIALLING, State.NEEDS_PERSON, State.REACHED}


def test_a_call_is_done_only_when_the_customer_was_reached_or_a_letter_was_due() -> None:
    assert may_lead_to(State.DONE) == {State.REACHED, State.LETTER_DUE}


def test_a_customer_who_rings_in_first_ends_every_call_that_is_still_owed() -> None:
    assert may_lead_to(State.REACHED) >= OPEN
    assert OPEN.isdisjoint(ENDED | {State.REACHED, State.LETTER_DUE})


def test_once_a_letter_is_due_the_call_is_not_booked_or_dialled_again() -> None:
    assert MAY_BECOME[State.LETTER_DUE] == {State.REACHED, State.DONE, State.CANCELLED}


def test_the_customer_is_dialled_only_with_somebody_on_the_line() -> None:
    before = {step for step, after in STEP_MAY_BECOME.items() if Step.CUSTOMER_POSTED in after}
    assert before == {Step.OWNER_READY}
    assert {Step.CUSTOMER_POSTED, Step.CUSTOMER_RINGING, Step.TALKING} == COUNTED
    assert all(STEP_MAY_BECOME[step] <= COUNTED for step in COUNTED)


@pytest.mark.parametrize(
    ("state", "step", "can"),
    [
        ("booked", None, True),
        ("due", None, True),
        ("needs_person", None, True),
        ("not_reached", None, True),
        ("letter_due", None, True),
        ("dialling", "owner_ringing", True),
        ("dialling", "owner_ready", True),
        ("dialling", "customer_posted", False),
        ("dialling", "customer_ringing", False),
        ("dialling", "talking", False),
        ("reached", None, False),
        ("done", None, False),
        ("cancelled", None, False),
    ],
)
def test_a_call_can_be_called_off_until_the_customers_telephone_may_ring(
    state: str, step: str | None, can: bool
) -> None:
    assert may_cancel(State(state), Step(step) if step else None) is can
