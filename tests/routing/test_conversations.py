"""Agent and caller meet, talk and part, whatever comes twice, late or not at all."""

import pytest

from config.now import milliseconds
from config.settings import Settings
from routing import conversation, wrap_up
from routing.conversation import NotTalking, NotYourCall
from routing.floor import open_patient_floor
from routing.rules.agent_states import AgentState
from routing.rules.legs import LegState
from routing.store.conversations import Said
from routing.store.offers import Accepted, Ended, OfferState
from routing.wrap_up import WrapUp
from tests.routing.crowded_floor import LiveFloor

AVAILABLE, BREAK, CONNECTING, ON_CALL, RESERVED, WRAP_UP = (
    AgentState.AVAILABLE,
    AgentState.BREAK,
    AgentState.CONNECTING,
    AgentState.ON_CALL,
    AgentState.RESERVED,
    AgentState.WRAP_UP,
)


@pytest.fixture
def live(settings: Settings) -> LiveFloor:
    return LiveFloor(open_patient_floor(settings))


def state(live: LiveFloor, sid: str) -> str:
    return live.call(sid)["state"]


def redirects(live: LiveFloor, sid: str) -> list[str]:
    """Where the caller was sent so far."""
    return [data["route"] for _, target, data in live.effects("redirect") if target == sid]


def test_the_caller_is_sent_after_the_agent_once(live: LiveFloor) -> None:
    live.agent()
    sid = live.comes(language="es")
    offer = live.offer(sid)
    assert live.floor.conversations.agent_ready(offer.id) == "", "not taken yet"
    live.takes(sid)
    assert redirects(live, sid) == [], "the agent hears first who is coming"
    rooms = {live.floor.conversations.agent_ready(offer.id) for _ in range(3)}
    assert rooms == {live.call(sid)["conference"]}
    (_, _, data) = live.effects("redirect")[0]
    assert redirects(live, sid) == ["connect"]
    assert (data["conference"], data["queue"], data["language"]) == (*rooms, "general", "es")


def test_they_talk_once_the_caller_has_come(live: LiveFloor) -> None:
    live.agent()
    sid = live.comes()
    live.takes(sid)
    room = live.floor.conversations.agent_ready(live.offer(sid).id)
    assert not live.floor.conversations.caller_joins(sid, "another room", recorded=False)
    for _ in range(3):
        assert live.floor.conversations.caller_joins(sid, room, recorded=False)
    assert (state(live, sid), live.status()) == ("talking", ON_CALL)
    assert live.floor.agents.read("ana").call == sid
    assert live.effects("record") == []
    hour = live.now_ms // 3_600_000
    assert live.floor.store.client.hgetall(live.floor.keys.figures(hour))["answered:general"] == "1"


def test_a_conversation_is_recorded_once_where_callers_are_told_so(live: LiveFloor) -> None:
    live.agent()
    sid = live.comes()
    live.takes(sid)
    room = live.floor.conversations.agent_ready(live.offer(sid).id)
    live.floor.store.client.hset(live.floor.keys.call(sid), "consent", "announce")
    for _ in range(2):
        live.floor.conversations.caller_joins(sid, room, recorded=True)
    assert [target for _, target, _ in live.effects("record")] == [sid]


def test_who_never_came_keeps_his_place_and_the_agent_is_free(live: LiveFloor) -> None:
    live.agent()
    live.passes(1)
    live.agent("ben")
    sid = live.comes()
    rank, offer = live.call(sid)["rank_ms"], live.offer(sid)
    live.takes(sid)
    live.floor.conversations.agent_ready(offer.id)
    live.passes(6.1)
    assert (state(live, sid), live.call(sid)["rank_ms"], live.rung_for(sid)) == ("waiting", rank, "ben")
    assert ("send_away", offer.leg, {"why": "not_connected"}) in live.effects()
    assert live.status() is AVAILABLE
    assert not live.floor.conversations.not_connected(sid)
    assert live.floor.offers.accept(offer.id, "ana") is Accepted.GONE


