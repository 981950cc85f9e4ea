"""Whatever is done in whatever order: only allowed changes, one open call of a kind, indexes that agree."""

from itertools import count, pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callbacks.allowed import NotAllowed
from callbacks.endings import cancel, letter_sent, voicemail
from callbacks.keys import CallbackKeys
from callbacks.ledger import AlreadyOpen, Ledger
from callbacks.outcome import Told, tell
from callbacks.records import Callback
from callbacks.refusals import NoAttempt, NoLetterDue, NotOpen, NotTalking, StillTalking, TooLate
from callbacks.rules.outcomes import Result
from callbacks.rules.states import MAY_BECOME, OPEN, STEP_MAY_BECOME, Kind, State, Step
from routing.floor import Floor
from tests.callbacks.promises import booked, dialled, now_in

REFUSED = (AlreadyOpen, NoAttempt, NoLetterDue, NotAllowed, NotOpen, NotTalking, StillTalking, TooLate)
WAYS = ((), (Step.OWNER_READY,), (Step.OWNER_READY, Step.CUSTOMER_POSTED, Step.TALKING))
OPERATIONS = st.one_of(
    st.tuples(st.just("book"), st.sampled_from(list(Kind)[:2])),
    st.tuples(st.just("move"), st.sampled_from(State)),
    st.tuples(st.just("dial"), st.sampled_from(WAYS)),
    st.tuples(st.just("tell"), st.builds(Told, st.sampled_from(Result), do_not_call=st.booleans())),
    st.tuples(st.sampled_from(["cancel", "letter", "voicemail"]), st.none()),
)
TAILS = count(5550000)
HISTORIES = st.lists(st.tuples(OPERATIONS, st.integers(0, 5)), min_size=20, max_size=40)


def do(floor: Floor, ledger: Ledger, what: str, how: Any, ids: list[str], which: int, number: str) -> None:
    """One operation, on one of the promises so far; those that are refused change nothing."""
    if what == "book":
        ids.append(booked(floor, ledger, number=number, kind=how, due_at=None).id)
        return
    if not ids:
        return
    callback_id = ids[which % len(ids)]
    match what:
        case "move":
            now_in(ledger, callback_id, how, dialling=None)
        case "dial":
            dialled(ledger, callback_id, *how)
        case "tell":
            tell(floor, ledger, callback_id, how, by="ana")
        case "cancel":
            cancel(ledger, callback_id, by="ana")
        case "letter":
            letter_sent(ledger, callback_id, by="ana")
        case "voicemail":
            voicemail(ledger, callback_id, by="ana")


def check_history(ledger: Ledger, callback: Callback) -> None:
    """Each change is allowed, follows the one before, and none is missing."""
    entries = ledger.history(callback.id)
    assert [entry.version for entry in entries] == list(range(1, callback.version + 1))
    for before, after in pairwise(entries):
        assert (after.was, after.was_step) == (before.state, before.step)
        assert after.state == after.was or State(after.state) in MAY_BECOME[State(after.was)]
        if after.step and after.was_step and after.step != after.was_step:
            assert Step(after.step) in STEP_MAY_BECOME[Step(after.was_step)]
    assert entries[-1].state == callback.state


def check_indexes(floor: Floor, ledger: Ledger, found: list[Callback], number: str) -> None:
    keys, redis = CallbackKeys(floor.keys.site), floor.store.client
    caller = floor.caller_key(number)
    indexed: Any = {
        kind: redis.hget(keys.open, f"{caller}:{kind}")
        for kind in Kind
        if redis.hexists(keys.open, f"{caller}:{kind}")
    }
    assert indexed == {one.kind: one.id for one in found if one.state in OPEN}
    assert len(indexed) == sum(one.state in OPEN for one in found)
    for state in State:
        indexed_so = {one.id for one in found if redis.zscore(keys.in_state(state), one.id) is not None}
        assert indexed_so == {one.id for one in found if one.state is state}
    assert {one.id for one in ledger.all() if one.number == number} == {one.id for one in found}
    expected = {one.id for one in found if one.state in (State.BOOKED, State.DUE, State.DIALLING)}
    named = redis.hget(floor.keys.standing(number), "callback_id")
    assert (named in expected) if expected else named is None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(HISTORIES)
def test_whatever_happens_the_ledger_is_sound(
    floor: Floor, ledger: Ledger, history: list[tuple[tuple[str, Any], int]]
) -> None:
    number, ids = f"+1212{next(TAILS):07d}", list[str]()
    for (what, how), which in history:
        before = [ledger.find(one) for one in ids]
        try:
            do(floor, ledger, what, how, ids, which, number)
        except REFUSED:
            if what not in ("dial", "tell"):  # they are several changes, of which the first may be made
                assert [ledger.find(one) for one in ids] == before
    found = [one for one in (ledger.find(one) for one in ids) if one is not None]
    for callback in found:
        check_history(ledger, callback)
    check_indexes(floor, ledger, found, number)
