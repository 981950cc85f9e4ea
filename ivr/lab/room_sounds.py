"""What is played in a room: music before it starts, documents for those on hold, announcements.

Source: https://www.twilio.com/docs/voice/twiml/conference, https://www.twilio.com/docs/voice/api/conference-participant-resource
"""

from dataclasses import dataclass

import simpy

from ivr.lab.carrier import Ask, Script
from ivr.lab.leg import MAX_LOOPS, Leg, sound
from ivr.lab.pages import Next, Page, Stop, follow
from ivr.lab.rooms import Member, Room, put_out, silence
from ivr.lab.twiml import TwimlError, Verb
from ivr.lab.webhooks import WebhookError, complain
from ivr.lab.webhooks import alone as sound_page

DEFAULT_MUSIC = "http://twimlets.com/holdmusic?Bucket=com.twilio.music.classical"
SHORTEST_S = 1.0


@dataclass(frozen=True)
class Wait:
    """What is heard until the conference starts: a document, Twilio's music (None), or nothing ("")."""

    url: str | None = None
    method: str = "POST"


def music(member: Member, wait: Wait) -> Script[None]:
    """Not repeated: at its end there is silence, unless it redirects. One that fails puts the caller out."""
    try:
        if wait.url:
            if not (yield from _document(member.leg, Ask(wait.url, wait.method))):
                put_out(member, "its waitUrl failed")
        elif wait.url is None:
            yield from member.leg.plays(Verb("Play", {}, DEFAULT_MUSIC))
    except simpy.Interrupt:
        return


def _document(leg: Leg, ask: Ask) -> Script[bool]:
    """A document played to one participant, following its redirects; False for one that fails."""
    after: Next = ask
    while isinstance(after, Ask):
        began = leg.env.now
        try:
            page = yield from sound_page(leg, after, "conference_wait")
        except (WebhookError, TwimlError) as failure:
            complain(leg, after, failure)
            return False
        after = yield from follow(leg, page, leg.verbs)
        yield _at_least(leg.env, began)
    return True


def _at_least(env: simpy.Environment, began: float) -> simpy.Event:
    """Documents without sound that redirect to one another must not stop the clock."""
    return env.timeout(max(0.0, SHORTEST_S - (env.now - began)))


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
        while (yield from _document(leg, ask)):
            pass
    except simpy.Interrupt:
        return


def announce(room: Room, ask: Ask, to: Member | None = None) -> None:
    """A document played to all in the room, or to one; announcements follow one another."""
    room.carrier.env.process(_announced(room, ask, to))


def _announced(room: Room, ask: Ask, to: Member | None) -> Script[None]:
    assert room.announcing is not None
    with room.announcing.request() as turn:
        yield turn
        after: Next = ask
        while isinstance(after, Ask):
            speaker = next(iter(_listening(room, to)), None)
            if speaker is None:
                break
            try:
                page = yield from sound_page(speaker.leg, after, "conference_wait")
            except (WebhookError, TwimlError) as failure:
                # A failing document is not told as announcement-fail: docs/lab.md, "Assumptions".
                complain(speaker.leg, after, failure)
                return
            began = room.carrier.env.now
            after = yield from _to_all(room, page, to)
            if isinstance(after, Ask):
                yield _at_least(room.carrier.env, began)
    if room.conference.status != "completed":
        about = to.participant if to and _listening(room, to) else None
        room.event("announcement-end", about, AnnounceUrl=ask.url)


def _to_all(room: Room, page: Page, to: Member | None) -> Script[Next]:
    """Each verb to everybody who is in the room when it begins; it ends when nobody is left."""
    for verb in page.document.verbs:
        if verb.name == "Redirect":
            return Ask(page.link(verb.text), verb.attributes.get("method", "POST"))
        text, seconds = sound(verb)
        for _ in range(int(verb.attributes.get("loop", "1")) or MAX_LOOPS):
            listening = _listening(room, to)
            if not listening:
                return Stop.RAN_OUT
            for member in listening:
                member.leg.hears(verb.name, text, verb.language, seconds=seconds)
            yield room.carrier.env.timeout(seconds)
    return Stop.RAN_OUT


def _listening(room: Room, to: Member | None) -> list[Member]:
    """Who hears an announcement: one, even on hold, or all who are not; nobody who has left."""
    if to is not None:
        return [to] if room.members.get(to.leg.call.sid) is to else []
    return [one for one in room.members.values() if one.hears_others]