def test_who_did_not_come_twice_is_offered_again_once_he_is_heard_of(live: LiveFloor) -> None:
    """His call may have ended without our hearing of it; he would be the first for every agent, for ever."""
    live.agent()
    sid, following = live.comes(), live.comes()
    for _ in range(2):
        offer = live.offer(sid)
        live.takes(sid)
        live.floor.conversations.agent_ready(offer.id)
        live.passes(6.1)
    assert (state(live, sid), live.rung_for(sid), live.rung_for(following)) == ("waiting", "", "ana")
    live.floor.calls.look_at_wait(sid)
    live.hangs_up(following)
    assert live.rung_for(sid) == "ana", "at his place, now that he has asked"


def test_a_call_that_ended_unheard_is_forgotten_after_two_agents_met_nobody(live: LiveFloor) -> None:
    live.agent()
    sid = live.comes()
    for _ in range(2):
        live.takes(sid)
        live.floor.conversations.agent_ready(live.offer(sid).id)
        live.passes(6.1)
    live.passes(91)
    following = live.comes()
    live.floor.calls.look_at_wait(following)
    assert live.rung_for(following) == "ana"
    assert live.floor.calls.waiting_in("general") == 1


def test_an_agent_who_listens_too_long_loses_the_caller(live: LiveFloor) -> None:
    live.agent()
    sid = live.comes()
    offer = live.offer(sid)
    live.takes(sid)
    live.passes(44)
    assert live.offer(sid) == live.floor.offers.find(offer.id)
    assert state(live, sid) == "connecting"
    live.passes(2)
    assert live.floor.offers.find(offer.id).state is OfferState.OVER  # type: ignore[union-attr]
    assert state(live, sid) == "waiting"


def test_who_talks_is_not_taken_for_not_connected(live: LiveFloor) -> None:
    live.agent()
    sid = live.comes()
    live.talks(sid)
    live.passes(600)
    assert (state(live, sid), live.status()) == ("talking", ON_CALL)


def test_a_caller_whose_agent_is_lost_hears_so_and_is_connected_again_at_his_place(live: LiveFloor) -> None:
    live.agent()
    live.passes(1)
    sid = live.comes()
    since = live.call(sid)["waiting_since_ms"]
    offer = live.talks(sid)
    live.passes(100)
    later = live.comes()
    live.leg_ends(offer)
    assert (state(live, sid), live.status()) == ("agent_gone", WRAP_UP)
    assert redirects(live, sid) == ["connect", "agent_gone"]
    live.leg_ends(offer)
    assert redirects(live, sid) == ["connect", "agent_gone"], "once"

    live.waits(sid, "reconnect")
    assert live.call(sid)["waiting_since_ms"] == since
    live.agent("ben")
    assert (live.rung_for(sid), live.rung_for(later)) == ("ben", ""), "he was before who came meanwhile"
    live.talks(sid)
    assert (state(live, sid), live.status("ben")) == ("talking", ON_CALL)
    assert redirects(live, sid) == ["connect", "agent_gone", "connect"]


def test_who_was_lost_by_his_agent_and_hangs_up_is_rung_through_to_nobody(live: LiveFloor) -> None:
    live.agent()
    sid = live.comes()
    offer = live.talks(sid)
    live.leg_ends(offer)
    live.agent("ben")
    live.hangs_up(sid)
    assert live.status("ben") is AVAILABLE
    assert len(live.effects("create")) == 1


def test_a_caller_who_hangs_up_leaves_the_agent_to_his_wrap_up(live: LiveFloor) -> None:
    live.agent()
    sid = live.comes()
    offer = live.talks(sid)
    live.hangs_up(sid)
    live.hangs_up(sid)
    assert [data for _, target, data in live.effects("send_away") if target == offer.leg] == [
        {"why": "caller_gone"}
    ]
    assert (live.status(), live.floor.agents.read("ana").call) == (WRAP_UP, sid)
    live.leg_ends(offer)
    assert live.status() is WRAP_UP


