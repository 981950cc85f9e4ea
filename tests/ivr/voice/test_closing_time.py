"""The line closes, or the last agent goes home, while callers wait: nobody waits in vain, nobody is lost."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.settings import Settings
from routing import offers
from routing.floor import Floor
from routing.links import Route
from routing.rules.agent_states import AgentState
from tests.ivr.voice.scenes import (
    another_call,
    at_config,
    in_queue,
    later,
    presses_while_waiting,
    set_clock,
    treat,
)
from tests.routing.on_duty import comes_in, goes, offer_of, talks
from tests.routing.staff import an_agent
from tests.twilio import OFFICE, Heard, Twilio

FIVE = datetime(2030, 11, 25, 22, 0, tzinfo=UTC)  # a Monday, when the office closes
CLOSED = "Our office is closed at the moment."
OPENS = "We open again on Tuesday, November 26, at 9:00 AM."
NOBODY = "Nobody is here to take your call at the moment. Please call again later."
NEXT = "Thank you for waiting. You are next."


@pytest.fixture
def office(twilio: Twilio, floor: Floor) -> Twilio:
    """The office, ten minutes before it closes."""
    set_clock(floor, FIVE)
    later(floor, minutes=-10)
    return another_call(twilio, dialled=OFFICE)


def test_who_waits_when_the_line_closes_hears_so_and_when_it_opens(office: Twilio, floor: Floor) -> None:
    queued = in_queue(office)
    later(floor, minutes=9, seconds=50)
    assert office.waits(queued).says[0] == NEXT
    later(floor, seconds=10)
    assert office.waits(queued).verbs == ["Leave"]
    heard = office.leaves(queued)
    assert heard.says[:2] == [CLOSED, OPENS]
    assert heard.says[-1] == "If this is urgent, press 0."
    assert floor.calls.waiting_in("general") == 0


def test_a_line_that_is_always_open_never_closes(twilio: Twilio, floor: Floor) -> None:
    set_clock(floor, FIVE)
    queued = in_queue(twilio)
    later(floor, minutes=10)
    assert twilio.waits(queued).says[0] == NEXT


def test_who_pressed_the_urgent_key_waits_on_after_closing(office: Twilio, floor: Floor) -> None:
    queued = in_queue(office)
    presses_while_waiting(office, office.waits(queued), "0")
    urgent = office.leaves(queued)
    later(floor, minutes=11)
    assert office.waits(urgent).says[0] == NEXT
    assert floor.calls.waiting_in("urgent") == 1


def test_a_treated_caller_who_pressed_the_urgent_key_goes_to_the_emergency_route(
    office: Twilio, floor: Floor
) -> None:
    treat(floor, "specialist")
    first = office.calls()
    presses_while_waiting(office, office.waits(first), "0")
    owned = office.leaves(first)
    later(floor, seconds=100)
    office.waits(owned)
    set_clock(floor, FIVE)
    later(floor, seconds=1)
    assert office.waits(owned).verbs == ["Leave"]
    urgent = office.leaves(owned)
    assert urgent.queue == "urgent"
    assert office.waits(urgent).verbs == ["Gather"]


def test_whom_an_agent_is_rung_for_at_closing_is_not_sent_away(office: Twilio, floor: Floor) -> None:
    comes_in(floor)
    queued = in_queue(office)
    offer = offer_of(floor, office)
    later(floor, minutes=11)
    assert office.waits(queued).says[0] == NEXT
    goes(floor)
    offers.end(floor, offer, offers.DECLINED)
    assert office.waits(queued).verbs == ["Leave"]
    assert office.leaves(queued).says[0] == CLOSED


def test_who_left_when_an_agent_was_just_being_rung_waits_on_for_him(office: Twilio, floor: Floor) -> None:
    queued = in_queue(office)
    later(floor, minutes=11)
    assert office.waits(queued).verbs == ["Leave"]
    comes_in(floor)
    assert offer_of(floor, office)
    assert office.leaves(queued).queue == "general"
    assert offer_of(floor, office), "and is not taken from him"


def test_whoever_chose_a_queue_from_the_menu_of_after_hours_is_not_sent_there_again(
    settings: Settings, tmp_path: Path, floor: Floor
) -> None:
    set_clock(floor, FIVE)
    later(floor, minutes=-10)
    to_menu = ("after_hours: {message: closed_hours}", "after_hours: {menu: main}")
    call = another_call(at_config(settings, tmp_path, to_menu), dialled=OFFICE)
    queued = in_queue(call)
    later(floor, minutes=11)
    assert call.waits(queued).verbs == ["Leave"]
    menu = call.leaves(queued)
    again = call.presses(menu, "1")
    assert again.queue == "general"
    later(floor, seconds=20)
    assert call.waits(again).says[0] == NEXT


def test_who_lost_an_agent_after_closing_is_connected_again_as_was_said(office: Twilio, floor: Floor) -> None:
    comes_in(floor)
    in_queue(office)
    offer = offer_of(floor, office)
    talks(floor, office)
    later(floor, minutes=11)
    offers.end(floor, offer, "completed")
    again = reconnects(floor, office)
    assert again.queue == "general"
    assert office.waits(again).says[0] == NEXT


def reconnects(floor: Floor, call: Twilio) -> Heard:
    """Stays on the line after the agent's call has ended."""
    effects = floor.store.client.xrange(floor.keys.effects)
    assert any('"agent_gone"' in fields["data"] for _, fields in effects)
    visit = int(floor.conversations.of(call.call_sid)["visit"])
    gone = floor.links.to(Route.AGENT_GONE, call.call_sid, visit, queue="general", language="en")
    return call.ask(call.ask(gone).url("Redirect", "text"))


def test_when_the_last_agent_goes_home_callers_hear_so_after_a_minute(twilio: Twilio, floor: Floor) -> None:
    an_agent(floor, "ben", phone="+12125560002")
    floor.agents.set_status("ben", AgentState.BREAK)
    queued = in_queue(twilio)
    goes(floor, "ben")
    for passed in (0, 20, 20, 19):
        later(floor, seconds=passed)
        assert twilio.waits(queued).says[0] == NEXT
    later(floor, seconds=1)
    assert twilio.waits(queued).verbs == ["Leave"]
    assert twilio.leaves(queued).says[0] == NOBODY


def test_a_shift_that_changes_sends_nobody_away(twilio: Twilio, floor: Floor) -> None:
    an_agent(floor, "ben", phone="+12125560002")
    floor.agents.set_status("ben", AgentState.BREAK)
    queued = in_queue(twilio)
    goes(floor, "ben")
    twilio.waits(queued)
    later(floor, seconds=40)
    floor.agents.set_status("ben", AgentState.BREAK)
    twilio.waits(queued)
    later(floor, seconds=40)
    goes(floor, "ben")
    assert twilio.waits(queued).says[0] == NEXT
    later(floor, seconds=40)
    assert twilio.waits(queued).says[0] == NEXT, "the minute begins anew"


def test_a_site_without_agents_keeps_its_callers(twilio: Twilio, floor: Floor) -> None:
    queued = in_queue(twilio)
    twilio.waits(queued)
    later(floor, minutes=5)
    assert twilio.waits(queued).says[0] == NEXT
