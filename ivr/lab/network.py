"""The telephone network: telephones, the account's calls, and what Twilio's REST can do with them.

Pure: it has no threads, no sockets and no time but its own. Whoever runs it (ivr/lab/exchange.py) moves
its clock, sends what lies in its outbox, and holds its lock.
"""

from ivr.lab.account import Account
from ivr.lab.carrier import Ask, Carrier
from ivr.lab.conference import ENDED_BY_API
from ivr.lab.dial import DialVerb
from ivr.lab.faults import Faults
from ivr.lab.gather import gather
from ivr.lab.leg import Gone, Leg, Moved
from ivr.lab.messages import Messages
from ivr.lab.phone import Phone
from ivr.lab.queue import EnqueueVerb, Queues
from ivr.lab.record import Recordings, RecordVerb
from ivr.lab.records import (
    Call,
    Callback,
    Conference,
    Message,
    Move,
    NewCall,
    Participant,
    ParticipantOptions,
    Queue,
    Recording,
    Refused,
)
from ivr.lab.room_sounds import Wait, announce, hold, resume
from ivr.lab.rooms import Member, Room, Rooms, put_out
from ivr.lab.speaking import hang_up, leave, redirect, reject, speak
from ivr.lab.story import Story
from ivr.lab.switchboard import Switchboard

NOT_IN_PROGRESS, NOT_FOUND, NOT_RECORDABLE = 21220, 20404, 21220


