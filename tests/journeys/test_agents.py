"""Agents at work, with the whole line running: signed in by telephone, with a caller, done with him."""

from pathlib import Path

import pytest

from ivr.lab.phone import ANSWERS
from tests.ivr.voice.scenes import a_config
from tests.journeys.whole_line import Person, WholeLine, whole_line
from tests.routing.staff import a_person
from tests.twilio import LINE

pytestmark = pytest.mark.processes

ANA, CALLER, DESK, PIN = "+12125560001", "+12125570001", "+12125550109", "4711"


def a_caller_waits(line: WholeLine) -> str:
    """He pressed 1; the CallSid."""
    caller = line.lab.phone(CALLER)
    caller.on_hearing("press 1", press="1")
    caller.calls(LINE)
    with line.lab.exchange as network:
        return next(call.sid for call in network.calls.values() if call.from_ == CALLER)


def test_an_agent_signs_in_by_telephone_and_is_rung_when_he_has_hung_up(tmp_path: Path) -> None:
    desk = ('caller_id: "+12125550101"', f'caller_id: "+12125550101"\n    agent_number: "{DESK}"')
    config = str(a_config(tmp_path, desk))
    with whole_line(tmp_path / "site", numbers=(LINE, DESK), CALMLINE_CONFIG=config) as line:
        person = a_person("ana", phone=ANA, skills={"general": 1})
        key = line.floor.people.add(person, pin=PIN, with_api_key=True, by="tests")
        ana = Person(line, "ana", key, line.lab.phone(ANA, ANSWERS))
        ana.takes_calls()
        ana.phone.on_hearing("Please enter your staff pin", press=f"{PIN}#")
        ana.phone.on_hearing("To be available, press 1", press="1")
        ana.phone.calls(DESK)
        line.until(lambda: "as soon as you hang up" in " ".join(ana.phone.heard()), 30)
        line.until(lambda: ana.status == "available", 30)
        a_caller_waits(line)
        line.until(lambda: ANA in line.lab.phone(CALLER).is_talking_with(), 60)
        assert ana.status == "on_call"
        assert not line.lab.story.alerts


def test_an_agent_holds_pauses_says_goodbye_and_writes_it_up(tmp_path: Path) -> None:
    config = str(a_config(tmp_path, ('consent: "off"', 'consent: "announce"')))
    with whole_line(tmp_path / "site", CALMLINE_CONFIG=config) as line:
        ana = line.user("ana", ANA, ANSWERS, role="agent", skills={"general": 1})
        ana.takes_calls()
        ana.is_available()
        sid, caller = a_caller_waits(line), line.lab.phone(CALLER)
        line.until(lambda: ANA in caller.is_talking_with(), 60)

        def asks(what: str, **body: object) -> None:
            answer = ana.ask("POST", f"/calls/{sid}/{what}", body or None)
            assert answer.ok, answer.text

        def recorded() -> list[str]:
            with line.lab.exchange as network:
                return [one.status for one in network.recordings.values()]

        line.until(lambda: recorded() == ["in-progress"], 20)
        asks("hold")
        line.until(lambda: not caller.is_talking_with(), 20)
        asks("resume")
        line.until(lambda: ANA in caller.is_talking_with(), 20)
        asks("recording", state="paused")
        line.until(lambda: recorded() == ["paused"], 20)
        asks("recording", state="running")
        line.until(lambda: recorded() == ["in-progress"], 20)
        asks("finish")
        line.until(lambda: not line.going_on(), 30)
        assert "Thank you for calling. Goodbye." in caller.heard()[-1]
        assert "The call is over." in ana.phone.heard()[-1]
        assert ana.status == "wrap_up"
        asks("wrap-up", disposition="normal", note="The invoice of May.", resolved=True)
        assert ana.status == "available"
        story = [one["what"] for one in ana.ask("GET", f"/calls/{sid}").json()["timeline"]]
        assert story.index("decision") < story.index("offer") < story.index("leg") < story.index("recording")
        assert "wrap_up" in story
        assert recorded() == ["completed"]
        assert not line.lab.story.alerts
