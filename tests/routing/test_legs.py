"""Legs: forward only, one CallSid each, every change told, and none forgotten that may ring."""

import json
import random
import threading
import time
from datetime import timedelta

import pytest

from routing.floor import Floor
from routing.rules.legs import MAY_BECOME, Ended, LegState, Role, UnknownStatus, status_of
from routing.store import legs as module
from routing.store.effects import Effect
from routing.store.keys import LEG_RECORD_S
from routing.store.legs import Leg, Look, Told, new_leg_id
from tests.twilio import CALLER, LINE, a_call_sid


def a_leg(**changes: object) -> Leg:
    """A leg to a customer of a promised call, but for the changes."""
    own: dict[str, object] = {
        "id": new_leg_id(),
        "role": Role.CUSTOMER,
        "purpose": "callback:cb1",
        "to": CALLER,
        "from_": LINE,
        "rings_s": 30,
        "priority": 2,
    }
    return Leg(**(own | changes))  # type: ignore[arg-type]


def intended(floor: Floor, **changes: object) -> Leg:
    leg = a_leg(**changes)
    floor.legs.intend(leg)
    return leg


def posted(floor: Floor, **changes: object) -> Leg:
    leg = intended(floor, **changes)
    assert floor.legs.post(leg.id, "one")
    return leg


def now(floor: Floor, leg: Leg) -> Leg:
    found = floor.legs.read(leg.id)
    assert found
    return found


def told(floor: Floor) -> list[tuple[str, str]]:
    """The effects so far: verb and target."""
    entries = floor.store.run(lambda redis: redis.xrange(floor.keys.effects))
    return [(fields["verb"], fields["target"]) for _, fields in entries]


def deadlines(floor: Floor) -> dict[str, float]:
    """Seconds from now by what is due."""
    found = floor.store.run(lambda redis: redis.zrange(floor.keys.deadlines, 0, -1, withscores=True))
    return {member: at / 1000 - time.time() for member, at in found}


@pytest.mark.parametrize("state", LegState)
def test_a_leg_goes_forward_only(floor: Floor, state: LegState) -> None:
    for after in set(LegState) - {LegState.INTENT}:
        leg = posted(floor)
        floor.store.run(lambda redis, leg=leg: redis.hset(floor.keys.leg(leg.id), "state", state))
        answer = floor.legs.change(leg.id, after)
        assert (answer is Told.CHANGED) == (after in MAY_BECOME[state]), after
        assert now(floor, leg).state is (after if after in MAY_BECOME[state] else state)


def test_a_leg_tells_what_was_written_and_when_it_changed(floor: Floor) -> None:
    leg = intended(floor, person="ann", data={"conference": "x"})
    assert now(floor, leg) == leg
    assert "0142" not in repr(leg)
    call = a_call_sid()
    floor.legs.post(leg.id, "one")
    for state in (LegState.POSTED, LegState.RINGING, LegState.ANSWERED, LegState.JOINED):
        assert floor.legs.change(leg.id, state, call_sid=call) is Told.CHANGED
    assert floor.legs.change(leg.id, LegState.ENDED, call_sid=call, how=Ended.COMPLETED) is Told.CHANGED
    found = now(floor, leg)
    assert (found.call_sid, found.how) == (call, "completed")
    moments = [found.posted, found.ringing, found.answered, found.joined, found.ended]
    assert all(moments)
    assert moments == sorted(moments, key=lambda at: at or 0)  # type: ignore[arg-type, return-value]
    assert told(floor) == [("leg_changed", leg.id)] * 5
    ttl = floor.store.run(lambda redis: redis.ttl(floor.keys.leg(leg.id)))
    assert 0 < ttl <= LEG_RECORD_S


