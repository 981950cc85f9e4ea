"""Offers: a telephone rings for a caller, is answered or not, in whatever order things happen."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from benchmarks.chaos import figure_9
from config.settings import Settings
from routing import offers
from routing.floor import open_patient_floor
from routing.offers import CallerGone, OfferGone, Taken
from routing.rules.agent_states import AgentState
from routing.rules.legs import Ended as LegEnded
from routing.rules.legs import LegState
from routing.store.offers import Accepted, Ended, OfferState
from tests.routing.crowded_floor import LiveFloor

AVAILABLE, CONNECTING, NOT_ANSWERING, OFFERED, RESERVED = (
    AgentState.AVAILABLE,
    AgentState.CONNECTING,
    AgentState.NOT_ANSWERING,
    AgentState.OFFERED,
    AgentState.RESERVED,
)


@pytest.fixture
def live(settings: Settings) -> LiveFloor:
    return LiveFloor(open_patient_floor(settings))


def two_agents(live: LiveFloor) -> None:
    """Ana has been free for longer than Ben."""
    live.agent("ana")
    live.passes(1)
    live.agent("ben")


def test_an_agent_is_offered_once_his_telephone_rings(live: LiveFloor) -> None:
    live.agent()
    offer = live.offer(live.comes())
    assert live.status() is RESERVED
    for _ in range(2):
        live.leg_is(offer, LegState.RINGING)
        assert live.status() is OFFERED
    assert [one["status"] for one in live.events("agent")] == ["available", "reserved", "offered"]


def test_an_agent_who_takes_a_call_is_connecting_and_the_call_waits_no_more(live: LiveFloor) -> None:
    live.agent()
    sid = live.comes()
    live.passes(7)
    assert live.takes(sid) is Accepted.OK
    assert live.takes(sid) is Accepted.OK, "a repeat"
    call = live.call(sid)
    assert (call["state"], call["agent"], call["waited_ms"][0]) == ("connecting", "ana", "7")
    assert live.status() is CONNECTING
    assert live.floor.calls.waiting_in("general") == 0
    assert live.offer(sid).state is OfferState.ACCEPTED


@pytest.mark.parametrize("how", [LegEnded.NO_ANSWER, LegEnded.BUSY, LegEnded.FAILED, LegEnded.REFUSED])
def test_an_unanswered_offer_goes_to_the_next_agent(live: LiveFloor, how: LegEnded) -> None:
    two_agents(live)
    sid = live.comes()
    first, rank = live.offer(sid), live.call(sid)["rank_ms"]
    live.leg_ends(first, how)
    assert (first.agent, live.rung_for(sid)) == ("ana", "ben")
    assert live.call(sid)["rank_ms"] == rank
    assert live.floor.offers.find(first.id).how == how  # type: ignore[union-attr]
    assert live.status("ana") is AVAILABLE


def test_a_declined_offer_goes_to_the_next_agent(live: LiveFloor) -> None:
    two_agents(live)
    sid = live.comes()
    first = live.offer(sid)
    live.declines(sid)
    assert (first.agent, live.rung_for(sid)) == ("ana", "ben")
    assert ("send_away", first.leg, {"why": "declined"}) in live.effects()
    offers.decline(live.floor, first.id, "ana")
    assert live.rung_for(sid) == "ben", "a repeat changes nothing"


def test_who_was_declined_keeps_his_place(live: LiveFloor) -> None:
    two_agents(live)
    first = live.comes()
    live.passes(1)
    live.comes()
    third = live.comes()
    live.declines(first)
    assert (live.rung_for(first), live.rung_for(third)) == ("ana", ""), "he comes before whoever came later"


def test_after_two_missed_offers_an_agent_is_not_answering(live: LiveFloor) -> None:
    live.agent()
    sid = live.comes()
    live.does_not_answer(sid)
    assert live.rung_for(sid) == "ana", "there is nobody else"
    live.does_not_answer(sid)
    now = live.floor.agents.read("ana")
    assert (now.status, now.reason) == (NOT_ANSWERING, "did not answer twice")
    assert live.rung_for(sid) == ""
    live.chooses("ana", AVAILABLE)
    assert live.rung_for(sid) == "ana", "one click, and he is back"
    live.does_not_answer(sid)
    assert live.status() is RESERVED, "the count began anew"


def test_who_takes_an_offer_has_missed_none(live: LiveFloor) -> None:
    live.agent()
    sid = live.comes()
    live.does_not_answer(sid)
    live.talks(sid)
    live.hangs_up(sid)
    live.floor.conversations.write_up(sid, "ana", {}, logged={}, keep_log_ms=1)
    live.does_not_answer(live.comes())
    assert live.status() is RESERVED


def test_an_offer_that_the_caller_left_counts_as_missed_by_nobody(live: LiveFloor) -> None:
    live.agent()
    for _ in range(3):
        sid = live.comes()
        live.leg_is(live.offer(sid), LegState.RINGING)
        live.hangs_up(sid)
        assert live.status() is AVAILABLE


def test_a_caller_who_hangs_up_while_it_rings_leaves_the_agent_free_for_the_next(live: LiveFloor) -> None:
    live.agent()
    first, second = live.comes(), live.comes()
    offer = live.offer(first)
    live.hangs_up(first)
    assert ("send_away", offer.leg, {"why": "caller_gone"}) in live.effects()
    assert live.rung_for(second) == "ana"
    assert live.floor.offers.accept(offer.id, "ana") is Accepted.CALLER_GONE
    with pytest.raises(CallerGone):
        offers.accept(live.floor, offer.id, "ana")
    live.leg_ends(offer, LegEnded.CANCELLED)
    assert live.rung_for(second) == "ana", "the end of the old leg is no end of the new offer"
    assert live.status() is RESERVED


def test_a_late_yes_is_too_late(live: LiveFloor) -> None:
    two_agents(live)
    sid = live.comes()
    first = live.offer(sid)
    live.does_not_answer(sid)
    assert live.floor.offers.accept(first.id, "ana") is Accepted.GONE
    with pytest.raises(OfferGone):
        offers.accept(live.floor, first.id, "ana")
    with pytest.raises(OfferGone):
        offers.decline(live.floor, first.id, "ana")
    assert live.rung_for(sid) == "ben"


def test_nobody_takes_or_declines_an_offer_of_somebody_else(live: LiveFloor) -> None:
    two_agents(live)
    sid = live.comes()
    offer = live.offer(sid)
    assert live.floor.offers.accept(offer.id, "ben") is Accepted.TAKEN
    with pytest.raises(Taken):
        offers.decline(live.floor, offer.id, "ben")
    live.takes(sid)
    with pytest.raises(Taken):
        offers.decline(live.floor, offer.id, "ana")
    assert live.floor.offers.accept("of0", "ana") is Accepted.GONE
    with pytest.raises(OfferGone):
        offers.decline(live.floor, "of0", "ana")


def test_an_offer_that_ends_twice_ends_once(live: LiveFloor) -> None:
    live.agent()
    offer = live.offer(live.comes())
    assert live.floor.offers.end(offer.id, "busy", missed=True) is Ended.MADE
    assert live.floor.offers.end(offer.id, "busy", missed=True) is Ended.NOTHING
    assert live.floor.offers.end("of0", "busy", missed=True) is Ended.NOTHING
    assert live.status() is RESERVED, "missed once"


def test_a_yes_that_came_first_is_not_undone_by_a_look_or_a_decline(live: LiveFloor) -> None:
    two_agents(live)
    sid = live.comes()
    offer = live.offer(sid)
    live.takes(sid)
    assert live.floor.offers.lapse(offer.id, "not_heard_of") is Ended.NOTHING
    assert (live.call(sid)["state"], live.status()) == ("connecting", CONNECTING)


def test_a_telephone_that_dies_after_the_yes_gives_the_caller_back_his_place(live: LiveFloor) -> None:
    two_agents(live)
    sid = live.comes()
    rank = live.call(sid)["rank_ms"]
    live.takes(sid)
    live.leg_ends(live.offer(sid))
    assert (live.call(sid)["state"], live.call(sid)["rank_ms"]) == ("waiting", rank)
    assert live.rung_for(sid) == "ben"
    assert live.floor.calls.waiting_in("general") == 1


def test_what_an_agent_asks_for_while_it_rings_comes_after_it(live: LiveFloor) -> None:
    live.agent()
    sid = live.comes()
    live.chooses("ana", AgentState.BREAK, reason="lunch")
    assert live.status() is RESERVED
    live.declines(sid)
    now = live.floor.agents.read("ana")
    assert (now.status, now.reason, now.next_status) == (AgentState.BREAK, "lunch", None)


def test_of_two_who_accept_at_once_exactly_one_has_the_call(live: LiveFloor) -> None:
    """500 of the 10,000 (`make chaos`, figure 9)."""
    run = figure_9.run_on(live, 500)
    assert run.is_passed, run
    assert min(run.won["first"], run.won["second"]) >= 1, "no race at all"


def test_a_yes_and_the_caller_s_end_at_once_leave_nobody_in_silence(live: LiveFloor) -> None:
    live.agent()
    with ThreadPoolExecutor(2) as pool:
        for _ in range(50):
            sid = live.comes()
            offer = live.offer(sid)
            yes = pool.submit(live.floor.offers.accept, offer.id, "ana")
            live.hangs_up(sid)
            assert yes.result() in (Accepted.OK, Accepted.CALLER_GONE)
            assert live.floor.conversations.agent_ready(offer.id) == ""
            assert live.status() is AVAILABLE
            assert ("send_away", offer.leg, {"why": "caller_gone"}) in live.effects("send_away")[-1:]


def posted(live: LiveFloor, sid: str) -> None:
    assert live.floor.legs.post(live.offer(sid).leg, "tests")


def test_a_telephone_that_does_not_ring_in_time_is_not_waited_for(live: LiveFloor) -> None:
    two_agents(live)
    sid = live.comes()
    posted(live, sid)
    live.passes(5.9)
    assert live.rung_for(sid) == "ana"
    live.passes(0.2)
    assert live.rung_for(sid) == "ben"


def test_the_time_to_ring_counts_from_the_posting(live: LiveFloor) -> None:
    """Our own pacer may hold a call back."""
    two_agents(live)
    sid = live.comes()
    live.passes(5)
    posted(live, sid)
    live.passes(5.9)
    assert live.rung_for(sid) == "ana"
    live.passes(0.2)
    assert live.rung_for(sid) == "ben"


def test_a_telephone_that_rings_without_end_is_not_waited_for(live: LiveFloor) -> None:
    two_agents(live)
    sid = live.comes()
    posted(live, sid)
    live.passes(1)
    live.leg_is(live.offer(sid), LegState.RINGING)
    live.passes(27.9)
    assert live.rung_for(sid) == "ana", "20 s, 5 of Twilio's, and time to tell us"
    live.passes(0.2)
    assert live.rung_for(sid) == "ben"


def test_who_answers_and_presses_nothing_is_not_waited_for(live: LiveFloor) -> None:
    two_agents(live)
    sid = live.comes()
    live.leg_is(live.offer(sid), LegState.RINGING)
    live.passes(15)
    live.leg_is(live.offer(sid), LegState.ANSWERED)
    live.passes(39)
    assert live.rung_for(sid) == "ana"
    live.passes(2)
    assert live.rung_for(sid) == "ben"


def test_a_dead_leg_holds_a_caller_for_35_seconds_at_most(live: LiveFloor) -> None:
    two_agents(live)
    sid = live.comes()
    posted(live, sid)
    live.passes(5.9)
    live.leg_is(live.offer(sid), LegState.RINGING)
    live.passes(29)
    assert live.rung_for(sid) == "ben"


def test_a_leg_whose_call_nobody_finds_is_an_offer_that_nobody_takes(live: LiveFloor) -> None:
    two_agents(live)
    sid = live.comes()
    offer = live.offer(sid)
    live.floor.legs.post(offer.leg, "tests")
    live.floor.legs.change(offer.leg, LegState.UNCONFIRMED)
    for _ in range(10):
        live.floor.legs.look_again(offer.leg)
    leg = live.floor.legs.read(offer.leg)
    assert leg is not None
    assert leg.is_given_up
    offers.leg_changed(live.floor, leg)
    assert live.rung_for(sid) == "ben"


def test_an_offer_that_nobody_posts_is_looked_at_until_its_leg_ends(live: LiveFloor) -> None:
    """Without a dispatcher nothing is posted; the leg's own time limit ends it, and that ends the offer."""
    live.agent()
    sid = live.comes()
    offer = live.offer(sid)
    live.passes(30)
    assert live.offer(sid) == offer
    live.floor.legs.end(offer.leg)
    live.passes(7)
    assert live.offer(sid) != offer
