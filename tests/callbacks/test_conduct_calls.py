"""What a call tells the conduct ledger: a specialist took it, the written channel was offered."""

from pathlib import Path
from typing import Any

import pytest

from callbacks import conduct_calls
from config.settings import Settings
from routing import messages
from routing.floor import Floor, open_patient_floor
from routing.rules.conduct_events import Fact, Linked, SpecialistTookCall, WritingOffered
from routing.store.effects import Effect, NotYet, Verb
from routing.store.on_disk import OnDisk
from routing.telephone import Telephone
from tests.callbacks.conduct import facts, now, standing, write
from tests.ivr.voice.scenes import another_call, later, set_clock
from tests.routing.crowded_floor import LiveFloor
from tests.routing.ringing import ringing
from tests.routing.stories import at_stage, on, upheld
from tests.twilio import CALLER, LINE, Twilio

STAGE_2 = [*at_stage(1), *upheld("o2", 10)]
STAGE_3 = [*at_stage(2), *upheld("o3", 20)]


@pytest.fixture(autouse=True)
def _without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OnDisk, "wait", lambda *_: None)


def a_caller(floor: Floor, story: list[Fact]) -> str:
    """In the ledger under the number of the tests; a day after the last verdict."""
    write(floor, "c1", Linked(id="l1", at=on(0), by="tests", address=CALLER))
    for fact in story:
        write(floor, "c1", fact)
    set_clock(floor, on(11 if story is STAGE_2 else 22))
    return "c1"


def due(floor: Floor, kind: str) -> list[str]:
    return [one.id for one in floor.deadlines.claim_due(50, 1_000) if one.kind == kind]


def the_messages(floor: Floor) -> list[Effect]:
    return [one for one in floor.effects.take("tests", 50) if one.verb == Verb.MESSAGE]


def test_a_specialist_who_takes_a_call_delivers_stage_two_s_remedy(twilio: Twilio, floor: Floor) -> None:
    caller = a_caller(floor, STAGE_2)
    assert twilio.calls().queue == "specialist"
    for _ in range(2):
        conduct_calls.specialist_took(floor, twilio.call_sid)
    [told] = facts(floor, caller, SpecialistTookCall)
    assert told.call == twilio.call_sid
    assert standing(floor, caller).gate is None
    write_third(floor, caller)
    assert standing(floor, caller).stage == 3


def write_third(floor: Floor, caller: str) -> None:
    later(floor, days=2)
    day = (now(floor) - on(0)).total_seconds() / 86400
    for fact in upheld("o3", day):
        write(floor, caller, fact)


def test_a_caller_who_is_joined_to_a_specialist_is_told_of_and_no_other(settings: Settings) -> None:
    live = LiveFloor(open_patient_floor(settings))
    live.agent(skills={"specialist": 1, "general": 1}, certified=True)
    sid = live.comes("specialist")
    live.talks(sid)
    assert due(live.floor, conduct_calls.SPECIALIST_CALL) == [sid]
    live.agent("bo")
    other = live.comes()
    live.talks(other)
    assert due(live.floor, conduct_calls.SPECIALIST_CALL) == []


def test_the_heard_message_delivers_stage_three_s_remedy_and_the_address_follows(
    twilio: Twilio, floor: Floor
) -> None:
    caller = a_caller(floor, STAGE_3)
    twilio.presses(twilio.calls(), "")
    assert due(floor, conduct_calls.WRITING_OFFERED) == [twilio.call_sid]
    for _ in range(2):
        conduct_calls.writing_was_offered(floor, twilio.call_sid)
    assert len(facts(floor, caller, WritingOffered)) == 1
    assert standing(floor, caller).gate is None
    [effect] = the_messages(floor)
    message = floor.messages.claim(effect.target)
    assert message
    assert (message.to, message.from_) == (CALLER, LINE)
    assert "support@example.com" in message.body
    assert floor.messages.claim(effect.target) is None, "somebody is sending it"


@pytest.mark.parametrize("key", ["2", "0"], ids=["somebody else", "urgent"])
def test_who_leaves_the_message_by_a_key_was_not_offered_anything(
    twilio: Twilio, floor: Floor, key: str
) -> None:
    a_caller(floor, STAGE_3)
    twilio.presses(twilio.calls(), key)
    assert due(floor, conduct_calls.WRITING_OFFERED) == []


def test_the_address_is_sent_once_a_day(twilio: Twilio, floor: Floor) -> None:
    a_caller(floor, STAGE_3)
    for call in (twilio, another_call(twilio)):
        call.presses(call.calls(), "")
        conduct_calls.writing_was_offered(floor, call.call_sid)
    assert len(the_messages(floor)) == 1
    later(floor, days=1)
    call = another_call(twilio)
    call.presses(call.calls(), "")
    conduct_calls.writing_was_offered(floor, call.call_sid)
    assert len(floor.effects.take("tests", 50)) >= 1


def test_of_a_caller_whom_the_ledger_does_not_know_nothing_is_told(twilio: Twilio, floor: Floor) -> None:
    twilio.calls()
    conduct_calls.specialist_took(floor, twilio.call_sid)
    conduct_calls.specialist_took(floor, "CA" + "0" * 32)
    assert floor.offences.dossiers.caller_of(CALLER) == ""


def test_a_number_that_may_be_somebody_else_s_tells_nothing(twilio: Twilio, floor: Floor) -> None:
    caller = a_caller(floor, STAGE_2)
    failed = another_call(twilio)
    failed.calls(StirVerstat="TN-Validation-Failed-A")
    conduct_calls.specialist_took(floor, failed.call_sid)
    assert facts(floor, caller, SpecialistTookCall) == []


def test_a_broken_ledger_is_told_a_minute_later(twilio: Twilio, floor: Floor) -> None:
    caller = a_caller(floor, STAGE_2)
    twilio.calls()
    key = floor.keys.ledger_contents
    saved = floor.store.run(lambda redis: redis.hgetall(key))
    floor.store.run(lambda redis: redis.hset(key, "2", "nonsense"))
    conduct_calls.specialist_took(floor, twilio.call_sid)
    assert floor.counts()[conduct_calls.LATER] == 1
    floor.store.run(lambda redis: redis.hset(key, mapping=saved))
    later(floor, seconds=61)
    assert twilio.call_sid in due(floor, conduct_calls.SPECIALIST_CALL)
    conduct_calls.specialist_took(floor, twilio.call_sid)
    assert len(facts(floor, caller, SpecialistTookCall)) == 1


@pytest.mark.parametrize(
    ("fault", "sent", "is_repeated"),
    [("", 1, False), ("429", 0, True), ("500_after", 1, False), ("lost_reply", 1, False)],
)
def test_a_message_is_sent_at_most_once(
    settings: Settings, tmp_path: Path, fault: Any, sent: int, is_repeated: bool
) -> None:
    with ringing(settings, tmp_path) as here:
        here.floor.messages.write_once("m1", CALLER, LINE, "please write to us")
        if fault:
            here.lab.faults.next(fault)
        effect = Effect("1-1", "message", "m1", {}, 0)
        telephone: Telephone = here.telephone
        if is_repeated:
            with pytest.raises(NotYet):
                messages.send(here.floor, telephone, effect)
            messages.send(here.floor, telephone, effect)
            sent += 1
        else:
            messages.send(here.floor, telephone, effect)
            messages.send(here.floor, telephone, effect)
        assert len(here.lab.network.messages) == sent
