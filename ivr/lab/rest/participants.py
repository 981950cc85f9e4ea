"""Participants of a conference: list, fetch, create, update, delete; by call SID or by label.

Who has left, and everybody in a conference that has ended, is not there any more.
Source: https://www.twilio.com/docs/voice/api/conference-participant-resource
"""

import re

from ivr.lab.records import Call, Callback, Conference, Participant, ParticipantOptions, Refused
from ivr.lab.rest import errors
from ivr.lab.rest.ask import JSON, Answer, Ask
from ivr.lab.rest.conferences import the_conference
from ivr.lab.rest.dates import rfc2822
from ivr.lab.rest.errors import not_covered
from ivr.lab.rest.form import Form
from ivr.lab.rest.new_call import LEG, call_to_conference
from ivr.lab.rest.paging import PAGING, Listing
from ivr.lab.rooms import FAMILIES, events_asked

CONFERENCE_CALLBACK = (
    "ConferenceStatusCallback",
    "ConferenceStatusCallbackMethod",
    "ConferenceStatusCallbackEvent",
)
JOINING = ("Label", "Muted", "StartConferenceOnEnter", "EndConferenceOnExit", "WaitUrl", "WaitMethod")
# The lab plays no beeps and nothing of a call that is not answered yet; CallReason is for the phone's screen.
HARMLESS = ("Beep", "EarlyMedia", "CallReason", "JitterBufferSize", "Region")
HOLD, ANNOUNCE = ("Hold", "HoldUrl", "HoldMethod"), ("AnnounceUrl", "AnnounceMethod")
UPDATE = ("Muted", "EndConferenceOnExit", *HOLD, *ANNOUNCE)
FILTERS = ("Muted", "Hold", "Coaching")
_SID = re.compile(r"CF[0-9a-fA-F]{32}")
_LABEL = re.compile(r"(?!CA[0-9a-fA-F]{32}$)(?!.*%2[fF])[^/]{1,128}", re.DOTALL)


def list_(ask: Ask) -> Answer:
    form = ask.form((*FILTERS, *PAGING))
    room = the_conference(ask)

    def keeps(one: Participant) -> bool:
        return (
            form.boolean("Muted", one.muted) == one.muted
            and form.boolean("Hold", one.hold) == one.hold
            and form.boolean("Coaching", one.coaching) == one.coaching
        )

    def shape(one: Participant) -> JSON:
        return participant_json(ask, room, one)

    return Listing("participants", present(room), lambda one: one.call.sid, shape, keeps).page(ask, form)


def fetch(ask: Ask) -> Answer:
    ask.no_parameters()
    room = the_conference(ask)
    return Answer(body=participant_json(ask, room, _the_participant(ask, room)))


def create(ask: Ask) -> Answer:
    """Calls somebody into the conference of this SID or name; one begins under a new name.

    Source: https://www.twilio.com/docs/errors/16024, 16026
    """
    repeated = ("StatusCallbackEvent", "ConferenceStatusCallbackEvent")
    form = ask.form((*LEG, *JOINING, *CONFERENCE_CALLBACK), harmless=HARMLESS, repeated=repeated)
    new, options = call_to_conference(form, ask.network.account), _options(form)
    form.boolean("EarlyMedia", True)
    wanted = ask.at["conference"]
    room = _going_on(ask, wanted)
    if room is None and _SID.fullmatch(wanted):
        raise ask.not_found
    if room and options.label in {one.label for one in present(room)} - {""}:
        raise Refused(400, errors.LABEL_IN_USE, f"Participant label is in use: {options.label}")
    added = ask.network.create_participant(wanted, new, options)
    room = _going_on(ask, wanted)
    assert room, "the network began a conference"
    return Answer(201, participant_json(ask, room, added))


def update(ask: Ask) -> Answer:
    form = ask.form(UPDATE)
    room = the_conference(ask)
    one = _the_participant(ask, room)
    hold, muted = form.boolean("Hold", one.hold), form.boolean("Muted", one.muted)
    hold_url, hold_method = form.url("HoldUrl"), form.method("HoldMethod", "GET")
    announce_url, announce_method = form.url("AnnounceUrl"), form.method("AnnounceMethod")
    if hold_url and not (hold and "Hold" in form):
        raise not_covered("HoldUrl without Hold=true")
    one.end_on_exit = form.boolean("EndConferenceOnExit", one.end_on_exit)
    if "Hold" in form:
        ask.network.hold(room, one, hold, hold_url, hold_method)
    if "Muted" in form:
        ask.network.mute(room, one, muted)
    if announce_url:
        ask.network.announce(room, announce_url, announce_method, one)
    return Answer(body=participant_json(ask, room, one))


def delete(ask: Ask) -> Answer:
    ask.no_parameters()
    room = the_conference(ask)
    ask.network.kick(room, _the_participant(ask, room))
    return Answer(204)


def present(room: Conference) -> list[Participant]:
    """Nobody of a conference that has ended, and nobody whose call has."""
    if room.status == "completed":
        return []
    return [one for one in room.participants if not one.call.is_over]


def participant_json(ask: Ask, room: Conference, one: Participant) -> JSON:
    since = rfc2822(one.joined or one.call.created)
    return {
        "account_sid": room.account_sid,
        "call_sid": one.call.sid,
        "conference_sid": room.sid,
        "label": one.label or None,
        "status": shown_status(one.call),
        "muted": one.muted,
        "hold": one.hold,
        "start_conference_on_enter": one.start_on_enter,
        "end_conference_on_exit": one.end_on_exit,
        "coaching": one.coaching,
        "call_sid_to_coach": one.call_sid_to_coach or None,
        "queue_time": str(int(one.call.queued_s * 1000)),
        "date_created": since,
        "date_updated": since,
        "uri": f"{ask.account}/Conferences/{room.sid}/Participants/{one.call.sid}.json",
    }


def shown_status(call: Call) -> str:
    """A participant's status is that of its call in other words."""
    words = {
        "queued": "queued",
        "initiated": "connecting",
        "ringing": "ringing",
        "in-progress": "connected",
        "completed": "complete",
    }
    return words.get(call.status, "failed")


def _the_participant(ask: Ask, room: Conference) -> Participant:
    wanted = ask.at["participant"]
    for one in present(room):
        if wanted in {one.call.sid, one.label}:
            return one
    raise ask.not_found


def _going_on(ask: Ask, wanted: str) -> Conference | None:
    """The conference of this SID or name that has not ended."""
    for room in ask.network.conferences.values():
        if wanted in {room.sid, room.name} and room.status != "completed":
            return room
    return None


def _options(form: Form) -> ParticipantOptions:
    label = form.text("Label")
    if label and not _LABEL.fullmatch(label):
        raise errors.invalid("Label", label, errors.INVALID_LABEL)
    return ParticipantOptions(
        label=label,
        muted=form.boolean("Muted"),
        start_on_enter=form.boolean("StartConferenceOnEnter", True),
        end_on_exit=form.boolean("EndConferenceOnExit"),
        wait_url=form.url("WaitUrl") if "WaitUrl" in form else None,
        wait_method=form.method("WaitMethod"),
        conference_callback=_conference_callback(form),
    )


def _conference_callback(form: Form) -> Callback:
    url = form.url("ConferenceStatusCallback", errors.INVALID_STATUS_CALLBACK)
    method = form.method("ConferenceStatusCallbackMethod")
    families = form.events(
        "ConferenceStatusCallbackEvent", FAMILIES, "start end", errors.INVALID_STATUS_CALLBACK_EVENT
    )
    return Callback(url, method, events_asked(" ".join(families)))
