"""/events: what changes on the live floor, as server-sent events."""

from flask import Response, request
from pydantic import BaseModel, ConfigDict, Field

from ivr.api.errors import Described, Invalid
from ivr.api.keys import api_routes, person
from ivr.live import live_pages
from routing.store.events import NoEventId, id_in

events = api_routes("events")

_HEADER = "Last-Event-ID"
_STREAM: Described = {"200": {"description": "Server-sent events", "content": {"text/event-stream": {}}}}


class From(BaseModel):
    """Where to go on: the id of the last event that you have; the header Last-Event-ID counts before it."""

    model_config = ConfigDict(extra="forbid")

    last_event_id: str | None = Field(default=None, max_length=100)


@events.get("/events", responses=_STREAM)
def stream(query: From) -> Response:
    """What happens from now on, or since an event: queue, agent, offer, call, report, callback, by your role.

    `reset` means that some of what you missed is not kept any more: read the floor anew.
    """
    after = _asked_from(query)
    if request.method == "HEAD":
        return Response(mimetype="text/event-stream")
    pages = live_pages()
    page = pages.open(person())
    response = Response(pages.stream(page, after), mimetype="text/event-stream")
    # A page whose line breaks before its first byte has no stream that could close it.
    response.call_on_close(lambda: pages.close(page))
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _asked_from(query: From) -> str | None:
    """Browsers send an empty header before their first event."""
    given = request.headers.get(_HEADER) or query.last_event_id
    try:
        return id_in(given) if given else None
    except NoEventId as wrong:
        name = _HEADER if request.headers.get(_HEADER) else "last_event_id"
        raise Invalid({name: str(wrong)}) from None
