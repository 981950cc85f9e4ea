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
# Why somebody left, in the words of https://www.twilio.com/docs/voice/twiml/conference (request parameters).
HUNG_UP, UPDATED, ADD_FAILED = "participant_hung_up", "participant_updated_via_api", "participant_add_failed"
ENDED_BY_API, ENDED_BY_MODERATOR = "conference_ended_via_api", "moderator_ended_conference"
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
        if participant not in self.conference.participants:
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

    def leave(self, member: Member, reason: str, *, kicked: bool = False) -> None:
        """Somebody is gone; the last one, and one whose leaving ends it, take the conference with them."""
        if member.leg.call.sid not in self.members:
            return
        self._gone(member, reason)
        how = "kicked" if kicked else "left"
        if member.participant.end_on_exit:
            self.end(f"participant-with-end-conference-on-exit-{how}", member.participant)
        elif not self.members:
            self.end(f"last-participant-{how}", member.participant)

    def end(self, reason: str, by: Participant | None = None) -> None:
        """Everybody drops out and the room is over; its last event is its end."""
        if self.conference.status == "completed":
            return
        self.conference.status, self.conference.reason_ended = "completed", reason
        self.conference.call_sid_ending = by.call.sid if by else ""
        left = ENDED_BY_MODERATOR if by else ENDED_BY_API
        for member in list(self.members.values()):
            put_out(member, left)
            self._gone(member, left)
        who = {"CallSidEndingConference": by.call.sid} if by else {}
        label = {"ParticipantLabelEndingConference": by.label} if by and by.label else {}
        self.event("conference-end", None, ReasonConferenceEnded=reason, **who, **label)

    def not_reached(self, participant: Participant) -> None:
        """Somebody whom REST called into the room did not answer.

        Source: https://www.twilio.com/en-us/changelog/participantcallstatus-and-reasonparticipantleft-attributes-added
        """
        self.conference.participants.remove(participant)
        why = {"ReasonParticipantLeft": ADD_FAILED, "ParticipantCallStatus": participant.call.status}
        self.event("participant-leave", participant, **why)
        if not self.conference.participants:
            self.end("last-participant-left", participant)

    def _gone(self, member: Member, reason: str) -> None:
        del self.members[member.leg.call.sid]
        silence(member)
        self.conference.participants.remove(member.participant)
        self._tell_story(member.leg.name, f"leaves conference {self.name}")
        why = {"ReasonParticipantLeft": reason, "ParticipantCallStatus": member.leg.call.status}
        self.event("participant-leave", member.participant, **why)
        self.reconnect(also=member.leg.name)

    def reconnect(self, also: str = "") -> None:
        """Tells the story who can talk with whom now."""
        pairs: set[frozenset[str]] = set()
        if self.conference.status == "in-progress":
            pairs = {
                frozenset({one.leg.name, other.leg.name})
                for one, other in combinations(self.members.values(), 2)
                if _hears(one, other) and _hears(other, one)
            }
        everybody = frozenset({also, *(member.leg.name for member in self.members.values())} - {""})
        self.carrier.story.connect(self.carrier.now, pairs, everybody)

    def spoken(self, speaker: Leg, words: str) -> None:
        """What one says all others hear who are neither on hold nor kept from the speaker."""
        said_by = self.members.get(speaker.call.sid)
        if self.conference.status != "in-progress" or said_by is None:
            return
        for member in list(self.members.values()):
            if member is not said_by and _hears(member, said_by):
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
        self._latest: dict[str, Room] = {}

    def live(self, name_or_sid: str) -> Room | None:
        """The room that goes by this name or SID now."""
        room = self._latest.get(name_or_sid) or self.by_sid.get(name_or_sid)
        return None if room is None or room.conference.status == "completed" else room

    def begin(self, name: str, callback: Callback) -> Room:
        """A new room; the callback is its first participant's."""
        account = self._carrier.account.sid
        conference = Conference(new_sid("CF"), account, name, self._carrier.now, callback=callback)
        room = Room(self._carrier, conference, announcing=simpy.Resource(self._carrier.env))
        self.by_sid[conference.sid] = self._latest[name] = room
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


def _hears(listener: Member, speaker: Member) -> bool:
    """Nobody is heard while muted or on hold; somebody who coaches is heard only by whom he coaches."""
    said_by = speaker.participant
    if not listener.hears_others or said_by.hold or said_by.muted:
        return False
    return not said_by.coaching or said_by.call_sid_to_coach == listener.leg.call.sid
