"""Who asks: the API key in `Authorization: Bearer KEY`, and whether its person may."""

from flask import g, request
from flask_openapi3.blueprint import APIBlueprint

from ivr.api.access import NEEDS, PREFIX
from ivr.api.errors import DESCRIBED, Invalid, NotAllowed, NotSignedIn, answer_in_json
from ivr.voice.exchange import exchange
from routing.rules.people import Person

MAX_BODY = 64 * 1024
SCHEME = "key"


def api_routes(name: str) -> APIBlueprint:
    """Routes below /api/v1 that let in whom NEEDS lists, take JSON objects, and refuse in the API's shape."""
    routes = APIBlueprint(
        f"api_{name}",
        __name__,
        url_prefix=PREFIX,
        abp_security=[{SCHEME: []}],
        abp_responses=DESCRIBED,
    )
    routes.before_request(_admit)
    answer_in_json(routes)
    return routes


def person() -> Person:
    """Who asks, let in for this route."""
    who: Person = g.person
    return who


def _admit() -> None:
    """Raises NotSignedIn, NotAllowed, Invalid, StoreAway; nothing of the body is read for strangers."""
    request.max_content_length = MAX_BODY
    g.person = _signed_in()
    method = "GET" if request.method == "HEAD" else request.method
    needs = NEEDS.get(f"{method} {str(request.url_rule).removeprefix(PREFIX)}")
    if needs is None or not needs.met_by(g.person):
        raise NotAllowed
    _check_body()


def _signed_in() -> Person:
    given = request.authorization
    if given is None or given.type != "bearer" or not given.token:
        raise NotSignedIn
    found = exchange().floor.people.by_key(given.token)
    if found is None:
        raise NotSignedIn
    return found


def _check_body() -> None:
    """Only an object can be read by field: flask-openapi3 would also read one that is written in a text."""
    if request.get_data() and not isinstance(request.get_json(silent=True), dict):
        raise Invalid({"body": "should be a JSON object, sent with Content-Type: application/json"})
