"""/callers: who rings, as people here may see it, and what supervisors mark. Every look is audited."""

from typing import Any

from flask import Response, jsonify

from ivr.api.caller_bodies import Changes, Which, Who
from ivr.api.caller_rows import SupervisorsView, View, agents_view, supervisors_view
from ivr.api.errors import Described, Invalid, Refusal
from ivr.api.keys import api_routes, person
from ivr.voice.exchange import exchange
from routing import caller_marks
from routing import callers as known
from routing.callers import Seen
from routing.rules.addresses import NoAddress, address_in, at_customer
from routing.rules.people import Role
from routing.rules.phone_numbers import NumberKind, read_number

callers = api_routes("callers")

_SEES_ALL = frozenset({Role.SUPERVISOR, Role.ADMIN})
_CHANGED: Described = {"200": SupervisorsView, "404": Refusal, "409": Refusal}


@callers.post("/callers/lookup", responses={"200": View})
def look_up(body: Which) -> Response:
    """A caller by number or address: agents see what helps them on the call, supervisors everything."""
    return _shown(known.look_up(exchange().floor, _address(body), by=person().id))


@callers.patch("/callers/<caller_id>", responses=_CHANGED)
def change(path: Who, body: Changes) -> Response:
    """Mark a caller, or write down who it is; what is left out stays as it is."""
    floor, by = exchange().floor, person().id
    seen = known.known_as(floor, path.caller_id)
    caller = caller_marks.link(floor, seen, _addresses(body), by=by)
    _write_down(seen, caller, body)
    seen = known.known_as(floor, caller)
    if body.shared is not None:
        caller_marks.share(floor, seen, body.shared, by=by)
    need = seen.conduct.support_need if body.support_need is None else body.support_need
    if body.protected or (body.protected is None and seen.conduct.is_protected and body.support_need):
        caller_marks.protect(floor, seen, need=need, by=by)
    elif body.protected is False:
        caller_marks.end_protection(floor, seen, by=by)
    seen = known.known_as(floor, caller)
    floor.callers.is_looked_at(seen.id, by=by, at=seen.at)
    return _shown(seen)


def _shown(seen: Seen) -> Response:
    view: dict[str, Any] = agents_view(exchange().floor, exchange().ledger, seen)
    if person().role in _SEES_ALL:
        view |= supervisors_view(exchange().floor, seen)
    return jsonify(view)


def _address(body: Which) -> str:
    """Raises Invalid."""
    if body.number is None:
        return _plain(body.address or "", "address")
    config = exchange().floor.configs.in_force()
    number = read_number(body.number, config.lines[config.default_line].region)
    if number.kind is not NumberKind.E164:
        raise Invalid({"number": "should be a telephone number such as +12125550142"})
    return number.e164


def _addresses(body: Changes) -> list[str]:
    """Raises Invalid."""
    found = [_plain(body.email, "email")] if body.email else []
    if body.customer_id:
        found.append(_plain(at_customer(body.customer_id), "customer_id"))
    if body.add_address:
        found.append(_plain(body.add_address, "add_address"))
    return found


def _plain(text: str, field: str) -> str:
    try:
        return address_in(text)
    except NoAddress as wrong:
        raise Invalid({field: str(wrong)}) from None


def _write_down(seen: Seen, caller: str, body: Changes) -> None:
    told = {"name": body.name, "need": body.support_need}
    if changed := {name: text for name, text in told.items() if text is not None}:
        caller_marks.write_down(exchange().floor, seen, caller, changed, by=person().id)