class Network:
    """Everything that is simulated. What REST asks for raises `Refused` where Twilio would refuse it."""

    def __init__(self, account: Account, *, began: float, faults: Faults | None = None) -> None:
        self.carrier = Carrier(account, began=began, faults=faults)
        self._recordings = Recordings(self.carrier)
        self._queues, self._rooms = Queues(self.carrier), Rooms(self.carrier)
        self._messages = Messages(self.carrier)
        self.switchboard = Switchboard(self.carrier, self._recordings)
        self.switchboard.verbs = {
            "Say": speak,
            "Play": speak,
            "Pause": speak,
            "Gather": gather,
            "Redirect": redirect,
            "Hangup": hang_up,
            "Reject": reject,
            "Leave": leave,
            "Record": RecordVerb(self._recordings),
            "Enqueue": EnqueueVerb(self._queues),
            "Dial": DialVerb(self._rooms, self.switchboard.child, self.switchboard.tidy),
        }

    @property
    def account(self) -> Account:
        return self.carrier.account

    @property
    def faults(self) -> Faults:
        return self.carrier.faults

    @property
    def story(self) -> Story:
        return self.carrier.story

    @property
    def now(self) -> float:
        return self.carrier.now

    @property
    def calls(self) -> dict[str, Call]:
        return self.carrier.calls

    @property
    def legs(self) -> dict[str, Leg]:
        return self.switchboard.legs

    @property
    def phones(self) -> dict[str, Phone]:
        return self.switchboard.phones

    @property
    def conferences(self) -> dict[str, Conference]:
        return {sid: room.conference for sid, room in self._rooms.by_sid.items()}

    @property
    def queues(self) -> dict[str, Queue]:
        return self._queues.by_sid

    @property
    def recordings(self) -> dict[str, Recording]:
        return self._recordings.by_sid

    @property
    def messages(self) -> dict[str, Message]:
        return self._messages.by_sid

    @property
    def next_event(self) -> float:
        """When something happens next of itself, in seconds since 1970; infinity for never."""
        return float(self.carrier.env.peek())

    def catch_up(self, now: float) -> None:
        """Everything happens that is due by now, and it is now."""
        env = self.carrier.env
        while env.peek() <= now:
            env.step()
        if env.now < now:
            env.run(until=now)
            env.step()  # simpy puts the event at which it stopped back, to be taken out by the next step

    def advance(self, limit: float, grain_s: float) -> float:
        """Time passes until something is to be sent and `grain_s` more, at most to `limit`; the time then."""
        env, outbox = self.carrier.env, self.carrier.outbox
        while env.peek() <= limit:
            env.step()
            if outbox and limit > env.now + grain_s:
                limit = env.now + grain_s
        self.catch_up(limit)
        return limit

    def create_call(self, new: NewCall) -> Call:
        """A call of the account's, queued behind the others of this second."""
        return self.switchboard.call(new).call

    def move_call(self, call: Call, move: Move) -> None:
        """Sends a live leg to another document."""
        if call.status != "in-progress":
            raise Refused(400, NOT_IN_PROGRESS, f"Call is not in-progress. Cannot redirect. ({call.status})")
        if move.fallback_url is not None:
            call.fallback_url, call.fallback_method = move.fallback_url, move.fallback_method
        self.legs[call.sid].interrupt(Moved(Ask(move.url, move.method, twiml=move.twiml)))

    def end_call(self, call: Call, status: str) -> None:
        """Ends a call that rings or talks (completed), or one that does not talk yet (canceled)."""
        if call.is_over or (status == "canceled" and call.status == "in-progress"):
            raise Refused(400, NOT_IN_PROGRESS, f"Call is not in-progress. Cannot redirect. ({call.status})")
        leg = self.legs[call.sid]
        self.story.tell(self.now, leg.name, f"call is ended by REST ({status})")
        leg.interrupt(Gone(ENDED_BY_API))

    def create_participant(self, conference: str, new: NewCall, options: ParticipantOptions) -> Participant:
        """Rings a telephone and puts it into the conference (name or SID) when it answers."""
        room = self._rooms.live(conference) or self._rooms.begin(conference, options.conference_callback)
        participant = Participant(
            Call("", "", "", "", "outbound-api", self.now),
            options.label,
            options.muted,
            start_on_enter=options.start_on_enter,
            end_on_exit=options.end_on_exit,
        )
        room.conference.participants.append(participant)
        self.switchboard.call_into(room, new, participant, Wait(options.wait_url, options.wait_method))
        return participant

    def announce(
        self, conference: Conference, url: str, method: str, participant: Participant | None = None
    ) -> None:
        """A document played to everybody in the conference, or to one."""
        to = self._member(conference, participant) if participant else None
        announce(self._room(conference), Ask(url, method), to)

    def end_conference(self, conference: Conference) -> None:
        self._room(conference).end("conference-ended-via-api")

    def hold(self, conference: Conference, participant: Participant, on: bool, url: str, method: str) -> None:
        """On hold with a document ("" for silence), or back among the others."""
        member = self._member(conference, participant)
        if on:
            hold(self._room(conference), member, Ask(url, method) if url else None)
        else:
            resume(self._room(conference), member)

    def mute(self, conference: Conference, participant: Participant, on: bool) -> None:
        room = self._room(conference)
        participant.muted = on
        room.reconnect()
        room.event("participant-mute" if on else "participant-unmute", participant)

    def kick(self, conference: Conference, participant: Participant) -> None:
        put_out(self._member(conference, participant), "kicked")

    def record(self, call: Call, channels: int, track: str, callback: Callback, trim: str) -> Recording:
        if call.status != "in-progress":
            raise Refused(400, NOT_RECORDABLE, "Requested resource is not eligible for recording")
        return self._recordings.start(
            call, "StartCallRecordingAPI", channels=channels, track=track, trim=trim, to=callback
        )

    def pause_recording(self, recording: Recording, behavior: str) -> None:
        _goes_on(recording)
        recording.status, recording.pause_behavior = "paused", behavior

    def resume_recording(self, recording: Recording) -> None:
        _goes_on(recording)
        recording.status = "in-progress"

    def stop_recording(self, recording: Recording) -> None:
        _goes_on(recording)
        self._recordings.finish(recording)

    def recording_media(self, recording: Recording) -> bytes:
        """A WAV file."""
        return self._recordings.media(recording)

    def send_message(self, from_: str, to: str, body: str, callback: Callback) -> Message:
        return self._messages.send(from_, to, body, callback)

    def _room(self, conference: Conference) -> Room:
        return self._rooms.by_sid[conference.sid]

    def _member(self, conference: Conference, participant: Participant) -> Member:
        """Refused 20404 for a call that is not in the conference (any more)."""
        member = self._room(conference).members.get(participant.call.sid)
        if member is None:
            raise Refused(404, NOT_FOUND, "The requested participant is not in this conference")
        return member


def _goes_on(recording: Recording) -> None:
    if recording.ended is not None:
        raise Refused(400, NOT_RECORDABLE, "Requested resource is not eligible for recording")