@pytest.mark.parametrize("is_held", [False, True], ids=["talking", "held"])
def test_a_normal_goodbye(live: LiveFloor, is_held: bool) -> None:
    live.agent()
    sid = live.comes()
    offer = live.talks(sid)
    if is_held:
        conversation.hold(live.floor, sid, "ana")
    for _ in range(2):
        conversation.finish(live.floor, sid, "ana")
    assert (state(live, sid), live.status()) == ("closing", WRAP_UP)
    assert redirects(live, sid) == ["connect", "finished"]
    assert [data["why"] for _, target, data in live.effects("send_away") if target == offer.leg] == [
        "finished"
    ]
    live.leg_ends(offer)
    live.hangs_up(sid)
    assert (state(live, sid), live.status()) == ("ended", WRAP_UP)
    assert redirects(live, sid) == ["connect", "finished"], "no agent is lost after a goodbye"


def test_hold_and_resume(live: LiveFloor) -> None:
    live.agent()
    sid = live.comes()
    live.talks(sid)
    room = live.call(sid)["conference"]
    for _ in range(2):
        conversation.hold(live.floor, sid, "ana")
    assert state(live, sid) == "held"
    for _ in range(2):
        conversation.resume(live.floor, sid, "ana")
    assert state(live, sid) == "talking"
    assert live.effects("hold", "resume") == [
        ("hold", sid, {"conference": room}),
        ("resume", sid, {"conference": room}),
    ]


@pytest.mark.parametrize("does", [conversation.hold, conversation.resume, conversation.finish])
def test_only_who_talks_may_hold_resume_and_finish(live: LiveFloor, does: object) -> None:
    live.agent()
    sid = live.comes()
    assert callable(does)
    with pytest.raises(NotYourCall):
        does(live.floor, sid, "ana")
    live.takes(sid)
    with pytest.raises(NotTalking):
        does(live.floor, sid, "ana")
    room = live.floor.conversations.agent_ready(live.offer(sid).id)
    live.floor.conversations.caller_joins(sid, room, recorded=False)
    with pytest.raises(NotYourCall):
        does(live.floor, sid, "ben")
    live.hangs_up(sid)
    assert live.floor.conversations.finish(sid, "ana") is not Said.OK


def test_a_wrap_up_ends_by_the_agent_s_word(live: LiveFloor) -> None:
    live.agent()
    sid = live.comes()
    live.talks(sid)
    live.hangs_up(sid)
    following = live.comes()
    assert live.rung_for(following) == ""
    wrap_up.write_up(live.floor, sid, "ana", WrapUp("normal"))
    assert live.rung_for(following) == "ana"
    wrap_up.write_up(live.floor, sid, "ana", WrapUp("angry"))
    assert live.status() is RESERVED, "written down again, and nothing else"
    assert '"angry"' in live.call(sid)["wrap_up:ana"]
    with pytest.raises(NotYourCall):
        wrap_up.write_up(live.floor, sid, "ben", WrapUp("normal"))


def test_a_wrap_up_ends_by_its_limit(live: LiveFloor) -> None:
    live.agent()
    sid = live.comes()
    live.talks(sid)
    live.hangs_up(sid)
    conversation.end_wrap_up(live.floor, "ana")
    live.passes(59)
    assert live.status() is WRAP_UP
    live.passes(2)
    assert live.status() is AVAILABLE
    conversation.end_wrap_up(live.floor, "ana")
    assert live.status() is AVAILABLE


def test_the_limit_of_an_earlier_wrap_up_does_not_end_a_later_one(live: LiveFloor) -> None:
    live.agent()
    first, second = live.comes(), live.comes()
    live.talks(first)
    live.hangs_up(first)
    live.passes(30)
    wrap_up.write_up(live.floor, first, "ana", WrapUp("normal"))
    live.talks(second)
    live.hangs_up(second)
    live.passes(59)
    assert live.status() is WRAP_UP
    live.passes(2)
    assert live.status() is AVAILABLE


def test_what_an_agent_asked_for_in_a_call_comes_after_his_wrap_up(live: LiveFloor) -> None:
    live.agent()
    sid = live.comes()
    live.talks(sid)
    live.chooses("ana", BREAK, reason="lunch")
    assert live.status() is ON_CALL
    live.hangs_up(sid)
    assert live.status() is WRAP_UP
    live.passes(61)
    now = live.floor.agents.read("ana")
    assert (now.status, now.reason, now.next_status) == (BREAK, "lunch", None)


