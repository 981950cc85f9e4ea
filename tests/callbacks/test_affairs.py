"""An upheld offence owes a follow-up call: promised, told of, called off; nothing of it needs an event."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from callbacks import affairs, booking, dialling, endings, follow_ups, reactions, speakers
from callbacks.booking import Wanted
from callbacks.ledger import Ledger
from callbacks.outcome import Told, tell
from callbacks.rules.outcomes import Result
from callbacks.rules.states import Kind, State, Step
from callbacks.still_owed import NOT_OWED
from callbacks.words import Farewell, Goodbye
from routing.floor import Floor
from routing.rules.agent_states import AgentState
from routing.rules.caller import Treatment
from routing.rules.conduct_events import FollowedUp, LetterSent, Protected, RemedyWaived
from routing.rules.conduct_words import FollowUp
from tests.callbacks import conduct
from tests.callbacks.conduct import CALLER, TUESDAY, looked_after, the_promise, upheld
from tests.callbacks.promises import booked, now_in
from tests.ivr.voice.scenes import later, set_clock

DAY = 24 * 3600


@pytest.fixture
def floor(floor: Floor) -> Floor:
    conduct.staff(floor)
    return floor


def test_an_upheld_offence_is_followed_up_on_the_next_business_day(floor: Floor, ledger: Ledger) -> None:
    offence, caller = upheld(floor)
    looked_after(floor, ledger)
    call = the_promise(floor, ledger, caller, offence)
    assert (call.state, call.due_at, call.kind) == (State.BOOKED, TUESDAY, Kind.FOLLOW_UP)
    assert (call.number, call.owner, call.exclude) == (CALLER, "mona", ("ana",))
    assert "a refund that did not come" in call.brief
    assert not {"abuse", "incident", "complaint", "fool"} & set(call.brief.lower().split())


def test_what_is_owed_is_found_without_an_event(floor: Floor, ledger: Ledger) -> None:
    offence, caller = upheld(floor)
    floor.deadlines.clear(affairs.DEADLINE, caller)
    assert looked_after(floor, ledger) == 0
    affairs.look_at_all(floor)
    looked_after(floor, ledger)
    assert the_promise(floor, ledger, caller, offence).state is State.BOOKED


def test_looks_without_end_promise_one_call(floor: Floor, ledger: Ledger) -> None:
    _, caller = upheld(floor)
    for _ in range(3):
        affairs.look(floor, ledger, caller)
        affairs.look_at_all(floor)
        looked_after(floor, ledger)
    assert len(list(ledger.all())) == 1


def test_a_report_without_a_verdict_owes_nothing(floor: Floor, ledger: Ledger) -> None:
    conduct.reported(floor)
    looked_after(floor, ledger)
    assert list(ledger.all()) == []


def test_a_conversation_delivers_and_the_next_offence_is_stage_two(floor: Floor, ledger: Ledger) -> None:
    offence, caller = upheld(floor)
    looked_after(floor, ledger)
    set_clock(floor, TUESDAY)
    conduct.spoken_to(floor, ledger, the_promise(floor, ledger, caller, offence))
    looked_after(floor, ledger)
    [told] = conduct.facts(floor, caller, FollowedUp)
    assert (told.result, told.by, told.offence) == (FollowUp.SPOKE, "mona", offence)
    assert conduct.standing(floor, caller).gate is None
    later(floor, seconds=2 * DAY)
    upheld(floor)
    standing = conduct.standing(floor, caller)
    assert (standing.stage, standing.treatment) == (2, Treatment.SPECIALIST)
    looked_after(floor, ledger)
    assert len(list(ledger.all())) == 1, "stage 2 owes no call"


def test_nobody_reached_and_a_letter_is_delivered(floor: Floor, ledger: Ledger) -> None:
    offence, caller = upheld(floor)
    looked_after(floor, ledger)
    set_clock(floor, TUESDAY)
    call = the_promise(floor, ledger, caller, offence)
    conduct.never_reached(floor, ledger, call)
    looked_after(floor, ledger)
    assert [one.result for one in conduct.facts(floor, caller, FollowedUp)] == [FollowUp.NOT_REACHED]
    assert conduct.standing(floor, caller).gate is not None
    conduct.in_writing(ledger, call)
    looked_after(floor, ledger)
    [letter] = conduct.facts(floor, caller, LetterSent)
    assert letter.by == "mona"
    assert conduct.standing(floor, caller).gate is None


def test_a_call_the_company_never_made_holds_stage_one_and_escalates_once(
    floor: Floor, ledger: Ledger
) -> None:
    offence, caller = upheld(floor)
    looked_after(floor, ledger)
    before = floor.events.latest_id()
    later(floor, seconds=3 * DAY)
    upheld(floor)
    looked_after(floor, ledger)
    assert conduct.standing(floor, caller).stage == 1
    later(floor, seconds=6 * DAY)
    for _ in range(2):
        looked_after(floor, ledger)
        affairs.look_at_all(floor)
    told = [one.data for one in floor.events.after(before, 50) if one.data.get("state") == "remedy_overdue"]
    assert told == [{"id": offence, "state": "remedy_overdue"}]
    assert floor.counts()["escalations:remedy_overdue"] == 1


def test_what_waits_for_the_caller_is_nobody_s_neglect(floor: Floor, ledger: Ledger) -> None:
    """A second offence has its calls go to specialists; who never rings again is not delivered, nor late."""
    offence, caller = upheld(floor)
    terms, at = floor.terms(), floor.clock.now(floor.store)
    made = FollowedUp(id="made", at=at, by="mona", offence=offence, result=FollowUp.SPOKE)
    floor.offences.append(caller, made, terms)
    later(floor, seconds=3 * DAY)
    upheld(floor)
    assert conduct.standing(floor, caller).stage == 2
    later(floor, seconds=20 * DAY)
    looked_after(floor, ledger)
    assert "escalations:remedy_overdue" not in floor.counts()


def test_a_protection_is_looked_at_again_after_a_year(floor: Floor, ledger: Ledger) -> None:
    terms, at = floor.terms(), floor.clock.now(floor.store)
    caller = floor.offences.caller_at(CALLER, terms, by="sam", at=at)
    floor.offences.append(caller, Protected(id="p1", at=at, by="sam", need="allow extra time"), terms)
    looked_after(floor, ledger)
    assert floor.deadlines.moment_of(affairs.DEADLINE, caller) is not None
    later(floor, seconds=364 * DAY)
    affairs.look_at_all(floor)
    looked_after(floor, ledger)
    assert "escalations:protection_review_due" not in floor.counts()
    later(floor, seconds=2 * DAY)
    for _ in range(2):
        looked_after(floor, ledger)
    assert floor.counts()["escalations:protection_review_due"] == 1
    assert conduct.standing(floor, caller).is_protected


def _quash(floor: Floor, caller: str, offence: str) -> None:
    conduct.quashed(floor, caller, offence)


def _erase(floor: Floor, caller: str, _offence: str) -> None:
    at = conduct.now(floor)
    floor.offences.erase(caller, floor.terms(), by="ops", why="asked", at=at, words_only=False)


def _waive(floor: Floor, caller: str, offence: str) -> None:
    at = conduct.now(floor)
    conduct.write(floor, caller, RemedyWaived(id="w", at=at, by="mona", offence=offence, letter_sent=False))


@pytest.mark.parametrize("settle", [_quash, _erase, _waive], ids=["quashed", "erased", "waived"])
def test_a_call_that_is_not_owed_any_more_is_called_off(floor: Floor, ledger: Ledger, settle: Any) -> None:
    offence, caller = upheld(floor)
    looked_after(floor, ledger)
    settle(floor, caller, offence)
    looked_after(floor, ledger)
    call = the_promise(floor, ledger, caller, offence)
    assert (call.state, call.because) == (State.CANCELLED, NOT_OWED)
    affairs.look_at_all(floor)
    looked_after(floor, ledger)
    assert len(list(ledger.all())) == 1


def _due(floor: Floor, ledger: Ledger) -> tuple[str, str, str]:
    offence, caller = upheld(floor)
    looked_after(floor, ledger)
    set_clock(floor, TUESDAY)
    floor.agents.set_status("mona", AgentState.AVAILABLE)
    call = the_promise(floor, ledger, caller, offence)
    now_in(ledger, call.id, State.DUE)
    return offence, caller, call.id


def test_quashed_at_the_last_moment_nobody_is_rung(floor: Floor, ledger: Ledger) -> None:
    offence, caller, call = _due(floor, ledger)
    conduct.quashed(floor, caller, offence)
    dialling.dial(floor, ledger, call)
    found = ledger.find(call)
    assert found
    assert (found.state, found.attempts) == (State.CANCELLED, ())


def test_quashed_while_the_speaker_is_briefed_the_customer_is_not_called(
    floor: Floor, ledger: Ledger
) -> None:
    offence, caller, call = _due(floor, ledger)
    dialling.dial(floor, ledger, call)
    found = ledger.find(call)
    assert found
    assert found.step is Step.OWNER_RINGING
    assert found.dialling
    leg = floor.legs.read(found.dialling.owner_leg)
    assert leg
    conduct.quashed(floor, caller, offence)
    assert speakers.joins(floor, ledger, leg) == Goodbye(Farewell.NOT_OWED)
    after = ledger.find(call)
    assert after
    assert after.state is State.CANCELLED


def test_who_wants_no_calls_is_written_to_and_the_letter_delivers(floor: Floor, ledger: Ledger) -> None:
    offence, caller = upheld(floor)
    looked_after(floor, ledger)
    call = the_promise(floor, ledger, caller, offence)
    other = booked(floor, ledger, kind=Kind.PROMISED, number=CALLER)
    tell(floor, ledger, other.id, Told(Result.REACHED, do_not_call=True), by="mona")
    looked_after(floor, ledger)
    assert the_promise(floor, ledger, caller, offence).state is State.LETTER_DUE
    assert [one.result for one in conduct.facts(floor, caller, FollowedUp)] == [FollowUp.DECLINED]
    endings.letter_sent(ledger, call.id, by="mona")
    looked_after(floor, ledger)
    assert conduct.standing(floor, caller).gate is None


@pytest.mark.parametrize("number", ["", "+18005550199"], ids=["no number", "one that is not dialled"])
def test_a_caller_who_cannot_be_called_is_owed_a_letter(floor: Floor, ledger: Ledger, number: str) -> None:
    offence, caller = upheld(floor, number=number)
    looked_after(floor, ledger)
    call = the_promise(floor, ledger, caller, offence)
    assert (call.state, call.due_at) == (State.LETTER_DUE, None)
    assert floor.counts()["escalations:letter_due"] == 1
    conduct.in_writing(ledger, call)
    looked_after(floor, ledger)
    assert conduct.standing(floor, caller).gate is None
    assert len(list(ledger.all())) == 1


def test_a_dispatcher_killed_before_it_noted_the_call_promises_no_second_one(
    floor: Floor, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    offence, caller = upheld(floor)
    with monkeypatch.context() as killed:
        killed.setattr(follow_ups, "_link", lambda *_: pytest.fail("killed"))
        with pytest.raises(pytest.fail.Exception):
            affairs.look(floor, ledger, caller)
    assert len(list(ledger.all())) == 1
    affairs.look(floor, ledger, caller)
    [call] = ledger.all()
    assert the_promise(floor, ledger, caller, offence) == call


def test_a_call_that_somebody_promised_by_hand_is_the_one_that_is_owed(floor: Floor, ledger: Ledger) -> None:
    wanted = Wanted(CALLER, Kind.FOLLOW_UP, "A refund.", owner="mona")
    by_hand = booking.book(floor, ledger, wanted, by="mona")
    offence, caller = upheld(floor)
    looked_after(floor, ledger)
    call = the_promise(floor, ledger, caller, offence)
    assert (call.id, call.offence, call.owed_to) == (by_hand.id, offence, caller)
    assert floor.deadlines.moment_of("callback", call.id) == call.due_at
    conduct.spoken_to(floor, ledger, call)
    looked_after(floor, ledger)
    assert conduct.standing(floor, caller).gate is None


def test_a_call_that_a_person_called_off_is_not_booked_again(floor: Floor, ledger: Ledger) -> None:
    offence, caller = upheld(floor)
    looked_after(floor, ledger)
    call = the_promise(floor, ledger, caller, offence)
    endings.cancel(ledger, call.id, by="mona", why="we meet him tomorrow")
    looked_after(floor, ledger)
    assert len(list(ledger.all())) == 1
    assert conduct.standing(floor, caller).gate is not None
    by_hand = booking.book(
        floor, ledger, Wanted(CALLER, Kind.FOLLOW_UP, "A refund.", owner="mona"), by="mona"
    )
    affairs.look(floor, ledger, caller)
    assert the_promise(floor, ledger, caller, offence).id == by_hand.id


def test_a_broken_ledger_is_looked_at_again_in_a_minute(floor: Floor, ledger: Ledger) -> None:
    _, caller = upheld(floor)
    key = floor.keys.ledger_contents
    saved = floor.store.run(lambda redis: redis.hgetall(key))
    floor.store.run(lambda redis: redis.hset(key, "2", "nonsense"))
    looked_after(floor, ledger)
    assert floor.counts()[affairs.BROKEN] == 1
    floor.store.run(lambda redis: redis.hset(key, mapping=saved))
    later(floor, seconds=61)
    looked_after(floor, ledger)
    assert len(list(ledger.all())) == 1
    again = floor.deadlines.moment_of(affairs.DEADLINE, caller)
    assert again is not None
    assert again > conduct.now(floor) + timedelta(days=1)


def test_the_customer_rings_in_first_and_that_conversation_delivers(floor: Floor, ledger: Ledger) -> None:
    offence, caller = upheld(floor)
    looked_after(floor, ledger)
    call = the_promise(floor, ledger, caller, offence)
    floor.agents.set_status("mona", AgentState.AVAILABLE)
    assert dialling.ring(floor, ledger, call, dialling.staff(floor)["mona"], inbound_call="CA1")
    for step in (Step.OWNER_READY, Step.TALKING):
        now = ledger.find(call.id)
        assert now
        assert now.dialling
        now_in(ledger, call.id, State.DIALLING, dialling=replace(now.dialling, step=step))
    reactions.customer_gone(floor, ledger, call.id, "CA1", how="completed", was_posted=True)
    looked_after(floor, ledger)
    assert conduct.standing(floor, caller).gate is not None, "what came of it is still to be told"
    tell(floor, ledger, call.id, Told(Result.REACHED, True), by="mona")
    looked_after(floor, ledger)
    assert conduct.standing(floor, caller).gate is None
    assert len(list(ledger.all())) == 1


def test_what_fails_does_not_keep_back_the_rest(
    floor: Floor, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, caller = upheld(floor)
    later(floor, seconds=10 * DAY)

    def fails(*_: object) -> None:
        raise ValueError("a fault of ours")

    monkeypatch.setattr(follow_ups, "look_after", fails)
    with pytest.raises(ValueError, match="a fault of ours"):
        affairs.look(floor, ledger, caller)
    assert floor.counts()["escalations:remedy_overdue"] == 1
    assert floor.counts()["escalations:notice_to_post"] == 1
