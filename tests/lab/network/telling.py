"""How the tests of the network read a story, and the calls that many of them begin with."""

from typing import Any

from ivr.lab.handset import Handset
from ivr.lab.lab import Lab
from ivr.lab.phone import ANSWERS
from tests.lab.network.board import Board
from tests.lab.network.twilio_client import OUR_NUMBER

CUSTOMER, AGENT, THIRD = "+14155550142", "+12125550199", "+12125550198"
DIALLED = "+12125550155"


def told_in_order(lab: Lab, *lines: str) -> bool:
    """Whether the story has these lines ("who what", parts of them) one after the other."""
    told = iter(f"{one.who} {one.what}" for one in lab.story.moments)
    missing = [line for line in lines if not any(line in moment for moment in told)]
    assert not missing, f"not told, or too early: {missing[0]}\n{lab.story}"
    return True


def when(lab: Lab, line: str) -> float:
    """When it happened for the first time, in seconds since the story began."""
    began = lab.story.moments[0].at
    found = next((one.at for one in lab.story.moments if line in f"{one.who} {one.what}"), None)
    assert found is not None, f"never told: {line}\n{lab.story}"
    return round(found - began, 3)


def ring(board: Board, to: str = AGENT, path: str = "/agent", **more: Any) -> str:
    """The account calls a telephone; its document is at `path`, its events at /progress. The CallSid."""
    events = ["initiated", "ringing", "answered", "completed"]
    given = {"url": board.at(path), "status_callback": board.at("/progress"), "status_callback_event": events}
    call = board.client.calls.create(to=to, from_=OUR_NUMBER, **{**given, **more})
    return str(call.sid)


def conference(label: str = "", name: str = "talk", *, dial: str = "", **attributes: str) -> str:
    """A Dial into a conference whose events go to /events."""
    families = "start end join leave mute hold announcement"
    given = {"statusCallback": "/events", "statusCallbackEvent": families, "beep": "false"} | attributes
    if label:
        given["participantLabel"] = label
    written = " ".join(f'{key}="{value}"' for key, value in given.items())
    return f"<Dial {dial}><Conference {written}>{name}</Conference></Dial>"


def together(board: Board, lab: Lab, *, caller: str = "", agent: str = "") -> tuple[Handset, Handset]:
    """A customer and an agent in one conference, the agent first; `caller`, `agent`: other documents."""
    board["/agent"] = agent or conference("agent-1")
    board["/voice/incoming"] = caller or conference("caller-1")
    one, other = lab.phone(CUSTOMER), lab.phone(AGENT, ANSWERS)
    ring(board)
    lab.run(4)
    one.calls(OUR_NUMBER)
    lab.run(1)
    return one, other


def the_room(board: Board) -> Any:
    """The conference that is going on, as Twilio's client knows it."""
    return board.client.conferences(board.forms("/events")[0]["ConferenceSid"])
