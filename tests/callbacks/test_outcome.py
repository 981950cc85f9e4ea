"""What came of a call: done, another attempt, or the rest in writing; and who wants no calls gets none."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from callbacks import dialling, reactions
from callbacks.dialling import NO_CALLS
from callbacks.ledger import AlreadyOpen, Ledger
from callbacks.outcome import Told, tell
from callbacks.records import Attempt, Callback
from callbacks.refusals import NoAttempt, NoSuchCallback, NotOpen, StillTalking
from callbacks.rules.outcomes import Result
from callbacks.rules.states import Kind, State, Step
from routing.floor import Floor
from tests.callbacks.promises import booked, dialled, now_in
from tests.ivr.voice.scenes import set_clock

MONDAY = datetime(2030, 11, 25, 15, 0, tzinfo=UTC)
OTHERS = [result for result in Result if result is not Result.REACHED]


@pytest.fixture
def floor(floor: Floor) -> Floor:
    """On a Monday at ten in New York."""
    set_clock(floor, MONDAY)
    return floor


def attempts(floor: Floor, count: int, result: Result | None = None) -> tuple[Attempt, ...]:
    """So many that counted, just now."""
    now = floor.clock.now(floor.store)
    return tuple(Attempt(f"at{n}", now, "ana", now, result) for n in range(count))


def in_state(floor: Floor, ledger: Ledger, state: State, tried: int = 1, **special: Any) -> Callback:
    promise = booked(floor, ledger, **special)
    ways = {State.BOOKED: (State.BOOKED,), State.NOT_REACHED: (State.REACHED, State.NOT_REACHED)}
    for step in ways.get(state, (state,)):
        promise = now_in(ledger, promise.id, step, attempts=attempts(floor, tried))
    return promise


@pytest.mark.parametrize(
    "state",
    [State.BOOKED, State.DUE, State.NEEDS_PERSON, State.REACHED, State.NOT_REACHED, State.LETTER_DUE],
)
def test_reached_is_done_wherever_the_call_stood(floor: Floor, ledger: Ledger, state: State) -> None:
    promise = in_state(floor, ledger, state)
    told = Told(Result.REACHED, True, "yes", "a refund", "order\x0017 found", "extra time", "a letter")
    after = tell(floor, ledger, promise.id, told, by="ana")
    assert after.state is State.DONE
    assert after.outcome is not None
    assert (after.outcome.by, after.outcome.standard_explained, after.outcome.apology) == ("ana", True, "yes")
    assert (after.outcome.original_problem, after.outcome.next_step) == ("order 17 found", "a letter")
    assert after.attempts[-1].result is Result.REACHED
    assert ledger.open_of(promise.caller) == []
    assert floor.deadlines.next() is None


@pytest.mark.parametrize("result", OTHERS)
@pytest.mark.parametrize(
    ("tried", "then"), [(1, State.BOOKED), (2, State.BOOKED), (3, State.LETTER_DUE)], ids=str
)
def test_not_reached_is_tried_again_until_the_attempts_are_used_up(
    floor: Floor, ledger: Ledger, result: Result, tried: int, then: State
) -> None:
    promise = in_state(floor, ledger, State.REACHED, tried)
    after = tell(floor, ledger, promise.id, Told(result), by="ana")
    assert (after.state, after.attempts[-1].result) == (then, result)
    if then is State.LETTER_DUE:
        assert floor.deadlines.next() is None
        return
    assert after.due_at is not None
    local = after.due_at.astimezone(UTC)
    # Three hours on, or at 8:00 in New York on the next day, when the day has had its two.
    assert (local.day, local.hour) == ((25, 18) if tried == 1 else (26, 13))


@pytest.mark.parametrize("state", [State.BOOKED, State.DUE, State.LETTER_DUE])
def test_what_was_decided_already_stays_and_the_speaker_s_word_is_kept(
    floor: Floor, ledger: Ledger, state: State
) -> None:
    promise = in_state(floor, ledger, state)
    after = tell(floor, ledger, promise.id, Told(Result.WRONG_PERSON), by="ana")
    assert (after.state, after.due_at) == (state, promise.due_at)
    assert after.attempts[-1].result is Result.WRONG_PERSON
    assert (floor.deadlines.next() is None) is (state is State.LETTER_DUE)


@pytest.mark.parametrize("state", [State.BOOKED, State.DUE])
def test_nobody_fails_to_reach_a_customer_who_was_not_called(
    floor: Floor, ledger: Ledger, state: State
) -> None:
    promise = in_state(floor, ledger, state, tried=0)
    with pytest.raises(NoAttempt):
        tell(floor, ledger, promise.id, Told(Result.BUSY), by="ana")
    assert ledger.find(promise.id) == promise


def test_a_call_that_somebody_made_by_hand_counts_as_any_other(floor: Floor, ledger: Ledger) -> None:
    promise = in_state(floor, ledger, State.NEEDS_PERSON, tried=0, due_at=None)
    after = tell(floor, ledger, promise.id, Told(Result.BUSY), by="bo")
    [attempt] = after.attempts
    assert (after.state, attempt.speaker, attempt.result) == (State.BOOKED, "bo", Result.BUSY)
    assert len(ledger.calls_to(promise.caller)) == 1


def test_a_reply_that_was_lost_is_told_by_a_person(floor: Floor, ledger: Ledger) -> None:
    promise = in_state(floor, ledger, State.NEEDS_PERSON, tried=1)
    after = tell(floor, ledger, promise.id, Told(Result.NO_ANSWER), by="bo")
    assert [attempt.result for attempt in after.attempts] == [Result.NO_ANSWER]
    assert after.state is State.BOOKED


@pytest.mark.parametrize("result", Result)
@pytest.mark.parametrize(
    "state",
    [State.BOOKED, State.DUE, State.NEEDS_PERSON, State.REACHED, State.NOT_REACHED, State.LETTER_DUE],
)
def test_who_wants_no_calls_gets_none_from_that_moment(
    floor: Floor, ledger: Ledger, state: State, result: Result
) -> None:
    promise = in_state(floor, ledger, state)
    other = booked(floor, ledger, kind=Kind.CORRECTION)
    stranger = booked(floor, ledger, number="+12125550199")
    after = tell(floor, ledger, promise.id, Told(result, do_not_call=True), by="ana")
    assert (after.state, after.because) == (State.LETTER_DUE, NO_CALLS)
    assert ledger.wants_no_calls(promise.caller)
    assert not ledger.wants_no_calls(stranger.caller)
    written = ledger.find(other.id)
    assert written is not None
    assert (written.state, written.because) == (State.LETTER_DUE, NO_CALLS)
    assert ledger.open_of(stranger.caller) == [stranger]


@pytest.mark.parametrize("state", [State.DONE, State.CANCELLED])
def test_what_is_over_has_no_other_outcome(floor: Floor, ledger: Ledger, state: State) -> None:
    promise = in_state(floor, ledger, State.REACHED if state is State.DONE else State.BOOKED)
    promise = now_in(ledger, promise.id, state)
    with pytest.raises(NotOpen):
        tell(floor, ledger, promise.id, Told(Result.REACHED), by="ana")
    assert ledger.find(promise.id) == promise


def test_an_outcome_comes_after_the_call(floor: Floor, ledger: Ledger) -> None:
    promise = booked(floor, ledger)
    dialled(ledger, promise.id, Step.OWNER_READY, Step.CUSTOMER_POSTED, Step.TALKING)
    with pytest.raises(StillTalking):
        tell(floor, ledger, promise.id, Told(Result.REACHED), by="ana")


def test_not_reached_after_all_does_not_stand_beside_another_of_its_kind(
    floor: Floor, ledger: Ledger
) -> None:
    promise = in_state(floor, ledger, State.REACHED)
    other = booked(floor, ledger)
    with pytest.raises(AlreadyOpen) as refused:
        tell(floor, ledger, promise.id, Told(Result.VOICEMAIL), by="ana")
    assert refused.value.existing == other.id
    assert ledger.find(promise.id) == promise


def test_an_outcome_of_nothing(floor: Floor, ledger: Ledger) -> None:
    with pytest.raises(NoSuchCallback):
        tell(floor, ledger, "cb0", Told(Result.REACHED), by="ana")


def test_one_who_said_so_meanwhile_is_neither_dialled_nor_tried_again(floor: Floor, ledger: Ledger) -> None:
    """Said in one call while another to the same customer was about to be made (docs/policy.md 27)."""
    due = in_state(floor, ledger, State.DUE, kind=Kind.PROMISED)
    tried = in_state(floor, ledger, State.NOT_REACHED, kind=Kind.CORRECTION)
    asked_for = in_state(floor, ledger, State.DUE, kind=Kind.REQUESTED)
    marker = ledger._keys.do_not_call
    floor.store.client.hset(marker, due.caller, "cb1")
    dialling.dial(floor, ledger, due.id)
    reactions.settle(floor, ledger, tried.id)
    assert ledger.find(due.id) == replace(
        due, state=State.NEEDS_PERSON, because=NO_CALLS, version=due.version + 1
    )
    settled = ledger.find(tried.id)
    assert settled is not None
    assert settled.state is State.LETTER_DUE
    assert not dialling.wants_no_call(ledger, asked_for)
