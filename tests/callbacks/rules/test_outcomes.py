"""What follows from an attempt and from its result."""

from itertools import product

import pytest

from callbacks.rules.outcomes import Result, after_attempt, after_outcome, verdict
from callbacks.rules.states import MAY_BECOME, State, Step


@pytest.mark.parametrize(
    ("step", "said", "others", "state"),
    [
        pytest.param("owner_ringing", None, True, "due", id="the owner declines, another may speak"),
        pytest.param("owner_ringing", None, False, "needs_person", id="everybody declined"),
        pytest.param("owner_ready", None, True, "due", id="the owner's telephone dies before we dial"),
        pytest.param("customer_posted", None, True, "not_reached", id="the customer's call fails"),
        pytest.param("customer_posted", "busy", True, "not_reached", id="busy"),
        pytest.param("customer_ringing", "no_answer", True, "not_reached", id="nobody answers"),
        pytest.param("customer_ringing", None, True, "not_reached", id="the owner hangs up while it rings"),
        pytest.param("talking", None, True, "reached", id="they spoke; the outcome is still to come"),
        pytest.param("talking", "voicemail", True, "not_reached", id="the speaker heard a voicemail"),
        pytest.param("talking", "wrong_person", False, "not_reached", id="somebody else answered"),
        pytest.param("talking", "reached", False, "reached", id="the speaker says so already"),
    ],
)
def test_where_an_attempt_ended_says_what_it_came_to(
    step: str, said: str | None, others: bool, state: str
) -> None:
    found = after_attempt(Step(step), Result(said) if said else None, others_may_speak=others)
    assert found == state
    assert found in MAY_BECOME[State.DIALLING]


@pytest.mark.parametrize(
    ("result", "left", "do_not_call", "state"),
    [
        ("reached", 0, False, "done"),
        ("reached", 2, False, "done"),
        ("busy", 2, False, "booked"),
        ("no_answer", 1, False, "booked"),
        ("voicemail", 1, False, "booked"),
        ("wrong_person", 1, False, "booked"),
        ("busy", 0, False, "letter_due"),
        ("no_answer", 0, False, "letter_due"),
        ("voicemail", 0, False, "letter_due"),
        ("wrong_person", 0, False, "letter_due"),
        ("reached", 2, True, "letter_due"),
        ("wrong_person", 2, True, "letter_due"),
    ],
)
def test_what_follows_from_a_result(result: str, left: int, do_not_call: bool, state: str) -> None:
    assert after_outcome(Result(result), attempts_left=left, do_not_call=do_not_call) == state


@pytest.mark.parametrize(
    ("result", "left", "do_not_call"), list(product(Result, [0, 1, 3], [False, True])), ids=str
)
def test_every_result_leads_by_its_verdict_along_the_table(
    result: Result, left: int, do_not_call: bool
) -> None:
    after = after_outcome(result, attempts_left=left, do_not_call=do_not_call)
    assert after in MAY_BECOME[verdict(result)]
    assert all(
        verdict(result) in MAY_BECOME[state] | {state}
        for state in (State.DIALLING, State.NEEDS_PERSON, State.REACHED, State.NOT_REACHED)
    )
