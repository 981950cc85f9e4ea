"""A caller whose agent has gone is connected to the next one; the first has no more to do with it."""

import pytest

from routing.floor import Floor
from routing.rules.agent_states import AgentState
from routing.store.conversations import Said
from tests.routing.live_floor import LiveFloor


@pytest.fixture
def live(floor: Floor) -> LiveFloor:
    return LiveFloor(floor)


def leaves(live: LiveFloor, sid: str) -> None:
    live.floor.offers.end(live.offer(sid), "completed", missed=True)


def test_the_caller_is_sent_after_the_next_agent_too(live: LiveFloor) -> None:
    live.agent("ana")
    sid = live.call()
    assert live.talks(sid) == "ana"
    leaves(live, sid)
    live.agent("ben")
    live.stays(sid)
    assert live.accepts(sid)
    sent = [target for verb, target in live.effects() if verb == "redirect"]
    assert sent == [sid] * 3, "to ana, to hear that she has gone, to ben"


def test_who_has_left_does_nothing_to_a_call_that_its_owner_took(live: LiveFloor) -> None:
    live.agent("ana")
    sid = live.call()
    live.talks(sid)
    leaves(live, sid)
    live.stays(sid)
    assert live.floor.calls.talk(sid)
    for act in (live.floor.conversations.finish, live.floor.conversations.hold):
        assert act(sid, "ana") is Said.NOT_YOURS
    assert live.state(sid) == "talking"
    assert live.status("ana") is AgentState.WRAP_UP
