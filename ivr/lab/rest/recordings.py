"""Recordings: start on a call, pause, resume, stop, fetch, list, delete, and the media.

Source: https://www.twilio.com/docs/voice/api/recording
"""

from collections.abc import Callable, Iterable

from ivr.lab.records import Callback, Recording, Refused
from ivr.lab.rest import errors
from ivr.lab.rest.ask import API_VERSION, JSON, Answer, Ask
from ivr.lab.rest.calls import the_call
from ivr.lab.rest.dates import date_filter, date_names, rfc2822
from ivr.lab.rest.errors import missing, not_covered
from ivr.lab.rest.form import Form
from ivr.lab.rest.paging import PAGING, Listing

CURRENT = "Twilio.CURRENT"
CREATE = (
    "RecordingChannels",
    "RecordingTrack",
    "Trim",
    "RecordingStatusCallback",
    "RecordingStatusCallbackMethod",
    "RecordingStatusCallbackEvent",
)
EVENTS = ("in-progress", "completed", "absent")
CHANNELS = {"mono": 1, "dual": 2}
GOING_ON = frozenset({"in-progress", "paused"})
DATES = date_names("DateCreated")


def create(ask: Ask) -> Answer:
    form = ask.form(CREATE, repeated=("RecordingStatusCallbackEvent",))
    call = the_call(ask)
    channels = CHANNELS[form.one_of("RecordingChannels", CHANNELS, "mono")]
    track = form.one_of("RecordingTrack", ("inbound", "outbound", "both"), "both")
    trim = form.one_of("Trim", ("trim-silence", "do-not-trim"), "do-not-trim")
    recording = ask.network.record(call, channels, track, _callback(form), trim)
    return Answer(201, of_a_call_json(ask, recording))


def update(ask: Ask) -> Answer:
    """Pauses (as silence), resumes or stops the recording of this SID, or the one that is going on."""
    form = ask.form(("Status", "PauseBehavior"))
    recording = _current(ask) if ask.at["recording"] == CURRENT else _of_the_call(ask)
    if recording.status not in GOING_ON:
        raise Refused(400, errors.NOT_IN_PROGRESS, "Recording is not in-progress. Cannot update.")
    if "Status" not in form:
        raise missing("Status", errors.UNKNOWN_PARAMETERS)
    status = form.one_of("Status", ("in-progress", "paused", "stopped"), "in-progress")
    behavior = form.one_of("PauseBehavior", ("silence", "skip"), "silence")
    if behavior == "skip":
        raise not_covered("PauseBehavior=skip: its recordings keep their length")
    match status:
        case "paused":
            ask.network.pause_recording(recording, behavior)
        case "in-progress":
            ask.network.resume_recording(recording)
        case _:
            ask.network.stop_recording(recording)
    return Answer(body=of_a_call_json(ask, recording))


def fetch(ask: Ask) -> Answer:
    ask.no_parameters()
    return Answer(body=recording_json(ask, _the_recording(ask)))


def fetch_of_a_call(ask: Ask) -> Answer:
    ask.no_parameters()
    return Answer(body=of_a_call_json(ask, _of_the_call(ask)))


def list_(ask: Ask) -> Answer:
    form = ask.form(("CallSid", *DATES, *PAGING))
    kept = [one for one in _kept(ask) if form.text("CallSid", one.call_sid) == one.call_sid]
    return _listing(ask, kept, form, recording_json)


def list_of_a_call(ask: Ask) -> Answer:
    form = ask.form((*DATES, *PAGING))
    call = the_call(ask)
    return _listing(ask, [one for one in _kept(ask) if one.call_sid == call.sid], form, of_a_call_json)


def delete(ask: Ask) -> Answer:
    ask.no_parameters()
    return _delete(_the_recording(ask))


def delete_of_a_call(ask: Ask) -> Answer:
    ask.no_parameters()
    return _delete(_of_the_call(ask))


def media(ask: Ask) -> Answer:
    """The sound, once it is complete: as .wav or without ending. The lab makes no .mp3."""
    ask.no_parameters()
    sid = ask.at["recording"].removesuffix(".wav")
    recording = ask.network.recordings.get(sid)
    if recording is None or recording.deleted or recording.status != "completed":
        raise ask.not_found
    return Answer(media=ask.network.recording_media(recording))


def recording_json(ask: Ask, recording: Recording) -> JSON:
    """A recording as the account lists it."""
    uri = f"{ask.account}/Recordings/{recording.sid}"
    return {
        **_json(recording),
        "price": None,
        "uri": f"{uri}.json",
        "media_url": f"{ask.host}{uri}",
        "subresource_uris": {
            "add_on_results": f"{uri}/AddOnResults.json",
            "transcriptions": f"{uri}/Transcriptions.json",
        },
    }


def of_a_call_json(ask: Ask, recording: Recording) -> JSON:
    """A recording as its call lists it."""
    uri = f"{ask.account}/Calls/{recording.call_sid}/Recordings/{recording.sid}.json"
    return {**_json(recording), "price": None, "track": recording.track, "uri": uri}


def _json(recording: Recording) -> JSON:
    lasted = None if recording.ended is None else str(int(recording.ended - recording.created))
    return {
        "sid": recording.sid,
        "account_sid": recording.account_sid,
        "call_sid": recording.call_sid,
        "conference_sid": None,
        "api_version": API_VERSION,
        "date_created": rfc2822(recording.created),
        "date_updated": rfc2822(recording.ended or recording.created),
        "start_time": rfc2822(recording.created),
        "duration": lasted,
        "price_unit": "USD",
        "status": recording.status,
        "channels": recording.channels,
        "source": recording.source,
        "error_code": None,
        "encryption_details": None,
    }


def _listing(
    ask: Ask, records: Iterable[Recording], form: Form, shape: Callable[[Ask, Recording], JSON]
) -> Answer:
    created = date_filter(form, "DateCreated")
    listing = Listing(
        "recordings",
        records,
        lambda one: one.sid,
        lambda one: shape(ask, one),
        lambda one: created(one.created),
    )
    return listing.page(ask, form)


def _delete(recording: Recording) -> Answer:
    if recording.status in GOING_ON:
        raise not_covered("deleting a recording that is going on: stop it first")
    recording.deleted = True
    return Answer(204)


def _kept(ask: Ask) -> list[Recording]:
    return [one for one in ask.network.recordings.values() if not one.deleted]


def _the_recording(ask: Ask) -> Recording:
    for one in _kept(ask):
        if one.sid == ask.at["recording"]:
            return one
    raise ask.not_found


def _of_the_call(ask: Ask) -> Recording:
    call, found = the_call(ask), _the_recording(ask)
    if found.call_sid != call.sid:
        raise ask.not_found
    return found


def _current(ask: Ask) -> Recording:
    """The call's latest recording that is going on. Only updates know it by this name."""
    call = the_call(ask)
    for one in reversed(_kept(ask)):
        if one.call_sid == call.sid and one.status in GOING_ON:
            return one
    raise ask.not_found


def _callback(form: Form) -> Callback:
    return Callback(
        form.url("RecordingStatusCallback", errors.INVALID_STATUS_CALLBACK),
        form.method("RecordingStatusCallbackMethod"),
        form.events(
            "RecordingStatusCallbackEvent", EVENTS, "completed", errors.INVALID_STATUS_CALLBACK_EVENT
        ),
    )
