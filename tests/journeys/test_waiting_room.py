"""The waiting room with the whole line running: unrecorded by wish, closing time, called back."""

from pathlib import Path

import pytest

from ivr.lab.handset import Handset
from ivr.lab.phone import ANSWERS
from tests.ivr.voice.scenes import a_config
from tests.journeys.whole_line import whole_line
from tests.twilio import LINE

pytestmark = pytest.mark.processes
CALLER, ANA = "+14155550142", "+12125560001"
AGENT = {"role": "agent", "skills": {"general": 1}}


def has_heard(phone: Handset, words: str) -> bool:
    return any(words in said for said in phone.heard())


def test_who_refuses_to_be_recorded_is_served_and_the_agent_hears_so(tmp_path: Path) -> None:
    asks = a_config(tmp_path, ('consent: "off"', "consent: ask"))
    with whole_line(tmp_path, CALMLINE_CONFIG=str(asks)) as line:
        ana = line.user("ana", ANA, ANSWERS, **AGENT)
        ana.takes_calls()
        assert ana.ask("PUT", "/agents/me", {"status": "break"}).ok
        caller = line.lab.phone(CALLER)
        caller.on_hearing("To speak with an adviser, press 1", press="1")
        caller.on_hearing("If you do not want that, press 8", press="8")
        caller.calls(LINE)
        line.until(lambda: line.floor.calls.waiting_in("general") == 1, 60)
        line.lab.run(15)
        ana.is_available()
        line.until(lambda: ana.phone.number in caller.is_talking_with(), 60)
        assert has_heard(ana.phone, "This call is not recorded.")
        line.lab.run(5)
        caller.hangs_up()
        line.until(lambda: not line.going_on(), 30)
        assert not line.lab.story.alerts
        assert "recording" not in str(line.lab.story).lower()


def test_who_waits_at_closing_time_hears_so_and_when_the_line_opens(tmp_path: Path) -> None:
    office = a_config(tmp_path, ("    hours: always\n", "    hours: weekdays\n"))
    with whole_line(tmp_path, at="2030-11-25T16:58-05:00", CALMLINE_CONFIG=str(office)) as line:
        caller = line.lab.phone(CALLER)
        caller.on_hearing("To speak with an adviser, press 1", press="1")
        caller.calls(LINE)
        line.until(lambda: line.floor.calls.waiting_in("general") == 1, 60)
        line.until(lambda: has_heard(caller, "Our office is closed at the moment."), 180)
        line.until(lambda: has_heard(caller, "We open again on Tuesday, November 26, at 9:00 AM."), 20)
        line.until(lambda: not line.going_on(), 60)
        assert not line.lab.story.alerts


def test_who_presses_1_is_called_back_when_it_is_his_turn(tmp_path: Path) -> None:
    with whole_line(tmp_path, at="2030-11-25T15:00-05:00") as line:
        ana = line.user("ana", ANA, ANSWERS, **AGENT)
        ana.takes_calls()
        assert ana.ask("PUT", "/agents/me", {"status": "break"}).ok
        caller = line.lab.phone(CALLER, ANSWERS)
        caller.on_hearing("To speak with an adviser, press 1", press="1")
        caller.on_hearing("be called back without losing your place, press 1", press="1")
        caller.calls(LINE)
        line.until(lambda: has_heard(caller, "You keep your place."), 240)
        line.until(lambda: not line.going_on(), 60)
        assert line.floor.calls.waiting_in("general") == 0
        assert len(line.ledger.open_of(line.floor.caller_key(CALLER))) == 1
        ana.is_available()
        line.until(lambda: ana.phone.number in caller.is_talking_with(), 120)
        line.lab.run(5)
        caller.hangs_up()
        line.until(lambda: not line.going_on(), 60)
        assert not line.lab.story.alerts
