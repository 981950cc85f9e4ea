"""Whole calls on the live floor: who waits is served, by the right person, and nobody is lost."""

from collections.abc import Iterator

import pytest

from ivr.lab.phone import BY_HAND, NO_ANSWER, REJECTS
from routing.rules.call_states import CallState
from tests.journeys.live_floor import Hall, open_hall
from tests.journeys.whole_line import WholeLine

pytestmark = pytest.mark.processes
ADVISER_LEFT = "Your adviser has left the call"
GOODBYE = "Thank you for calling. Goodbye."


@pytest.fixture
def hall(line: WholeLine) -> Iterator[Hall]:
    with open_hall(line) as hall:
        yield hall


def test_a_caller_waits_is_taken_talks_and_hangs_up(hall: Hall) -> None:
    ana = hall.agent()
    caller = hall.caller()
    hall.until_talking(ana, caller)
    assert ana.status == "on_call"
    assert ana.phone.heard()[:2] == [
        "Example Company, a call from the support line. To take it, press 1. To pass it on, press 2.",
        "A caller from the queue general.",
    ]
    me = hall.says(ana, "GET", "/agents/me")
    assert (me["status"], me["call"]) == ("on_call", caller.call_sid)
    caller.hangs_up()
    hall.until_status(ana, "wrap_up", seconds=5)
    hall.line.until(lambda: not hall.line.going_on(), 10)
    assert ana.phone.heard()[-1] == "The caller has hung up. Goodbye."
    hall.until_status(ana, "available", seconds=61)
    told = hall.line.floor.conversations.timeline(caller.call_sid)
    states = [entry["state"] for entry in told if entry["what"] in ("call", "offer")]
    assert states == ["menu", "waiting", "made", "accepted", "connecting", "talking", "over", "ended"]


def test_the_agent_says_goodbye_by_the_desk(hall: Hall) -> None:
    ana = hall.agent()
    caller = hall.caller()
    hall.until_talking(ana, caller)
    hall.line.floor.conversations.finish(caller.call_sid, ana.name)
    hall.line.was_touched()
    hall.until_over(caller, 15)
    assert caller.heard()[-1] == GOODBYE
    assert ana.phone.heard()[-1] == "The call is over. Thank you. Goodbye."
    assert ana.status == "wrap_up"


def test_who_does_not_answer_is_passed_over_for_the_next_agent(hall: Hall) -> None:
    deaf = hall.agent("deaf", NO_ANSWER)
    hall.line.lab.run(2)
    ana = hall.agent()
    caller = hall.caller()
    hall.until_talking(ana, caller)
    assert hall.rang(deaf) == 1
    assert deaf.status == "available"
    waited = [one for one in caller.heard() if one.startswith("Thank you for waiting")]
    assert set(waited) == {"Thank you for waiting. You are next."}, "the place is kept"


def test_who_misses_two_offers_in_a_row_is_not_rung_any_more(hall: Hall) -> None:
    deaf = hall.agent("deaf", NO_ANSWER)
    caller = hall.caller()
    hall.until_status(deaf, "not_answering", seconds=90)
    assert hall.rang(deaf) == 2
    hall.line.lab.run(60)
    assert hall.rang(deaf) == 2
    assert hall.state_of(caller) is CallState.WAITING
    deaf.phone.on_hearing("To take it, press 1", press="1")
    deaf.is_available()
    hall.until_status(deaf, "offered", seconds=10)
    assert hall.rang(deaf) == 3
    deaf.phone.answers()
    hall.until_talking(deaf, caller)


def test_a_declined_call_goes_to_somebody_else(hall: Hall) -> None:
    no, rejects = hall.agent("no", presses="2"), hall.agent("rejects", REJECTS)
    hall.line.lab.run(2)
    ana = hall.agent()
    caller = hall.caller()
    hall.until_talking(ana, caller)
    assert (hall.rang(no), hall.rang(rejects)) == (1, 1)
    assert no.phone.heard()[-1] == "Thank you, somebody else is asked. Goodbye."


def test_a_caller_who_hangs_up_while_the_agent_rings_stops_the_ringing(hall: Hall) -> None:
    ana = hall.agent("ana", BY_HAND)
    caller = hall.caller()
    hall.until_status(ana, "offered", seconds=10)
    caller.hangs_up()
    gone = hall.line.now()
    hall.until_status(ana, "available", seconds=5)
    hall.line.until(lambda: not hall.line.going_on(), 5)
    [call] = hall.line.calls_to(ana.phone.number)
    assert call.status == "canceled"
    assert call.ended is not None
    assert call.ended - gone.timestamp() <= 2


@pytest.mark.parametrize("moment", ["first words", "briefing"])
def test_a_caller_who_hangs_up_while_the_agent_listens_leaves_nobody_in_silence(
    hall: Hall, moment: str
) -> None:
    ana = hall.agent(presses="" if moment == "first words" else "1")
    caller = hall.caller()
    words = "To take it, press 1" if moment == "first words" else "A caller from the queue"
    hall.until_heard(ana.phone, words)
    caller.hangs_up()
    hall.until_heard(ana.phone, "The caller has hung up. Goodbye.", 5)
    hall.until_status(ana, "available", seconds=5)


def test_an_agent_whose_telephone_dies_is_missed_and_the_caller_is_connected_again(hall: Hall) -> None:
    ana = hall.agent()
    caller = hall.caller()
    hall.until_talking(ana, caller)
    ben = hall.agent("ben")
    since = hall.line.floor.conversations.of(caller.call_sid)["waiting_since_ms"]
    ana.phone.drops()
    dropped = hall.line.now()
    hall.until_heard(caller, ADVISER_LEFT, 5)
    assert (hall.line.now() - dropped).total_seconds() <= 5
    assert ana.status == "wrap_up"
    hall.until_talking(ben, caller)
    assert hall.line.floor.conversations.of(caller.call_sid)["waiting_since_ms"] == since


