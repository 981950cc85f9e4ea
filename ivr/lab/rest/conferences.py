"""Conferences: list, fetch, update (an announcement to all, the end).

Source: https://www.twilio.com/docs/voice/api/conference-resource
"""

from ivr.lab.records import Conference
from ivr.lab.rest.ask import API_VERSION, JSON, Answer, Ask
from ivr.lab.rest.dates import date_filter, date_names, rfc2822
from ivr.lab.rest.errors import not_covered
from ivr.lab.rest.paging import PAGING, Listing

STATUSES = ("init", "in-progress", "completed")
FILTERS = ("FriendlyName", "Status", *date_names("DateCreated"), *date_names("DateUpdated"))


def list_(ask: Ask) -> Answer:
    form = ask.form((*FILTERS, *PAGING))
    status = form.one_of("Status", STATUSES, "")
    created, updated = date_filter(form, "DateCreated"), date_filter(form, "DateUpdated")

    def keeps(room: Conference) -> bool:
        return (
            form.text("FriendlyName", room.name) == room.name
            and status in {"", room.status}
            and created(room.created)
            and updated(room.updated or room.created)
        )

    rooms = ask.network.conferences.values()
    listing = Listing(
        "conferences", rooms, lambda room: room.sid, lambda room: conference_json(ask, room), keeps
    )
    return listing.page(ask, form)


def fetch(ask: Ask) -> Answer:
    ask.no_parameters()
    return Answer(body=conference_json(ask, the_conference(ask)))


def update(ask: Ask) -> Answer:
    form = ask.form(("Status", "AnnounceUrl", "AnnounceMethod"))
    room = the_conference(ask)
    if room.status == "completed":
        raise ask.not_found
    url, method = form.url("AnnounceUrl"), form.method("AnnounceMethod")
    if bool(url) == ("Status" in form):
        raise not_covered("an update of a conference with neither or both of Status and AnnounceUrl")
    if url:
        ask.network.announce(room, url, method)
    elif form.one_of("Status", ("completed",), "completed"):
        ask.network.end_conference(room)
    return Answer(body=conference_json(ask, room))


def the_conference(ask: Ask) -> Conference:
    """The conference of the path, by its SID; raises Refused 404."""
    room = ask.network.conferences.get(ask.at["conference"])
    if room is None:
        raise ask.not_found
    return room


def conference_json(ask: Ask, room: Conference) -> JSON:
    uri = f"{ask.account}/Conferences/{room.sid}"
    return {
        "sid": room.sid,
        "account_sid": room.account_sid,
        "friendly_name": room.name,
        "status": room.status,
        "region": "us1",
        "api_version": API_VERSION,
        "date_created": rfc2822(room.created),
        "date_updated": rfc2822(room.updated or room.created),
        "reason_conference_ended": room.reason_ended or None,
        "call_sid_ending_conference": room.call_sid_ending or None,
        "uri": f"{uri}.json",
        "subresource_uris": {
            "participants": f"{uri}/Participants.json",
            "recordings": f"{uri}/Recordings.json",
        },
    }
