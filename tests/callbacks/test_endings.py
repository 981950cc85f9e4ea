"""Called off, gone in writing, or met by a voicemail: from every state and step."""

from dataclasses import replace

import pytest

from callbacks.endings import cancel, letter_sent, voicemail
from callbacks.ledger import Ledger
from callbacks.records import Attempt, Callback, Change
from callbacks.refusals import NoLetterDue, NoSuchCallback, NotTalking, TooLate
from callbacks.rules.outcomes import Result
from callbacks.rules.states import State, Step
from routing.floor import Floor
from routing.store.effects import Effect
from tests.callbacks.promises import BOOKED, booked, dialled, now_in

TO_TALKING = (Step.OWNER_READY, Step.CUSTOMER_POSTED, Step.TALKING)


def in_state(floor: Floor, ledger: Ledger, state: State) -> Callback:
    """A promise brought to a state on an allowed way; not to dialling."""
    promise = booked(floor, ledger)
    attempts = (Attempt("at1", BOOKED, "ana", BOOKED),)
    ways = {
        State.BOOKED: (),
        State.NOT_REACHED: (State.REACHED, State.NOT_REACHED),
        State.DONE: (State.REACHED, State.DONE),
    }
    for step in ways.get(state, (state,)):
        promise = now_in(ledger, promise.id, step, attempts=attempts)
    return promise


def effects(floor: Floor) -> list[tuple[str, str]]:
    found: list[Effect] = floor.effects.take("tests", 20)
    return sorted((effect.verb, effect.target) for effect in found)


@pytest.mark.parametrize(
    ("state", "allowed"),
    [
        (State.BOOKED, True),
        (State.DUE, True),
        (State.NEEDS_PERSON, True),
        (State.NOT_REACHED, True),
        (State.LETTER_DUE, True),
        (State.CANCELLED, True),
        (State.REACHED, False),
        (State.DONE, False),
    ],
)
def test_what_is_still_owed_can_be_called_off(
    floor: Floor, ledger: Ledger, state: State, allowed: bool
) -> None:
    promise = in_state(floor, ledger, state)
    if not allowed:
        with pytest.raises(TooLate):
            cancel(ledger, promise.id, by="ana")
        assert ledger.find(promise.id) == promise
        return
    after = cancel(ledger, promise.id, by="ana", why="overturned\n on appeal")
    assert after.state is State.CANCELLED
    assert cancel(ledger, promise.id, by="bo") == after, "a repeat changes nothing"
    assert ledger.open_of(promise.caller) == []
    assert floor.deadlines.next() is None or state is State.CANCELLED
    if state is not State.CANCELLED:
        assert after.because == ledger.history(promise.id)[-1].why == "overturned on appeal"


@pytest.mark.parametrize("steps", [TO_TALKING[:count] for count in range(4)], ids=lambda steps: steps[-1:])
def test_a_call_under_way_is_called_off_until_the_customer_s_telephone_may_ring(
    floor: Floor, ledger: Ledger, steps: tuple[Step, ...]
) -> None:
    promise = booked(floor, ledger)
    dialled(ledger, promise.id, *steps)
    if len(steps) > 1:
        with pytest.raises(TooLate, match="telephone"):
            cancel(ledger, promise.id, by="ana")
        assert effects(floor) == []
        return
    after = cancel(ledger, promise.id, by="ana")
    assert (after.state, after.dialling) == (State.CANCELLED, None)
    assert effects(floor) == [("end", "leg-customer"), ("end", "leg-owner")]


def test_a_customer_who_rang_in_and_waits_is_not_hung_up_on(floor: Floor, ledger: Ledger) -> None:
    promise = booked(floor, ledger)
    ringing = dialled(ledger, promise.id)
    rang_in(ledger, ringing)
    with pytest.raises(TooLate):
        cancel(ledger, promise.id, by="ana")


def rang_in(ledger: Ledger, callback: Callback) -> None:
    assert callback.dialling is not None
    inbound = replace(callback.dialling, inbound_call="CA1")
    now_in(ledger, callback.id, State.DIALLING, dialling=inbound)


@pytest.mark.parametrize("state", [state for state in State if state is not State.DIALLING])
def test_a_letter_ends_what_is_owed_in_writing_only(floor: Floor, ledger: Ledger, state: State) -> None:
    promise = in_state(floor, ledger, state)
    if state in (State.LETTER_DUE, State.DONE):
        assert letter_sent(ledger, promise.id, by="bo").state is State.DONE
        return
    with pytest.raises(NoLetterDue):
        letter_sent(ledger, promise.id, by="bo")
    assert ledger.find(promise.id) == promise


def test_a_voicemail_alone_hears_the_message(floor: Floor, ledger: Ledger) -> None:
    promise = booked(floor, ledger)
    ledger.change(promise.id, lambda it, _: with_attempt(it), by="t")
    dialled(ledger, promise.id, *TO_TALKING)
    for _ in range(2):
        after = voicemail(ledger, promise.id, by="ana")
        assert after.dialling is not None
        assert after.dialling.said is Result.VOICEMAIL
    assert effects(floor) == [("move_customer", "leg-customer")], "a repeat moves nobody again"
    with pytest.raises(NotTalking):
        voicemail(ledger, promise.id, by="bo")


def with_attempt(callback: Callback) -> Change:
    return Change(replace(callback, attempts=(Attempt("at1", BOOKED, "ana", BOOKED),)))


@pytest.mark.parametrize("steps", [TO_TALKING[:count] for count in range(3)], ids=lambda steps: steps[-1:])
def test_before_anybody_answers_there_is_no_voicemail(
    floor: Floor, ledger: Ledger, steps: tuple[Step, ...]
) -> None:
    promise = booked(floor, ledger)
    dialled(ledger, promise.id, *steps)
    with pytest.raises(NotTalking):
        voicemail(ledger, promise.id, by="ana")


@pytest.mark.parametrize("state", [state for state in State if state not in (State.DIALLING, State.REACHED)])
def test_without_a_conversation_there_is_no_voicemail(floor: Floor, ledger: Ledger, state: State) -> None:
    promise = in_state(floor, ledger, state)
    with pytest.raises(NotTalking):
        voicemail(ledger, promise.id, by="ana")


def test_a_voicemail_may_be_told_of_when_the_call_is_over(floor: Floor, ledger: Ledger) -> None:
    promise = in_state(floor, ledger, State.REACHED)
    after = voicemail(ledger, promise.id, by="ana")
    assert (after.state, after.attempts[-1].result) == (State.NOT_REACHED, Result.VOICEMAIL)
    assert voicemail(ledger, promise.id, by="ana") == after


def test_what_was_never_promised_is_not_there(ledger: Ledger) -> None:
    with pytest.raises(NoSuchCallback):
        cancel(ledger, "cb0", by="ana")
    with pytest.raises(NoSuchCallback):
        letter_sent(ledger, "cb0", by="ana")
    with pytest.raises(NoSuchCallback):
        voicemail(ledger, "cb0", by="ana")