def test_the_first_call_of_a_leg_is_its_only_one(floor: Floor) -> None:
    leg, other = posted(floor), posted(floor)
    first, second = a_call_sid(), a_call_sid()
    assert floor.legs.change(leg.id, LegState.RINGING, call_sid=first) is Told.CHANGED
    assert floor.legs.change(leg.id, LegState.ANSWERED, call_sid=second) is Told.OTHER
    assert floor.legs.change(other.id, LegState.RINGING, call_sid=first) is Told.OTHER
    assert not Told.OTHER.is_ours
    assert floor.legs.leg_of(first) == leg.id
    assert floor.legs.leg_of(second) == ""
    assert now(floor, leg).state is LegState.RINGING
    assert [one.id for one in floor.legs.without_call()] == [other.id]


def test_one_of_many_posts_a_leg_and_a_repeat_of_it_is_told_the_same(floor: Floor) -> None:
    leg = intended(floor)
    won: list[str] = []
    start = threading.Barrier(8)

    def post(by: str) -> None:
        start.wait()
        if floor.legs.post(leg.id, by):
            won.append(by)

    threads = [threading.Thread(target=post, args=(f"by{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [winner] = won
    assert floor.legs.post(leg.id, winner)
    assert not floor.legs.post(leg.id, "late")
    assert told(floor) == [], "nobody is told before Twilio has taken it"


def test_what_twilio_did_not_take_may_be_posted_again_by_whoever_posted_it(floor: Floor) -> None:
    leg = posted(floor)
    assert not floor.legs.take_back(leg.id, "another")
    assert floor.legs.take_back(leg.id, "one")
    assert now(floor, leg) == leg
    assert floor.legs.without_call() == []
    assert deadlines(floor)[f"leg:{leg.id}"] > 80, "nobody may come to post it"
    assert floor.legs.post(leg.id, "two")
    floor.legs.change(leg.id, LegState.POSTED, call_sid=a_call_sid())
    assert not floor.legs.take_back(leg.id, "two"), "its call is there"


def test_a_posted_leg_without_a_call_is_looked_for_given_up_and_kept_for_a_person(floor: Floor) -> None:
    leg = posted(floor)
    assert 9 < deadlines(floor)[f"leg:{leg.id}"] <= 10.1
    for seconds in (5, 15, 30):
        assert floor.legs.look_again(leg.id) is Look.AGAIN
        assert seconds - 1 < deadlines(floor)[f"leg:{leg.id}"] <= seconds + 0.1
        assert not now(floor, leg).is_given_up
    assert floor.legs.look_again(leg.id) is Look.GIVEN_UP
    found = now(floor, leg)
    assert (found.state, found.is_given_up) == (LegState.UNCONFIRMED, True)
    assert told(floor) == [("leg_changed", leg.id)] * 2, "when it became uncertain, and when it stays so"
    assert floor.store.run(lambda redis: redis.ttl(floor.keys.leg(leg.id))) == -1
    assert [one.id for one in floor.legs.unconfirmed()] == [leg.id]
    assert floor.legs.look_again(leg.id) is Look.KNOWN
    assert not floor.legs.post(leg.id, "one")
    assert not floor.legs.post(leg.id, "two")
    floor.legs.change(leg.id, LegState.ENDED, how=Ended.LOST)
    assert floor.legs.unconfirmed() == []
    assert floor.store.run(lambda redis: redis.ttl(floor.keys.leg(leg.id))) > 0


def test_an_event_after_all_confirms_a_leg_that_was_given_up(floor: Floor) -> None:
    leg = posted(floor)
    while floor.legs.look_again(leg.id) is Look.AGAIN:
        pass
    assert floor.legs.change(leg.id, LegState.RINGING, call_sid=a_call_sid()) is Told.CHANGED
    assert now(floor, leg).state is LegState.RINGING
    assert floor.legs.unconfirmed() == []


def test_a_lost_reply_after_an_event_loses_nothing(floor: Floor) -> None:
    leg = posted(floor)
    floor.legs.change(leg.id, LegState.POSTED, call_sid=a_call_sid())
    assert floor.legs.change(leg.id, LegState.UNCONFIRMED) is Told.UNCHANGED
    assert now(floor, leg).state is LegState.POSTED


def test_ending_what_was_not_posted_ends_it_and_it_is_never_posted(floor: Floor) -> None:
    leg = intended(floor)
    assert floor.legs.end(leg.id) == (LegState.ENDED, "")
    assert not floor.legs.post(leg.id, "one")
    assert (now(floor, leg).state, now(floor, leg).how) == (LegState.ENDED, "cancelled")
    assert told(floor) == [("leg_changed", leg.id)]
    assert floor.legs.end("lg-of-nobody") == (LegState.ENDED, "")


def test_ending_what_has_no_call_yet_hangs_it_up_when_it_has(floor: Floor) -> None:
    leg, call = posted(floor), a_call_sid()
    assert floor.legs.end(leg.id) == (LegState.POSTED, "")
    floor.legs.change(leg.id, LegState.RINGING, call_sid=call)
    assert ("end", call) in told(floor)
    assert floor.legs.end(leg.id) == (LegState.RINGING, call)
    taken_back = posted(floor)
    floor.legs.end(taken_back.id)
    assert not floor.legs.take_back(taken_back.id, "one")
    assert now(floor, taken_back).state is LegState.ENDED


def test_a_call_that_comes_to_light_after_the_end_of_its_leg_is_hung_up(floor: Floor) -> None:
    leg, call = posted(floor), a_call_sid()
    floor.legs.change(leg.id, LegState.ENDED, how=Ended.LOST)
    floor.legs.change(leg.id, LegState.RINGING, call_sid=call)
    assert ("end", call) in told(floor)
    assert now(floor, leg).state is LegState.ENDED


def test_a_change_of_a_leg_that_nobody_knows_changes_nothing(floor: Floor) -> None:
    call = a_call_sid()
    assert floor.legs.change("lg-of-nobody", LegState.RINGING, call_sid=call) is Told.UNKNOWN
    assert floor.legs.leg_of(call) == ""
    assert floor.legs.read("lg-of-nobody") is None


def test_events_in_any_order_and_number_come_to_the_same_end(floor: Floor) -> None:
    events = [("initiated", None), ("ringing", None), ("in-progress", None), ("completed", None)]
    words = [word for word, _ in events]
    for seed in range(40):
        chance = random.Random(seed)
        mixed = chance.sample(words * 3, 12)
        leg, call = posted(floor), a_call_sid()
        for word in mixed:
            status = status_of(word)
            floor.legs.change(leg.id, status.state, call_sid=call, how=status.how)
        found = now(floor, leg)
        assert (found.state, found.how, found.call_sid) == (LegState.ENDED, "completed", call), mixed


def test_a_word_of_twilios_that_we_do_not_know_fails_loudly() -> None:
    with pytest.raises(UnknownStatus, match="'on-the-moon'"):
        status_of("on-the-moon")


def test_what_is_told_is_told_for_an_hour(floor: Floor) -> None:
    leg = posted(floor)
    floor.legs.change(leg.id, LegState.RINGING, call_sid=a_call_sid())
    [(_, fields)] = floor.store.run(lambda redis: redis.xrange(floor.keys.effects))
    assert json.loads(fields["data"]) == {}
    assert 3_590 < float(fields["deadline_ms"]) / 1000 - time.time() <= 3_600


def test_an_intent_is_looked_at_when_nobody_posts_it(floor: Floor) -> None:
    leg = intended(floor)
    assert 88 < deadlines(floor)[f"leg:{leg.id}"] <= module.POSTED_WITHIN.total_seconds()
    soon = a_leg()
    floor.legs.intend(soon, within=timedelta(seconds=5))
    assert deadlines(floor)[f"leg:{soon.id}"] <= 5


def test_an_effect_of_a_leg_is_one_that_dispatchers_take(floor: Floor) -> None:
    leg = posted(floor)
    floor.legs.change(leg.id, LegState.RINGING, call_sid=a_call_sid())
    [effect] = floor.effects.take("one", 5)
    assert isinstance(effect, Effect)
    assert (effect.verb, effect.target) == ("leg_changed", leg.id)