def test_a_caller_who_begins_anew_is_done_with_his_agent(live: LiveFloor) -> None:
    """His document failed, and he is at the menu again."""
    live.agent()
    sid = live.comes()
    offer = live.talks(sid)
    live.goes_to_the_menu(sid)
    assert (state(live, sid), live.status()) == ("menu", WRAP_UP)
    assert ("send_away", offer.leg, {"why": "caller_left"}) in live.effects()
    assert live.floor.offers.end(offer.id, "completed", missed=True) is Ended.NOTHING


def test_a_caller_who_hangs_up_while_the_agent_hears_who_is_coming(live: LiveFloor) -> None:
    live.agent()
    sid = live.comes()
    offer = live.offer(sid)
    live.takes(sid)
    live.hangs_up(sid)
    assert live.status() is AVAILABLE
    assert live.floor.conversations.agent_ready(offer.id) == ""
    assert ("send_away", offer.leg, {"why": "caller_gone"}) in live.effects()
    hour = live.now_ms // 3_600_000
    figures = live.floor.store.client.hgetall(live.floor.keys.figures(hour))
    assert figures == {"short:general": "1"}


def test_a_call_tells_what_happened_to_it_in_order(live: LiveFloor) -> None:
    live.agent()
    sid = live.comes()
    live.talks(sid)
    live.hangs_up(sid)
    entries = live.floor.conversations.timeline(sid)
    told = [(one["what"], one["state"]) for one in entries if one["what"] in ("call", "offer")]
    assert told == [
        ("call", "waiting"),
        ("offer", "made"),
        ("offer", "accepted"),
        ("call", "connecting"),
        ("call", "talking"),
        ("offer", "over"),
        ("call", "ended"),
    ]


def test_nothing_is_left_behind_when_all_is_over(live: LiveFloor) -> None:
    live.agent("ana", skills={"general": 1, "specialist": 1}, certified=True)
    live.passes(1)
    live.agent("ben")
    declined, lost, finished = live.comes(), live.comes("specialist"), live.comes()
    live.declines(declined)
    offer = live.talks(finished) if live.rung_for(finished) else live.talks(lost)
    for sid in (declined, lost, finished, live.comes("slow")):
        live.floor.calls.look_at_wait(sid)
        live.hangs_up(sid)
    live.leg_is(offer, LegState.ENDED)
    for name in ("ana", "ben"):
        live.chooses(name, AgentState.OFFLINE)
    live.passes(3600)
    assert live.standing_about() == []
    assert {live.status(name) for name in ("ana", "ben")} == {AgentState.OFFLINE}


def test_a_call_that_was_not_heard_of_is_forgotten_and_healed_when_it_asks(live: LiveFloor) -> None:
    silent, lively = live.comes(), live.comes()
    for _ in range(6):
        live.passes(20)
        live.floor.calls.look_at_wait(lively)
    assert live.floor.calls.waiting_in("general") == 1
    live.agent()
    assert (live.rung_for(silent), live.rung_for(lively)) == ("", "ana")
    found = live.floor.calls.look_at_wait(silent)
    assert getattr(found, "place", None) == 0, "he was the first, and is so again"
    live.hangs_up(lively)
    assert live.rung_for(silent) == "ana"


def test_a_caller_who_is_being_rung_for_is_not_offered_again_when_he_asks(live: LiveFloor) -> None:
    live.agent()
    live.passes(1)
    live.agent("ben")
    sid = live.comes()
    for _ in range(3):
        live.floor.calls.look_at_wait(sid)
    assert (live.rung_for(sid), live.status("ben")) == ("ana", AVAILABLE)


def test_a_slow_caller_whose_deadline_was_lost_has_it_again_when_he_asks(live: LiveFloor) -> None:
    live.agent()
    sid = live.comes("slow")
    live.floor.deadlines.clear("eligible", sid)
    live.floor.calls.look_at_wait(sid)
    live.passes(601)
    assert live.rung_for(sid) == "ana"


def test_times_are_the_site_s(live: LiveFloor) -> None:
    live.passes(3600)
    live.agent()
    sid = live.comes()
    live.talks(sid)
    assert (
        abs(int(live.call(sid)["talking_ms"]) - milliseconds(live.floor.clock.now(live.floor.store))) < 5000
    )
