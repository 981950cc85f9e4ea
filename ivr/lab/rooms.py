"""Conference rooms: who is in, who hears whom, what is played to whom, and the events of all that.

Source: https://www.twilio.com/docs/voice/twiml/conference, https://www.twilio.com/docs/voice/api/participant-resource
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations

import simpy

from ivr.lab.carrier import Carrier
from ivr.lab.events import tell
from ivr.lab.fields import conference_fields, participant_fields
from ivr.lab.leg import Leg
from ivr.lab.records import Callback, Conference, Participant
from ivr.lab.sids import new_sid

# What statusCallbackEvent asks for, and the events that it brings.
FAMILIES: Mapping[str, frozenset[str]] = {
    "start": frozenset({"conference-start"}),
    "end": frozenset({"conference-end"}),
    "join": frozenset({"participant-join"}),
    "leave": frozenset({"participant-leave"}),
    "mute": frozenset({"participant-mute", "participant-unmute"}),
    "hold": frozenset({"participant-hold", "participant-unhold"}),
    "modify": frozenset({"participant-modify"}),
    "speaker": frozenset({"participant-speech-start", "participant-speech-stop"}),
    "announcement": frozenset({"announcement-end", "announcement-fail"}),
}
AT_LEAST = 2  # https://www.twilio.com/docs/voice/twiml/conference: it does not start before two have joined


@dataclass(eq=False)
class Member:
    """Somebody in a room. `out` brings why he leaves; `sound` is what is played to him alone."""

    participant: Participant
    leg: Leg
    out: simpy.Event
    sound: simpy.Process | None = None

    @property
    def hears_others(self) -> bool:
        return not self.participant.hold


@dataclass(eq=False)
class Room:
    """One conference while it lasts; its callback and events are those of whoever joined first."""

    carrier: Carrier
    conference: Conference
    members: dict[str, Member] = field(default_factory=dict)
    announcing: simpy.Resource | None = None

    @property
    def name(self) -> str:
        return self.conference.name

    def labels(self) -> set[str]:
        return {member.participant.label for member in self.members.values()} - {""}

    def enter(self, leg: Leg, participant: Participant) -> Member:
        """Somebody joins; with the second the conference starts, if one of them may start it."""
        member = Member(participant, leg, leg.env.event())
        participant.joined = self.carrier.now
        self.members[leg.call.sid] = member
        self.conference.participants.append(participant)
        self._tell_story(leg.name, f"joins conference {self.name} {participant.label}".rstrip())
        self.event("participant-join", participant)
        if self.conference.status == "init" and self._may_start():
            self.conference.status = "in-progress"
            for one in self.members.values():
                silence(one)
            self.event("conference-start")
        self.reconnect()
        return member

    def _may_start(self) -> bool:
        starters = [one for one in self.members.values() if one.participant.start_on_enter]
        return len(self.members) >= AT_LEAST and bool(starters)

    def leave(self, member: Member, reason: str) -> None:
        """Somebody is gone; the last one, and one whose leaving ends it, take the conference with them."""
        if self.members.pop(member.leg.call.sid, None) is None:
            return
        silence(member)
        self.conference.participants.remove(member.participant)
        self._tell_story(member.leg.name, f"leaves conference {self.name}")
        why = {"ReasonParticipantLeft": reason, "ParticipantCallStatus": member.leg.call.status}
        self.event("participant-leave", member.participant, **why)
        self.reconnect(also=member.leg.name)
        if self.conference.status == "completed":
            return
        if member.participant.end_on_exit:
            self.end("participant-with-end-conference-on-exit-left", member.leg.call.sid)
        elif not self.members:
            self.end("last-participant-left", member.leg.call.sid)

    def end(self, reason: str, call_sid: str = "") -> None:
        """Everybody drops out and the room is over."""
        if self.conference.status == "completed":
            return
        self.conference.status = "completed"
        self.conference.reason_ended, self.conference.call_sid_ending = reason, call_sid
        for member in list(self.members.values()):
            put_out(member, "conference_ended")
        why = {"ReasonConferenceEnded": reason} | ({"CallSidEndingConference": call_sid} if call_sid else {})
        self.event("conference-end", None, **why)

    def reconnect(self, also: str = "") -> None:
        """Tells the story who hears whom now."""
        inside = {member.leg.name for member in self.members.values()}
        pairs: set[frozenset[str]] = set()
        if self.conference.status == "in-progress":
            talking = [member.leg.name for member in self.members.values() if member.hears_others]
            pairs = {frozenset(pair) for pair in combinations(sorted(talking), 2)}
        everybody = frozenset(inside | ({also} if also else set()))
        self.carrier.story.connect(self.carrier.now, pairs, everybody)

    def spoken(self, speaker: Leg, words: str) -> None:
        """What one says all others hear who are neither on hold nor kept from the speaker."""
        said_by = self.members.get(speaker.call.sid)
        if self.conference.status != "in-progress" or said_by is None:
            return
        if said_by.participant.muted or said_by.participant.hold:
            return
        for member in self.members.values():
            if member is not said_by and member.hears_others and _may_hear(said_by, member):
                member.leg.hears("voice", words)

    def event(self, event: str, participant: Participant | None = None, **more: str) -> None:
        """One event of the room, numbered, to whom the first participant named."""
        self.conference.updated = self.carrier.now
        self.conference.sequence += 1
        about = participant_fields(participant) if participant else {}
        fields = conference_fields(self.conference, event, self.carrier.now) | about | more
        self._tell_story("conference", f"{self.name}: {event} {about.get('ParticipantLabel', '')}".rstrip())
        tell(self.carrier, self.conference.callback, event, fields, self.conference.sid)

    def _tell_story(self, who: str, what: str) -> None:
        self.carrier.story.tell(self.carrier.now, who, what)


class Rooms:
    """The account's conferences; a name is one room as long as that room lasts."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier
        self.by_sid: dict[str, Room] = {}

    def live(self, name_or_sid: str) -> Room | None:
        """The room that goes by this name or SID now."""
        for room in reversed(self.by_sid.values()):
            if name_or_sid in (room.name, room.conference.sid) and room.conference.status != "completed":
                return room
        return None

    def of(self, call_sid: str) -> Room | None:
        """The room in which this call is."""
        return next((room for room in self.by_sid.values() if call_sid in room.members), None)

    def open(self, name: str, callback: Callback) -> Room:
        """A new room; the callback is its first participant's."""
        account = self._carrier.account.sid
        conference = Conference(new_sid("CF"), account, name, self._carrier.now, callback=callback)
        room = Room(self._carrier, conference, announcing=simpy.Resource(self._carrier.env))
        self.by_sid[conference.sid] = room
        return room


def events_asked(families: str) -> frozenset[str]:
    """The events that a statusCallbackEvent asks for."""
    found = [FAMILIES[family] for family in families.replace(",", " ").split() if family in FAMILIES]
    return frozenset().union(*found)


def put_out(member: Member, reason: str) -> None:
    """His leg goes on with its own document."""
    if not member.out.triggered:
        member.out.succeed(reason)


def silence(member: Member) -> None:
    """What was played to him alone stops."""
    if member.sound is not None and member.sound.is_alive:
        member.sound.interrupt("silence")
    member.sound = None


def _may_hear(speaker: Member, listener: Member) -> bool:
    """Somebody who coaches is heard only by whom he coaches."""
    if not speaker.participant.coaching:
        return True
    return speaker.participant.call_sid_to_coach == listener.leg.call.sid
