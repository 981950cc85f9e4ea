"""What each event makes of a promised call that is being made: a table for each, and any order of them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from callbacks import customer_steps, steps
from callbacks.allowed import check
from callbacks.records import Attempt, Callback, Change
from callbacks.rules.outcomes import Result
from callbacks.rules.states import State, Step
from tests.callbacks.under_way import AT, CALL, CUSTOMER, LATER, OWNER, a_promise, dialling

NOTHING = None
Event = Callable[[Callback], Change | None]


def outcome(change: Change | None) -> tuple[State, Step | None, list[tuple[str, str]]] | None:
    """Where it leads, and what is done for it."""
    if change is None:
        return NOTHING
    return change.after.state, change.after.step, [(do.verb, do.target) for do in change.effects]


def at_every_step(event: Event, table: dict[Step | None, object], **special: object) -> None:
    """The table says what the event makes of a call at a step; at any other step it makes nothing."""
    for step in (None, *Step):
        before = dialling(step, **special)  # type: ignore[arg-type]
        change = event(before)
        assert outcome(change) == table.get(step), step
        if change is not None:
            check(before, change.after)


def begun(callback: Callback, inbound: str = "") -> Change | None:
    return steps.begun(callback, AT, speaker="maria", attempt="at2", owner_leg=OWNER, inbound_call=inbound)


@pytest.mark.parametrize("state", State)
def test_begun(state: State) -> None:
    rings = (State.DIALLING, Step.OWNER_RINGING, [("create", OWNER)])
    if state is State.DIALLING:
        assert begun(dialling(Step.OWNER_RINGING)) is NOTHING
        return
    assert outcome(begun(a_promise(state))) == (rings if state is State.DUE else NOTHING)
    rung_for_him = state in (State.DUE, State.BOOKED)
    assert outcome(begun(a_promise(state), CALL)) == (rings if rung_for_him else NOTHING)


def test_an_attempt_that_has_begun_does_not_count() -> None:
    change = begun(a_promise())
    assert change is not None
    assert [(one.id, one.posted) for one in change.after.attempts] == [("at2", None)]


def test_accepted() -> None:
    rings = {Step.OWNER_RINGING: (State.DIALLING, Step.OWNER_RINGING, [])}
    at_every_step(lambda it: steps.accepted(it, "maria", AT), rings)
    at_every_step(lambda it: steps.accepted(it, "tom", AT), {})


def test_owner_ready() -> None:
    ready = {Step.OWNER_RINGING: (State.DIALLING, Step.OWNER_READY, [("create", CUSTOMER)])}
    at_every_step(lambda it: steps.owner_ready(it, OWNER, AT, customer_leg=CUSTOMER), ready)
    at_every_step(lambda it: steps.owner_ready(it, "lg-old", AT, customer_leg=CUSTOMER), {})


def test_owner_ready_for_one_who_rang_in_who_is_never_called() -> None:
    ready = {Step.OWNER_RINGING: (State.DIALLING, Step.OWNER_READY, [("bring_in", CALL)])}
    at_every_step(lambda it: steps.owner_ready(it, OWNER, AT, customer_leg="lg-new"), ready, inbound=CALL)


def test_put_off() -> None:
    put_off = {Step.OWNER_RINGING: (State.BOOKED, None, [])}
    at_every_step(lambda it: steps.put_off(it, OWNER, LATER), put_off)
    change = steps.put_off(dialling(Step.OWNER_RINGING), OWNER, LATER)
    assert change is not None
    assert (change.after.due_at, change.look_at) == (LATER, LATER)


def test_customer_is_busy() -> None:
    still_due = {Step.OWNER_RINGING: (State.DUE, None, [])}
    at_every_step(lambda it: steps.customer_is_busy(it, OWNER, AT), still_due)
    at_every_step(lambda it: steps.customer_is_busy(it, "lg-old", AT), {})


def test_not_dialled() -> None:
    shown = {Step.OWNER_RINGING: (State.NEEDS_PERSON, None, [])}
    at_every_step(lambda it: steps.not_dialled(it, OWNER, "no number"), shown)


def test_customer_posted_counts_the_attempt() -> None:
    posted = {Step.OWNER_READY: (State.DIALLING, Step.CUSTOMER_POSTED, [])}
    at_every_step(lambda it: customer_steps.customer_posted(it, CUSTOMER, AT), posted)
    at_every_step(lambda it: customer_steps.customer_posted(it, "lg-other", AT), {})
    change = customer_steps.customer_posted(dialling(Step.OWNER_READY), CUSTOMER, AT)
    assert change is not None
    assert change.after.attempts[-1].posted == AT


def test_customer_ringing() -> None:
    rings = {Step.CUSTOMER_POSTED: (State.DIALLING, Step.CUSTOMER_RINGING, [])}
    at_every_step(lambda it: customer_steps.customer_ringing(it, CUSTOMER, AT), rings)


def test_customer_joins() -> None:
    talking = (State.DIALLING, Step.TALKING, [])
    counted = dict.fromkeys((Step.CUSTOMER_POSTED, Step.CUSTOMER_RINGING), talking)
    at_every_step(lambda it: customer_steps.customer_joins(it, CUSTOMER, AT), counted)
    came = dict.fromkeys((Step.OWNER_READY, *counted), talking)
    at_every_step(lambda it: customer_steps.customer_joins(it, CALL, AT), came, inbound=CALL)
    at_every_step(lambda it: customer_steps.customer_joins(it, CUSTOMER, AT), {}, inbound=CALL)


def test_rings_in_and_his_own_call_takes_the_place_of_ours() -> None:
    brought = (("end", CUSTOMER), ("bring_in", CALL))
    table: dict[Step | None, object] = {
        step: (State.DIALLING, step, list(brought))
        for step in (Step.OWNER_READY, Step.CUSTOMER_POSTED, Step.CUSTOMER_RINGING)
    }
    table[Step.OWNER_RINGING] = (State.DIALLING, Step.OWNER_RINGING, [])
    at_every_step(lambda it: customer_steps.rings_in(it, CALL, AT), table)
    at_every_step(lambda it: customer_steps.rings_in(it, "CA-second", AT), {}, inbound=CALL)


@pytest.mark.parametrize("due_at", [AT, LATER], ids=["due", "before its time"])
def test_hung_up_waiting(due_at: datetime) -> None:
    owed = State.DUE if due_at == AT else State.BOOKED
    left = (owed, None, [("end", OWNER)])
    table = dict.fromkeys(set(Step) - {Step.TALKING}, left)
    at_every_step(lambda it: customer_steps.hung_up_waiting(it, CALL, AT), table, inbound=CALL, due_at=due_at)
    at_every_step(lambda it: customer_steps.hung_up_waiting(it, "CA-other", AT), {}, inbound=CALL)


def test_hung_up_waiting_is_known_of_the_attempt() -> None:
    change = customer_steps.hung_up_waiting(dialling(Step.OWNER_RINGING, inbound=CALL), CALL, AT)
    assert change is not None
    assert change.after.attempts[-1].caller_gone


def test_hung_up_waiting_after_we_had_called_him_counts() -> None:
    before = dialling(Step.OWNER_READY, inbound=CALL, customer_leg=CUSTOMER)
    change = customer_steps.hung_up_waiting(before, CALL, AT, posted=AT)
    assert outcome(change) == (State.NOT_REACHED, None, [("end", OWNER), ("end", CUSTOMER)])
    assert change is not None
    assert (change.after.attempts[-1].posted, change.after.attempts[-1].result) == (AT, Result.NO_ANSWER)


@pytest.mark.parametrize("others", [True, False])
def test_speaker_gone(others: bool) -> None:
    ending = [("end", CUSTOMER)]
    table: dict[Step | None, object] = {
        step: (State.DIALLING, step, ending)
        for step in (Step.OWNER_READY, Step.CUSTOMER_POSTED, Step.CUSTOMER_RINGING)
    }
    table[Step.OWNER_RINGING] = (State.DUE if others else State.NEEDS_PERSON, None, [])
    at_every_step(lambda it: steps.speaker_gone(it, OWNER, AT, others_may_speak=others), table)
    at_every_step(lambda it: steps.speaker_gone(it, "lg-old", AT, others_may_speak=others), {})


def test_speaker_gone_twice_makes_nothing_of_it() -> None:
    once = steps.speaker_gone(dialling(Step.CUSTOMER_RINGING), OWNER, AT, others_may_speak=True)
    assert once is not None
    assert once.after.declined == ("maria",)
    assert steps.speaker_gone(once.after, OWNER, AT, others_may_speak=True) is NOTHING


def test_speaker_gone_before_the_time_for_one_who_rang_in_leaves_it_booked() -> None:
    before = dialling(Step.OWNER_RINGING, inbound=CALL, due_at=LATER)
    change = steps.speaker_gone(before, OWNER, AT, others_may_speak=False)
    assert outcome(change) == (State.BOOKED, None, [])
    assert change is not None
    assert (change.look_at, change.after.declined) == (LATER, ())


def gone(how: str, *, was_posted: bool = True, others: bool = True) -> Event:
    return lambda it: customer_steps.customer_gone(
        it, CUSTOMER, AT, how=how, was_posted=was_posted, others_may_speak=others
    )


OVER = [("redirect", OWNER)]


@pytest.mark.parametrize(
    ("how", "result"),
    [
        ("busy", Result.BUSY),
        ("no_answer", Result.NO_ANSWER),
        ("failed", Result.NO_ANSWER),
        ("completed", Result.NO_ANSWER),
        ("cancelled", Result.NO_ANSWER),
        ("lost", Result.NO_ANSWER),
    ],
)
def test_customer_gone(how: str, result: Result) -> None:
    missed = (State.NOT_REACHED, None, OVER)
    table: dict[Step | None, object] = dict.fromkeys(
        (Step.OWNER_READY, Step.CUSTOMER_POSTED, Step.CUSTOMER_RINGING), missed
    )
    table[Step.TALKING] = (State.REACHED, None, [])
    at_every_step(gone(how), table)
    change = gone(how)(dialling(Step.CUSTOMER_RINGING))
    assert change is not None
    assert change.after.attempts[-1].result is result
    assert change.keep


@pytest.mark.parametrize("said", [Result.VOICEMAIL, Result.WRONG_PERSON])
def test_customer_gone_after_the_speaker_said_who_it_was(said: Result) -> None:
    change = gone("completed")(dialling(Step.TALKING, said=said))
    assert outcome(change) == (State.NOT_REACHED, None, [])
    assert change is not None
    assert change.after.attempts[-1].result is said


@pytest.mark.parametrize(("others", "state"), [(True, State.DUE), (False, State.NEEDS_PERSON)])
def test_customer_gone_whose_call_was_never_posted(others: bool, state: State) -> None:
    change = gone("cancelled", was_posted=False, others=others)(dialling(Step.OWNER_READY))
    assert outcome(change) == (state, None, OVER)
    assert change is not None
    assert change.after.attempts[-1].posted is None


def test_customer_gone_because_twilio_refuses_the_number() -> None:
    change = gone("refused")(dialling(Step.OWNER_READY))
    assert outcome(change) == (State.NEEDS_PERSON, None, OVER)
    assert change is not None
    assert (change.after.because, change.after.attempts[-1].posted) == (customer_steps.REFUSED, None)


def test_the_end_of_our_own_call_to_one_who_rang_in_makes_nothing() -> None:
    at_every_step(gone("cancelled"), {}, inbound=CALL)


def test_one_who_rang_in_and_was_spoken_to_was_not_called() -> None:
    ended = customer_steps.customer_gone(
        dialling(Step.TALKING, inbound=CALL),
        CALL,
        AT,
        how="completed",
        was_posted=True,
        others_may_speak=True,
    )
    assert outcome(ended) == (State.REACHED, None, [])
    assert ended is not None
    assert (ended.after.attempts[-1].posted, ended.after.attempts[-1].result) == (None, Result.REACHED)


def test_reply_lost() -> None:
    shown = (State.NEEDS_PERSON, None, [*OVER, ("end", CUSTOMER)])
    table = dict.fromkeys((Step.OWNER_READY, Step.CUSTOMER_POSTED, Step.CUSTOMER_RINGING), shown)
    at_every_step(lambda it: customer_steps.reply_lost(it, CUSTOMER, AT), table)
    at_every_step(
        lambda it: customer_steps.reply_lost(it, CUSTOMER, AT), {}, inbound=CALL, customer_leg=CUSTOMER
    )
    change = customer_steps.reply_lost(dialling(Step.OWNER_READY), CUSTOMER, AT)
    assert change is not None
    assert change.after.attempts[-1].posted == AT, "it may have rung"


def test_said_while_talking() -> None:
    talking = {Step.TALKING: (State.DIALLING, Step.TALKING, [])}
    at_every_step(lambda it: steps.said(it, "maria", Result.VOICEMAIL, AT), talking)
    at_every_step(lambda it: steps.said(it, "tom", Result.VOICEMAIL, AT), {})


@pytest.mark.parametrize("state", set(State) - {State.DIALLING})
def test_said_after_the_call(state: State) -> None:
    before = replace(a_promise(state), attempts=(Attempt("at1", AT, "maria", AT, Result.REACHED),))
    change = steps.said(before, "maria", Result.WRONG_PERSON, AT)
    assert outcome(change) == ((State.NOT_REACHED, None, []) if state is State.REACHED else NOTHING)
    assert steps.said(before, "tom", Result.WRONG_PERSON, AT) is NOTHING


def test_of_one_who_rang_in_nobody_says_that_he_was_a_voicemail() -> None:
    before = replace(a_promise(State.REACHED), attempts=(Attempt("at1", AT, "maria", None, Result.REACHED),))
    assert steps.said(before, "maria", Result.VOICEMAIL, AT) is NOTHING
