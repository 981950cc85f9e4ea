"""Dial to a Conference: a leg joins a room and comes out of it; and what REST does to those inside.

Source: https://www.twilio.com/docs/voice/twiml/conference
"""

from dataclasses import dataclass

import simpy

from ivr.lab.carrier import Ask, Script
from ivr.lab.leg import Gone, Leg, sound
from ivr.lab.pages import Next, Page, Stop, follow
from ivr.lab.records import Callback, Participant
from ivr.lab.rooms import Member, Room, Rooms, events_asked, put_out, silence
from ivr.lab.twiml import NotCoveredError, TwimlError, Verb
from ivr.lab.webhooks import ApplicationError, WebhookError, complain
from ivr.lab.webhooks import alone as sound_page

LABEL_TAKEN = 16025
NOT_CONNECTED = 13240
DEFAULT_MUSIC = "http://twimlets.com/holdmusic?Bucket=com.twilio.music.classical"
LONGEST_S = 4 * 3600.0


def join(rooms: Rooms, leg: Leg, dial: Verb, page: Page) -> Script[Next | None]:
    """Into the room until it is left; then Dial's action, or without one the verb after the Dial."""
    noun = dial.children[0]
    room = rooms.live(noun.text) or rooms.open(noun.text, _callback(noun, page))
    participant = _participant(leg, noun)
    if fault := _refusal(room, noun, participant):
        leg.carrier.alert(*fault, leg.call.sid)
        return None
    url = noun.attributes.get("waitUrl")
    wait = Wait(page.link(url) if url else url, noun.attributes.get("waitMethod", "POST"))
    reason = yield from stay(room, leg, participant, dial, wait)
    leg.carrier.story.tell(leg.carrier.now, leg.name, f"is out of the conference: {reason}")
    if "action" not in dial.attributes:
        return None
    return page.ask(dial, {"DialCallStatus": "completed"})


def stay(room: Room, leg: Leg, participant: Participant, dial: Verb | None, wait: "Wait") -> Script[str]:
    """In the room until kicked, ended, timed out or starred out; returns why. A leg cut off has left."""
    member = room.enter(leg, participant)
    leg.place = "conference"
    leg.on_words = lambda words: room.spoken(leg, words)
    if dial is not None and dial.attributes.get("hangupOnStar") == "true":
        leg.on_keys = lambda keys: put_out(member, "star") if "*" in keys else None
    if room.conference.status == "init":
        member.sound = leg.env.process(_music(leg, wait))
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
    room.leave(member, "participant_updated_via_api" if reason == "kicked" else reason)
    return reason


def _reason(cut: simpy.Interrupt) -> str:
    return "participant_hung_up" if isinstance(cut.cause, Gone) else "participant_updated_via_api"


@dataclass(frozen=True)
class Wait:
    """What is heard until the conference starts: a document, Twilio's music (None), or nothing ("")."""

    url: str | None = None
    method: str = "POST"


def _music(leg: Leg, wait: Wait) -> Script[None]:
    """Not repeated: at its end there is silence, unless it redirects."""
    try:
        if wait.url:
            yield from _document(leg, Ask(wait.url, wait.method))
        elif wait.url is None:
            yield from leg.plays(Verb("Play", {}, DEFAULT_MUSIC))
    except simpy.Interrupt:
        return


def _document(leg: Leg, ask: Ask) -> Script[None]:
    """A document played to one participant, following its redirects; a failing one is silence."""
    after: Next = ask
    while isinstance(after, Ask):
        try:
            page = yield from sound_page(leg, after, "conference_wait")
        except (WebhookError, TwimlError, ApplicationError) as failure:
            if isinstance(failure, NotCoveredError | WebhookError | TwimlError):
                complain(leg, after, failure)
            return
        after = yield from follow(leg, page, leg.verbs)


def hold(room: Room, member: Member, ask: Ask | None) -> None:
    """He hears only the hold document, again and again, and nobody hears him."""
    member.participant.hold = True
    silence(member)
    if ask is not None:
        member.sound = member.leg.env.process(_on_hold(member, ask))
    room.reconnect()
    room.event("participant-hold", member.participant)


def resume(room: Room, member: Member) -> None:
    """Back among the others."""
    member.participant.hold = False
    silence(member)
    room.reconnect()
    room.event("participant-unhold", member.participant)


def _on_hold(member: Member, ask: Ask) -> Script[None]:
    leg = member.leg
    try:
        while True:
            began = leg.env.now
            yield from _document(leg, ask)
            yield leg.env.timeout(max(0.0, 1.0 - (leg.env.now - began)))
    except simpy.Interrupt:
        return


def announce(room: Room, ask: Ask, to: Member | None = None) -> None:
    """A document played to all in the room, or to one; announcements follow one another."""
    room.carrier.env.process(_announced(room, ask, to))


def _announced(room: Room, ask: Ask, to: Member | None) -> Script[None]:
    assert room.announcing is not None
    with room.announcing.request() as turn:
        yield turn
        speaker = to or next(iter(room.members.values()), None)
        if speaker is None:
            return
        after: Next = ask
        while isinstance(after, Ask):
            try:
                page = yield from sound_page(speaker.leg, after, "conference_wait")
            except (WebhookError, TwimlError) as failure:
                # A failing document is not told as announcement-fail: docs/lab.md, "Assumptions".
                complain(speaker.leg, after, failure)
                return
            after = yield from _to_all(room, page, to)
    about = to.participant if to else None
    room.event("announcement-end", about, AnnounceUrl=ask.url)


def _to_all(room: Room, page: Page, to: Member | None) -> Script[Next]:
    """Each verb to everybody who is in the room when it begins."""
    for verb in page.document.verbs:
        if verb.name == "Redirect":
            return Ask(page.link(verb.text), verb.attributes.get("method", "POST"))
        text, seconds = sound(verb)
        listening = [to] if to else [one for one in room.members.values() if one.hears_others]
        for member in listening:
            member.leg.hears(verb.name, text, verb.language, seconds=seconds)
        yield room.carrier.env.timeout(seconds)
    return Stop.RAN_OUT


def _callback(noun: Verb, page: Page) -> Callback:
    url = noun.attributes.get("statusCallback")
    if not url:
        return Callback()
    events = events_asked(noun.attributes.get("statusCallbackEvent", "start end"))
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
