"""Long waits to their end: the slow queue, overflow with its offers, and who gives up."""

from pathlib import Path
from typing import Any

import pytest

from config.settings import Settings
from routing import offers
from routing.floor import Floor
from routing.rules.agent_states import AgentState
from routing.store.line_ups import ELIGIBLE
from tests.ivr.voice.scenes import (
    another_call,
    at_config,
    ends,
    in_queue,
    later,
    presses_while_waiting,
    treat,
)
from tests.routing.on_duty import comes_in, offer_of, talks
from tests.twilio import Twilio

NEXT = "Thank you for waiting. You are next."
SLOW = "Thank you for waiting. Your wait is longer than usual, and your call keeps its place."
URGENT_OFFER = "If this is urgent, press 0."
ALL_BUSY = "All our advisers are still busy"
SPECIALISTS = {"skills": {"specialist": 1}, "certified": True}


def eligible_is_due(floor: Floor, call: Twilio) -> bool:
    """As the dispatcher finds it; then done."""
    due = floor.deadlines.claim_due(20, 1000)
    mine = [one for one in due if (one.kind, one.id) == (ELIGIBLE, call.call_sid)]
    for one in mine:
        floor.line_ups.is_eligible(one.id)
        floor.deadlines.finish(one)
    return bool(mine)


def in_line(floor: Floor, skill_set: str) -> list[str]:
    """Who stands in a line-up, the first first."""
    return list(floor.store.client.zrange(floor.keys.line_up(skill_set), 0, -1))


def given_up(floor: Floor) -> list[dict[str, str]]:
    return [fields for _, fields in floor.store.client.xrange(floor.keys.abandoned)]


def figures(floor: Floor) -> dict[str, int]:
    """All that was counted, whatever the hour."""
    counted: dict[str, int] = {}
    for key in floor.store.client.scan_iter(floor.keys.figures("*")):
        for name, count in floor.store.client.hgetall(key).items():
            counted[name] = counted.get(name, 0) + int(count)
    return counted


def test_a_slow_caller_is_offered_to_nobody_before_the_least_wait_and_served_then(
    twilio: Twilio, floor: Floor
) -> None:
    comes_in(floor)
    treat(floor, "slow_queue")
    queued = twilio.calls()
    for _ in range(29):
        later(floor, seconds=20)
        assert twilio.waits(queued).says == [SLOW, URGENT_OFFER]
    later(floor, seconds=19)
    assert not eligible_is_due(floor, twilio)
    assert not offer_of(floor, twilio)
    later(floor, seconds=1)
    assert eligible_is_due(floor, twilio)
    assert offer_of(floor, twilio), "ten minutes are over: the free agent is rung"


def test_whoever_came_later_is_served_before_a_slow_caller_and_not_for_ever(
    twilio: Twilio, floor: Floor
) -> None:
    treat(floor, "slow_queue")
    slow, early = twilio, another_call(twilio, caller="+12125570001")
    slow.calls()
    later(floor, minutes=9)
    in_queue(early)
    later(floor, minutes=2)
    eligible_is_due(floor, slow)
    late = another_call(twilio, caller="+12125570002")
    in_queue(late)
    comes_in(floor)
    assert offer_of(floor, early)
    assert not offer_of(floor, slow)
    talks(floor, early)
    ends(early)
    later(floor, minutes=1)
    floor.conversations.end_wrap_up("ana")
    assert offer_of(floor, slow), "it counts as if it had come ten minutes later than it did"
    assert not offer_of(floor, late)


@pytest.mark.parametrize(("ceiling_s", "offered_after_s"), [(3600, 600), (300, 300)])
def test_the_least_wait_is_never_longer_than_its_ceiling(
    settings: Settings, tmp_path: Path, floor: Floor, ceiling_s: int, offered_after_s: int
) -> None:
    ceiling = ("max_wait_ceiling_s: 3600", f"max_wait_ceiling_s: {ceiling_s}")
    call = at_config(settings, tmp_path, ceiling)
    comes_in(floor)
    treat(floor, "slow_queue")
    call.calls()
    later(floor, seconds=offered_after_s - 1)
    assert not eligible_is_due(floor, call)
    later(floor, seconds=1)
    assert eligible_is_due(floor, call)
    assert offer_of(floor, call)


def test_a_slow_caller_whom_nobody_could_take_hears_that_all_are_busy(twilio: Twilio, floor: Floor) -> None:
    treat(floor, "slow_queue")
    queued = twilio.calls()
    later(floor, seconds=3599)
    assert twilio.waits(queued).says == [SLOW, URGENT_OFFER]
    later(floor, seconds=1)
    assert twilio.waits(queued).verbs == ["Leave"]
    assert twilio.leaves(queued).says[0].startswith(ALL_BUSY)


def test_the_urgent_key_leads_a_slow_caller_out_before_the_least_wait(twilio: Twilio, floor: Floor) -> None:
    comes_in(floor, skills={"team_leader": 1})
    treat(floor, "slow_queue")
    queued = twilio.calls()
    presses_while_waiting(twilio, twilio.waits(queued), "0")
    assert twilio.leaves(queued).queue == "team_leader"
    assert offer_of(floor, twilio)


