"""/callbacks: calls that we promised to customers, booked, looked at, called off, told of."""

from flask import Response, jsonify

from callbacks import booking, endings, outcome
from callbacks.listing import UnknownPlace
from callbacks.records import Callback
from callbacks.refusals import NoSuchCallback
from ivr.api.callback_bodies import One, Promise, Reason, WhatCame, Which
from ivr.api.callback_rows import CallbackPage, CallbackRow, row_of
from ivr.api.errors import Described, Invalid, NotAllowed, Refusal
from ivr.api.keys import api_routes, person
from ivr.voice.exchange import exchange
from routing.rules.people import Person, Role

callbacks = api_routes("callbacks")

_SEES_ALL = frozenset({Role.SUPERVISOR, Role.ADMIN})
_ONE: Described = {"200": CallbackRow, "404": Refusal}
_CHANGED: Described = _ONE | {"409": Refusal}
_PROMISED: Described = {"201": CallbackRow, "409": Refusal}


@callbacks.get("/callbacks", responses={"200": CallbackPage})
def page(query: Which) -> Response:
    """Promised calls that you may see, in the order in which they are due."""
    who = person()
    try:
        found = exchange().ledger.listed(
            query.state, query.since, query.after, query.limit, lambda one: _may_see(who, one)
        )
    except UnknownPlace as wrong:
        raise Invalid({"after": f"should be the `next` of a page; this is {wrong}"}) from None
    return jsonify({"items": [row_of(one) for one in found.items], "next": found.next})


@callbacks.post("/callbacks", responses=_PROMISED)
def promise(body: Promise) -> Response:
    """Promise a call: it is made at its hour, on the customer's clock."""
    floor, ledger, who = exchange().floor, exchange().ledger, person()
    response = _shown(booking.book(floor, ledger, body.wanted(), by=who.id, booker=who))
    response.status_code = 201
    return response


@callbacks.get("/callbacks/<callback_id>", responses=_ONE)
def see(path: One) -> Response:
    """One promised call."""
    return _shown(_seen(path))


@callbacks.post("/callbacks/<callback_id>/cancel", responses=_CHANGED)
def cancel(path: One, body: Reason) -> Response:
    """Call it off, while the customer's telephone does not ring yet."""
    found = _unless_excluded(_seen(path))
    return _shown(endings.cancel(exchange().ledger, found.id, by=person().id, why=body.reason))


@callbacks.post("/callbacks/<callback_id>/outcome", responses=_CHANGED)
def tell(path: One, body: WhatCame) -> Response:
    """Say what came of the call, when it is over."""
    found, who = _seen(path), person()
    if who.role not in _SEES_ALL and who.id not in (found.owner, *_speakers(found)):
        raise NotAllowed
    return _shown(outcome.tell(exchange().floor, exchange().ledger, found.id, body.told(), by=who.id))


@callbacks.post("/callbacks/<callback_id>/voicemail", responses=_CHANGED)
def voicemail(path: One) -> Response:
    """Say that a voicemail answered: it hears a neutral message, and you are free."""
    return _shown(endings.voicemail(exchange().ledger, _seen(path).id, by=person().id))


@callbacks.post("/callbacks/<callback_id>/letter-sent", responses=_CHANGED)
def letter_sent(path: One) -> Response:
    """Say that what was owed went in writing."""
    found = _unless_excluded(_seen(path))
    return _shown(endings.letter_sent(exchange().ledger, found.id, by=person().id))


def _seen(path: One) -> Callback:
    """Raises NoSuchCallback, also for one that is somebody else's."""
    found = exchange().ledger.find(path.callback_id)
    if found is None or not _may_see(person(), found):
        raise NoSuchCallback("Nothing was promised under this id.")
    return found


def _may_see(who: Person, callback: Callback) -> bool:
    return who.role in _SEES_ALL or who.id in (callback.owner, callback.booked_by, *_speakers(callback))


def _speakers(callback: Callback) -> list[str]:
    """Whoever was rung for it."""
    return [attempt.speaker for attempt in callback.attempts]


def _unless_excluded(callback: Callback) -> Callback:
    """Who is kept away from the customer does not end what is owed to him either."""
    if person().id in callback.exclude:
        raise NotAllowed
    return callback


def _shown(callback: Callback) -> Response:
    return jsonify(row_of(callback))