def test_who_is_done_when_the_agent_hangs_up_is_not_put_through_to_anybody(hall: Hall) -> None:
    ana, ben = hall.agent(), hall.agent("ben")
    caller = hall.caller()
    hall.until_heard(caller, "Thank you for waiting")
    hall.line.until(lambda: bool(caller.is_talking_with()), 60)
    talks, other = (ana, ben) if ana.status == "on_call" else (ben, ana)
    talks.phone.hangs_up()
    hall.until_heard(caller, ADVISER_LEFT, 5)
    caller.hangs_up()
    hall.line.lab.run(20)
    assert (hall.rang(talks), hall.rang(other)) == (1, 0)
    assert other.status == "available"


def test_accepted_by_the_desk_while_it_rings_the_telephone_asks_for_no_key(hall: Hall) -> None:
    ana = hall.agent("ana", BY_HAND, presses="")
    caller = hall.caller()
    hall.until_status(ana, "offered", seconds=10)
    offer = hall.says(ana, "GET", "/agents/me")["offer"]
    hall.says(ana, "POST", f"/offers/{offer}/accept")
    hall.until_heard(caller, "An adviser is coming to the telephone", 40)
    ana.phone.answers()
    hall.until_talking(ana, caller)
    assert ana.phone.heard()[0] == "A caller from the queue general."
    hall.says(ana, "POST", f"/offers/{offer}/accept")
    hall.line.lab.run(2)
    assert ana.phone.number in caller.is_talking_with(), "said twice it takes nobody out of the conversation"


def test_of_two_callers_the_first_is_served_first_and_the_second_next(hall: Hall) -> None:
    first, second = hall.caller(), hall.caller()
    ana = hall.agent()
    hall.until_talking(ana, first)
    hall.line.lab.run(30)
    assert second.is_talking_with() == set()
    first.hangs_up()
    hall.until_talking(ana, second, 90)


def test_spanish_and_skill_are_heeded(hall: Hall) -> None:
    english = hall.agent("english", languages=("en",))
    urgent = hall.agent("urgent", skills={"urgent": 1})
    hall.line.lab.run(2)
    spanish = hall.agent("spanish", presses="", languages=("es",))
    spanish.phone.on_hearing("Para tomarla, oprima 1", press="1")
    caller = hall.caller("21")
    hall.until_talking(spanish, caller)
    assert (hall.rang(english), hall.rang(urgent)) == (0, 0)
    assert "Una llamada de la cola general." in spanish.phone.heard()


def test_an_offender_is_served_by_certified_agents_only(hall: Hall) -> None:
    both = hall.agent("both", skills={"general": 1, "specialist": 5})
    caller = hall.caller("", "specialist")
    hall.line.lab.run(5)
    assert hall.rang(both) == 0
    eva = hall.agent("eva", skills={"specialist": 1}, certified=True)
    hall.until_talking(eva, caller)


def test_the_urgent_key_overtakes(hall: Hall) -> None:
    waiting, urgent = hall.caller(), hall.caller("0")
    ana = hall.agent(skills={"general": 1, "urgent": 1})
    hall.until_talking(ana, urgent)
    assert waiting.is_talking_with() == set()


def test_a_slow_caller_waits_his_time_and_is_served(hall: Hall) -> None:
    ana = hall.agent()
    caller = hall.caller("", "slow_queue")
    hall.line.lab.run(9 * 60)
    assert hall.rang(ana) == 0
    assert "Your wait is longer than usual" in caller.heard()[-2]
    hall.until_talking(ana, caller, 90)


def test_a_slow_caller_whom_nobody_can_take_hears_so_in_the_end(hall: Hall) -> None:
    hall.agent(skills={"urgent": 1})
    caller = hall.caller("", "slow_queue")
    hall.until_over(caller, 3700)
    assert "All our advisers are still busy" in " ".join(caller.heard()[-3:])


def test_nobody_signed_in_is_said_at_once(hall: Hall) -> None:
    ana = hall.agent()
    ana.goes_off_duty()
    caller = hall.caller("")
    hall.until_heard(caller, "Nobody is here to take your call", 5)


def test_team_leaders_callers_go_to_the_normal_queue_after_two_minutes(hall: Hall) -> None:
    ana = hall.agent()
    caller = hall.caller("", "team_leader")
    hall.line.lab.run(110)
    assert hall.rang(ana) == 0
    hall.until_talking(ana, caller, 60)


def test_a_softphone_takes_the_call_by_answering(hall: Hall) -> None:
    ana = hall.agent(presses="", phone="client:ana")
    caller = hall.caller()
    hall.until_talking(ana, caller)
    assert ana.phone.heard()[0] == "A caller from the queue general."


def test_on_hold_there_is_music_and_then_the_agent_again(hall: Hall) -> None:
    ana = hall.agent()
    caller = hall.caller()
    hall.until_talking(ana, caller)
    hall.line.floor.conversations.hold(caller.call_sid, ana.name)
    hall.line.was_touched()
    hall.line.until(lambda: not caller.is_talking_with(), 5)
    assert hall.state_of(caller) is CallState.HELD
    hall.line.floor.conversations.resume(caller.call_sid, ana.name)
    hall.line.was_touched()
    hall.until_talking(ana, caller, 5)
