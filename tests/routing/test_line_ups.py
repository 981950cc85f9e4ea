"""Who is offered to whom: the first of all who may be, to the best of all who are free."""

import pytest

from config.settings import Settings
from routing.floor import Floor, open_patient_floor
from routing.rules.agent_states import AgentState
from routing.rules.selection import Serves
from tests.routing.crowded_floor import LiveFloor, with_conduct

AVAILABLE, BREAK, RESERVED, WRAP_UP = (
    AgentState.AVAILABLE,
    AgentState.BREAK,
    AgentState.RESERVED,
    AgentState.WRAP_UP,
)
SPECIALIST = {"skills": {"specialist": 1, "general": 1}, "certified": True}


@pytest.fixture
def live(settings: Settings) -> LiveFloor:
    return LiveFloor(open_patient_floor(settings))


def test_an_agent_who_comes_free_is_offered_the_first_caller(live: LiveFloor) -> None:
    first, second = live.comes(), live.comes()
    live.agent()
    assert (live.rung_for(first), live.rung_for(second)) == ("ana", "")
    assert live.status() is RESERVED
    offer = live.offer(first)
    assert [(verb, target) for verb, target, _ in live.effects("create")] == [("create", offer.leg)]
    leg = live.floor.legs.read(offer.leg)
    assert leg is not None
    assert (leg.person, leg.purpose, leg.rings_s) == ("ana", f"offer:{offer.id}", 20)


def test_a_softphone_rings_for_ten_seconds(live: LiveFloor) -> None:
    live.agent(phone="client:ana")
    leg = live.floor.legs.read(live.offer(live.comes()).leg)
    assert leg is not None
    assert (leg.to, leg.rings_s) == ("client:ana", 10)


def test_a_caller_who_comes_is_offered_to_the_highest_level(live: LiveFloor) -> None:
    live.agent("low", skills={"general": 1})
    live.agent("high", skills={"general": 9})
    live.agent("middle", skills={"general": 5})
    assert [live.rung_for(live.comes()) for _ in range(4)] == ["high", "middle", "low", ""]


def test_among_equals_the_longest_idle_is_rung(live: LiveFloor) -> None:
    for name in ("zoe", "ana", "max"):
        live.agent(name)
        live.passes(1)
    live.chooses("zoe", BREAK)
    live.chooses("zoe", AVAILABLE)
    assert [live.rung_for(live.comes()) for _ in range(3)] == ["ana", "max", "zoe"]


def test_asking_again_to_be_available_costs_nobody_his_turn(live: LiveFloor) -> None:
    for name in ("zoe", "ana"):
        live.agent(name)
        live.passes(1)
    live.chooses("zoe", AVAILABLE)
    assert live.rung_for(live.comes()) == "zoe"


def test_only_who_speaks_the_caller_s_language_is_rung(live: LiveFloor) -> None:
    live.agent("ana", languages=("en",))
    spanish = live.comes(language="es")
    assert live.rung_for(spanish) == ""
    live.agent("eva", languages=("es",))
    assert live.rung_for(spanish) == "eva"
    assert live.rung_for(live.comes()) == "ana"


def test_only_certified_agents_get_specialist_calls(live: LiveFloor) -> None:
    live.agent("ana", skills={"specialist": 9, "general": 1})
    special = live.comes("specialist")
    assert live.rung_for(special) == ""
    live.agent("cora", **SPECIALIST)
    assert live.rung_for(special) == "cora"


def test_a_head_start_counts_as_waiting(live: LiveFloor) -> None:
    general = live.comes()
    live.passes(599)
    leader = live.comes("team_leader")
    live.passes(1)
    urgent = live.comes("urgent")
    live.agent("ana", skills=dict.fromkeys(("general", "team_leader", "urgent"), 1))
    order = []
    for _ in range(3):
        sid = next(sid for sid in (general, leader, urgent) if live.rung_for(sid))
        order.append(sid)
        live.hangs_up(sid)
    assert order == [urgent, leader, general]


def test_who_has_waited_longer_than_the_head_start_comes_first(live: LiveFloor) -> None:
    general = live.comes()
    live.passes(3601)
    urgent = live.comes("urgent")
    live.agent("ana", skills={"general": 1, "urgent": 9})
    assert (live.rung_for(general), live.rung_for(urgent)) == ("ana", "")


def test_nobody_starves_however_many_urgent_callers_come(live: LiveFloor) -> None:
    general = live.comes()
    live.agent("ana", skills={"general": 1, "urgent": 1}, is_on_duty=False)
    coming = [live.comes("urgent")]
    live.chooses("ana", AVAILABLE)
    while not live.rung_for(general):
        live.passes(100)
        coming.append(live.comes("urgent"))
        live.hangs_up(coming.pop(0))
        assert len(coming) == 1
        assert live.now_ms - int(live.call(general)["waiting_since_ms"]) < 3_900_000
    assert live.rung_for(general) == "ana"


def test_a_slow_caller_is_offered_to_nobody_before_his_time(live: LiveFloor) -> None:
    live.agent()
    slow = live.comes("slow")
    live.passes(599)
    assert live.rung_for(slow) == ""
    live.passes(2)
    assert live.rung_for(slow) == "ana"


def test_a_slow_caller_stands_behind_all_who_came_before_his_time_was_over(live: LiveFloor) -> None:
    slow = live.comes("slow")
    live.passes(300)
    general = live.comes()
    live.passes(301)
    late = live.comes()
    live.agent()
    assert live.rung_for(general) == "ana"
    live.hangs_up(general)
    assert (live.rung_for(slow), live.rung_for(late)) == ("ana", "")


def test_a_slow_caller_who_hangs_up_before_his_time_leaves_nothing(live: LiveFloor) -> None:
    slow = live.comes("slow")
    live.hangs_up(slow)
    assert live.standing_about() == []