def test_the_sixth_slow_caller_is_last_in_the_normal_queue_and_may_be_offered_at_once(
    twilio: Twilio, floor: Floor
) -> None:
    other = another_call(twilio, caller="+12125570001")
    in_queue(other)
    treat(floor, "slow_queue")
    callers = [another_call(twilio) for _ in range(6)]
    for call in callers:
        later(floor, milliseconds=5)
        call.calls()
    assert in_line(floor, "general.en") == [other.call_sid, callers[-1].call_sid]
    assert in_line(floor, "slow.en") == []


def test_an_overflow_keeps_the_rank_and_takes_the_other_queues_skill_and_limit(
    twilio: Twilio, floor: Floor
) -> None:
    treat(floor, "team_leader")
    first = twilio.calls()
    began = floor.conversations.of(twilio.call_sid)["waiting_since_ms"]
    other = another_call(twilio, caller="+12125570001")
    later(floor, seconds=60)
    in_queue(other)
    later(floor, seconds=60)
    twilio.waits(first)
    second = twilio.leaves(first)
    record = floor.conversations.of(twilio.call_sid)
    assert (record["skill_set"], record["rank_ms"], record["waiting_since_ms"]) == (
        "general.en",
        began,
        began,
    )
    assert in_line(floor, "team_leader.en") == []
    assert in_line(floor, "general.en") == [twilio.call_sid, other.call_sid]
    later(floor, seconds=1799)
    assert twilio.waits(second).verbs == ["Gather"]
    later(floor, seconds=1)
    assert twilio.waits(second).verbs == ["Leave"]


def test_whom_an_agent_is_rung_for_is_not_sent_on_when_the_wait_is_over(twilio: Twilio, floor: Floor) -> None:
    comes_in(floor)
    queued = in_queue(twilio)
    later(floor, seconds=1800)
    assert twilio.waits(queued).says[0] == NEXT
    floor.agents.set_status("ana", AgentState.BREAK)
    offers.end(floor, offer_of(floor, twilio), offers.DECLINED)
    assert twilio.waits(queued).verbs == ["Leave"]
    assert twilio.leaves(queued).says[0].startswith(ALL_BUSY)


def test_an_agent_who_is_rung_between_two_documents_keeps_the_caller(twilio: Twilio, floor: Floor) -> None:
    queued = in_queue(twilio)
    later(floor, seconds=1800)
    assert twilio.waits(queued).verbs == ["Leave"]
    comes_in(floor)
    assert twilio.leaves(queued).queue == "general"
    assert talks(floor, twilio)


def test_who_gives_up_is_written_down_with_the_wait(twilio: Twilio, floor: Floor) -> None:
    queued = in_queue(twilio)
    later(floor, seconds=42)
    twilio.leaves(queued, "hangup")
    ends(twilio)
    (gone,) = given_up(floor)
    assert (gone["call"], gone["queue"]) == (twilio.call_sid, "general")
    assert 42_000 <= int(gone["waited_ms"]) < 44_000
    assert figures(floor) == {"abandoned:general": 1}


def test_who_hangs_up_at_once_did_not_wait(twilio: Twilio, floor: Floor) -> None:
    in_queue(twilio)
    later(floor, seconds=2)
    ends(twilio)
    assert figures(floor) == {"short:general": 1}


def test_who_gives_up_while_an_agent_is_rung_frees_the_agent_at_once(twilio: Twilio, floor: Floor) -> None:
    comes_in(floor)
    in_queue(twilio)
    waiting = another_call(twilio, caller="+12125570001")
    offer = offer_of(floor, twilio)
    in_queue(waiting)
    later(floor, seconds=8)
    ends(twilio)
    found = floor.offers.find(offer)
    assert found is not None
    assert (found.state, found.how) == ("over", "caller_gone")
    assert offer_of(floor, waiting), "and he is offered the next caller, nothing missed"
    assert figures(floor) == {"abandoned:general": 1}


def test_who_gives_up_after_an_overflow_has_waited_in_both_queues(twilio: Twilio, floor: Floor) -> None:
    treat(floor, "team_leader")
    first = twilio.calls()
    later(floor, seconds=120)
    twilio.waits(first)
    second = twilio.leaves(first)
    assert second.queue == "general"
    later(floor, seconds=30)
    ends(twilio)
    (gone,) = given_up(floor)
    assert gone["queue"] == "general"
    assert 150_000 <= int(gone["waited_ms"]) < 153_000
    assert figures(floor) == {"abandoned:general": 1}


def test_who_hangs_up_while_talking_has_not_given_up(twilio: Twilio, floor: Floor) -> None:
    comes_in(floor)
    in_queue(twilio)
    talks(floor, twilio)
    ends(twilio)
    assert given_up(floor) == []
    assert figures(floor)["answered:general"] == 1


def test_a_certified_agent_is_rung_for_a_specialists_call(twilio: Twilio, floor: Floor) -> None:
    treat(floor, "specialist")
    comes_in(floor, "ben", phone="+12125560002")
    special: dict[str, Any] = SPECIALISTS
    comes_in(floor, **special)
    twilio.calls()
    found = floor.offers.find(offer_of(floor, twilio))
    assert found is not None
    assert found.agent == "ana"
