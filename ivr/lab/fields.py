"""The form fields of Twilio's webhooks: what a call always carries, and what some requests add.

Source: https://www.twilio.com/docs/voice/twiml#request-parameters
"""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache

from ivr.lab.records import Call, Conference, Message, Participant, Queue, Recording

API_VERSION = "2010-04-01"


def call_fields(call: Call) -> dict[str, str]:
    """The fields of every webhook of a call; 25 for one that comes in."""
    fields = {
        "CallSid": call.sid,
        "AccountSid": call.account_sid,
        "ApiVersion": API_VERSION,
        "Direction": call.direction,
        "CallStatus": call.status,
        **_party(("From", "Caller"), call.from_),
        **_party(("To", "Called"), call.to),
    }
    if call.parent_sid:
        fields["ParentCallSid"] = call.parent_sid
    return fields


def queue_fields(queue: Queue, call_sid: str, now: float) -> dict[str, str]:
    """What a request for the waitUrl adds.

    Source: https://www.twilio.com/docs/voice/twiml/enqueue
    """
    waiting = len(queue.waiting)
    return {
        "QueueSid": queue.sid,
        "QueuePosition": str(list(queue.waiting).index(call_sid) + 1),
        "QueueTime": str(int(now - queue.waiting[call_sid])),
        "AvgQueueTime": str(int(now - sum(queue.waiting.values()) / waiting)),
        "CurrentQueueSize": str(waiting),
        "MaxQueueSize": str(queue.max_size),
    }


def left_queue_fields(queue: Queue, entered: float | None, now: float, result: str) -> dict[str, str]:
    """What a request for Enqueue's action adds; a call that was never in the queue has no time there.

    Source: https://www.twilio.com/docs/voice/twiml/enqueue
    """
    if entered is None:
        return {"QueueResult": result}
    return {"QueueResult": result, "QueueSid": queue.sid, "QueueTime": str(int(now - entered))}


def progress_fields(call: Call, sequence: int, now: float) -> dict[str, str]:
    """What a status callback of a call adds; durations only once it is over.

    Source: https://www.twilio.com/docs/voice/api/call-resource
    """
    fields = {
        "Timestamp": timestamp(now),
        "CallbackSource": "call-progress-events",
        "SequenceNumber": str(sequence),
    }
    if call.is_over:
        seconds = max(1, math.ceil(call.lasted_s)) if call.answered is not None else 0
        minutes = math.ceil(seconds / 60)
        fields |= {"CallDuration": str(seconds), "Duration": str(minutes), "SipResponseCode": call.sip_code}
    return fields


def conference_fields(conference: Conference, event: str, now: float) -> dict[str, str]:
    """What every event of a conference carries.

    Source: https://www.twilio.com/docs/voice/twiml/conference#attributes-statuscallback
    """
    return {
        "AccountSid": conference.account_sid,
        "ConferenceSid": conference.sid,
        "FriendlyName": conference.name,
        "StatusCallbackEvent": event,
        "Timestamp": timestamp(now),
        "SequenceNumber": str(conference.sequence),
    }


def participant_fields(participant: Participant) -> dict[str, str]:
    """What an event about one participant adds; its label only if it has one."""
    fields = {
        "CallSid": participant.call.sid,
        "Muted": _flag(participant.muted),
        "Hold": _flag(participant.hold),
        "Coaching": _flag(participant.coaching),
        "StartConferenceOnEnter": _flag(participant.start_on_enter),
        "EndConferenceOnExit": _flag(participant.end_on_exit),
    }
    if participant.label:
        fields["ParticipantLabel"] = participant.label
    if participant.call_sid_to_coach:
        fields["CallSidToCoach"] = participant.call_sid_to_coach
    return fields


def recording_fields(recording: Recording, url: str, now: float) -> dict[str, str]:
    """A recording's status callback: it carries neither From nor To nor CallStatus.

    Source: https://www.twilio.com/docs/voice/api/recording#recordingstatuscallback
    """
    return {
        "AccountSid": recording.account_sid,
        "CallSid": recording.call_sid,
        "RecordingSid": recording.sid,
        "RecordingUrl": url,
        "RecordingStatus": recording.status,
        "RecordingDuration": str(recording_s(recording, now)),
        "RecordingChannels": str(recording.channels),
        "RecordingStartTime": timestamp(recording.created),
        "RecordingSource": recording.source,
        "RecordingTrack": recording.track,
    }


def message_fields(message: Message) -> dict[str, str]:
    """A message's status callback: https://www.twilio.com/docs/messaging/guides/track-outbound-message-status"""
    return {
        "MessageSid": message.sid,
        "MessageStatus": message.status,
        "SmsSid": message.sid,
        "SmsStatus": message.status,
        "AccountSid": message.account_sid,
        "From": message.from_,
        "To": message.to,
        "ApiVersion": API_VERSION,
    }


def recording_s(recording: Recording, now: float) -> int:
    """Whole seconds of a recording so far."""
    return round((recording.ended or now) - recording.created)


def timestamp(at: float) -> str:
    """RFC 2822, as Twilio writes times."""
    return format_datetime(datetime.fromtimestamp(at, UTC))


def _flag(is_so: bool) -> str:
    return "true" if is_so else "false"


@lru_cache(maxsize=4096)
def _party(names: tuple[str, str], number: str) -> Mapping[str, str]:
    """One side of the call, under both names that Twilio uses; places are often empty, never absent."""
    american = number.startswith("+1") and len(number) == 12
    place = {"City": "", "State": "CA" if american else "", "Zip": "", "Country": "US" if american else ""}
    return {
        field: value
        for name in names
        for field, value in ({name: number} | {name + part: of for part, of in place.items()}).items()
    }