def test_who_has_taken_two_specialist_calls_is_spared_them_for_a_while(live: LiveFloor) -> None:
    live.agent("cora", **SPECIALIST)
    for _ in range(2):
        has_a_conversation(live, live.comes("specialist"), "cora")
    special = live.comes("specialist")
    general = live.comes()
    assert (live.rung_for(special), live.rung_for(general)) == ("", "cora")
    live.hangs_up(general)
    live.passes(14 * 60)
    assert live.rung_for(special) == "", "the pause is a quarter of an hour"
    live.passes(61)
    assert live.rung_for(special) == "cora"


def test_a_normal_call_between_two_specialist_calls_counts_as_rest(live: LiveFloor) -> None:
    live.agent("cora", **SPECIALIST)
    for queue in ("specialist", "general", "specialist"):
        has_a_conversation(live, live.comes(queue), "cora")
    assert live.rung_for(live.comes("specialist")) == "cora"


def test_how_many_specialist_calls_is_the_policy_s_number(floor: Floor) -> None:
    live = LiveFloor(floor, with_conduct(specialist_calls_in_a_row=1))
    live.agent("cora", **SPECIALIST)
    has_a_conversation(live, live.comes("specialist"), "cora")
    assert live.rung_for(live.comes("specialist")) == ""


def has_a_conversation(live: LiveFloor, sid: str, name: str) -> None:
    assert live.talks(sid).agent == name
    live.hangs_up(sid)
    live.floor.conversations.write_up(sid, name, {}, logged={}, keep_log_ms=1)


def test_a_requested_callback_keeps_its_place_among_the_callers(live: LiveFloor) -> None:
    first = live.comes()
    rank = live.now_ms + 1
    live.passes(1)
    live.comes()
    live.floor.line_ups.enter("cb1", "general.en", rank)
    live.floor.line_ups.enter("cb1", "general.en", rank)
    live.agent()
    assert live.rung_for(first) == "ana"
    live.hangs_up(first)
    assert live.effects("ring_for") == [("ring_for", "cb1", {"agent": "ana"})]
    now = live.floor.agents.read("ana")
    assert (now.status, now.offer) == (RESERVED, "cb1")
    assert live.floor.agents.release("ana", "cb1")
    assert live.floor.agents.read("ana").offer.startswith("of"), "the next caller's turn"


def test_a_callback_that_gave_up_its_place_is_offered_to_nobody(live: LiveFloor) -> None:
    live.floor.line_ups.enter("cb1", "general.en", live.now_ms)
    live.floor.line_ups.leave("cb1", "general.en")
    live.agent()
    assert live.status() is AVAILABLE
    assert live.effects("ring_for") == []


def test_an_agent_who_is_kept_for_a_promised_call_is_offered_nobody(live: LiveFloor) -> None:
    live.agent()
    assert live.floor.agents.reserve("ana", "attempt-1")
    sid = live.comes()
    assert live.rung_for(sid) == ""
    live.floor.agents.release("ana", "attempt-1")
    assert live.rung_for(sid) == "ana"


@pytest.mark.parametrize("status", [BREAK, AgentState.OFFLINE])
def test_who_is_not_available_is_offered_nobody(live: LiveFloor, status: AgentState) -> None:
    live.agent()
    live.chooses("ana", status)
    sid = live.comes()
    assert live.rung_for(sid) == ""
    live.chooses("ana", AVAILABLE)
    assert live.rung_for(sid) == "ana"


def test_a_disabled_agent_is_offered_nobody(live: LiveFloor) -> None:
    live.agent()
    live.floor.people.disable("ana", by="tests", at=live.floor.clock.now(live.floor.store))
    sid = live.comes()
    assert live.rung_for(sid) == ""
    assert live.status() is AgentState.OFFLINE
    live.hangs_up(sid)
    assert live.standing_about() == []


def test_an_agent_who_is_disabled_while_offered_is_offline_after_it(live: LiveFloor) -> None:
    live.agent()
    sid = live.comes()
    live.floor.people.disable("ana", by="tests", at=live.floor.clock.now(live.floor.store))
    assert live.status() is RESERVED
    live.does_not_answer(sid)
    assert (live.status(), live.rung_for(sid)) == (AgentState.OFFLINE, "")


def test_a_caller_who_changes_the_queue_stands_in_the_new_one_only(live: LiveFloor) -> None:
    sid = live.comes()
    live.waits(sid, "urgent-key", "urgent")
    live.agent("ana", skills={"general": 1})
    assert live.rung_for(sid) == ""
    live.agent("uma", skills={"urgent": 1})
    assert live.rung_for(sid) == "uma"
    live.hangs_up(sid)
    assert [key for key in live.standing_about() if "line_up" in key or "queue" in key] == []


def test_a_caller_who_goes_to_the_menu_is_offered_to_nobody(live: LiveFloor) -> None:
    sid = live.comes()
    live.goes_to_the_menu(sid)
    live.agent()
    assert live.rung_for(sid) == ""


def test_what_an_agent_serves_follows_the_config(live: LiveFloor) -> None:
    live.agent("ana", skills={"general": 1})
    urgent = live.comes("urgent")
    assert live.floor.agents.qualify("ana", [Serves("urgent.en", 1, False)])
    assert live.rung_for(urgent) == "ana"


def test_an_agent_who_fell_out_of_the_idle_is_put_back(live: LiveFloor) -> None:
    live.agent("ana", languages=("en",))
    redis, keys = live.floor.store.client, live.floor.keys
    redis.delete(keys.idle("general.en"))
    sid = live.comes()
    assert live.rung_for(sid) == ""
    live.qualify_all()
    assert live.rung_for(sid) == "ana"
