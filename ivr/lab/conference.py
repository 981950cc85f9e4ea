"""Dial to a Conference: a leg joins a room and comes out of it.

Source: https://www.twilio.com/docs/voice/twiml/conference
"""

import simpy

from ivr.lab.carrier import Script
from ivr.lab.leg import Gone, Leg
from ivr.lab.pages import Next, Page
from ivr.lab.records import Callback, Participant
from ivr.lab.room_sounds import Wait, music
from ivr.lab.rooms import HUNG_UP, UPDATED, Room, Rooms, events_asked, put_out
from ivr.lab.twiml import Verb

LABEL_TAKEN, NOT_CONNECTED = 16025, 13240
ENDED_BY_API = "ended by REST"
LONGEST_S = 4 * 3600.0


def join(rooms: Rooms, leg: Leg, dial: Verb, page: Page) -> Script[Next | None]:
    """Into the room until it is left; then Dial's action, or without one the verb after the Dial."""
    noun = dial.children[0]
    room = rooms.live(noun.text) or rooms.begin(noun.text, _callback(noun, page))
    participant = _participant(leg, noun)
    if fault := _refusal(room, noun, participant):
        leg.carrier.alert(*fault, leg.call.sid)
        return _action(dial, page, "failed") if fault[0] == NOT_CONNECTED else None
    url = noun.attributes.get("waitUrl")
    wait = Wait(page.link(url) if url else url, noun.attributes.get("waitMethod", "POST"))
    reason = yield from stay(room, leg, participant, dial, wait)
    leg.carrier.story.tell(leg.carrier.now, leg.name, f"is out of the conference: {reason}")
    return _action(dial, page, "completed")


def _action(dial: Verb, page: Page, status: str) -> Next | None:
    return page.ask(dial, {"DialCallStatus": status}) if "action" in dial.attributes else None


def stay(room: Room, leg: Leg, participant: Participant, dial: Verb | None, wait: Wait) -> Script[str]:
    """In the room until kicked, ended, timed out or starred out; returns why. A leg cut off has left."""
    member = room.enter(leg, participant)
    leg.place = "conference"
    leg.on_words = lambda words: room.spoken(leg, words)
    if dial is not None and dial.attributes.get("hangupOnStar") == "true":
        leg.on_keys = lambda keys: put_out(member, "star") if "*" in keys else None
    if room.conference.status == "init":
        member.sound = leg.env.process(music(member, wait))
    limit = float(dial.attributes.get("timeLimit", LONGEST_S)) if dial else LONGEST_S
    try:
        yield member.out | leg.env.timeout(limit)
    except simpy.Interrupt as cut:
        room.leave(member, _reason(cut))
        raise
    finally:
        leg.on_keys = leg.on_words = None
        leg.place = ""
    reason = str(member.out.value) if member.out.triggered else "time limit"
    # Of those who leave by themselves Twilio's list knows only these two reasons.
    room.leave(member, HUNG_UP if reason in ("star", "time limit") else UPDATED, kicked=reason == "kicked")
    return reason


def _reason(cut: simpy.Interrupt) -> str:
    return HUNG_UP if isinstance(cut.cause, Gone) and cut.cause.reason != ENDED_BY_API else UPDATED


def _callback(noun: Verb, page: Page) -> Callback:
    url = noun.attributes.get("statusCallback")
    if not url:
        return Callback()
    events = events_asked(noun.attributes.get("statusCallbackEvent", ""))
    return Callback(page.link(url), noun.attributes.get("statusCallbackMethod", "POST"), events)


def _participant(leg: Leg, noun: Verb) -> Participant:
    attributes = noun.attributes
    return Participant(
        leg.call,
        label=attributes.get("participantLabel", ""),
        muted=attributes.get("muted") == "true",
        start_on_enter=attributes.get("startConferenceOnEnter", "true") == "true",
        end_on_exit=attributes.get("endConferenceOnExit") == "true",
        coaching="coach" in attributes,
        call_sid_to_coach=attributes.get("coach", ""),
    )


def _refusal(room: Room, noun: Verb, participant: Participant) -> tuple[int, str] | None:
    if participant.label and participant.label in room.labels():
        return LABEL_TAKEN, f"the participant label {participant.label} is taken in {room.name}"
    if len(room.members) >= int(noun.attributes.get("maxParticipants", "250")):
        return 0, f"the conference {room.name} is full"
    if participant.coaching and participant.call_sid_to_coach not in room.members:
        return NOT_CONNECTED, f"the call to coach is not in {room.name}"
    return None
