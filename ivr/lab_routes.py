"""The lab's clock, and whether the site is at rest: unsigned, so not served on a real line."""

from datetime import datetime, timedelta

from flask import Blueprint, Flask, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from callbacks.idle import is_idle, questions_of
from callbacks.rq_queues import Carrier
from config.connections import StoreAway
from config.now import NotForward
from config.settings import Settings
from ivr.voice.admission import MAX_BODY
from ivr.voice.exchange import exchange

# The app has this blueprint only with CALMLINE_LAB (ivr/app.py); without it every path below is a 404.
lab_routes = Blueprint("lab", __name__, url_prefix="/lab")

IDLE = "calmline-idle"


def install_lab(app: Flask, settings: Settings) -> None:
    """Give the app the lab's routes."""
    app.extensions[IDLE] = questions_of(Carrier(settings))
    app.register_blueprint(lab_routes)


class Invalid(Exception):
    """The body is not what is asked for; `fields` says of each field what would be right."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__("The clock was left as it is.")
        self.fields = fields


@lab_routes.get("/clock")
def show() -> ResponseReturnValue:
    """The site's time."""
    floor = exchange().floor
    return jsonify(now=floor.clock.now(floor.store).isoformat())


@lab_routes.post("/clock")
def advance() -> ResponseReturnValue:
    """Puts the clock forward by `advance_s` seconds, or `to` a time."""
    floor = exchange().floor
    request.max_content_length = MAX_BODY
    # Not `force`: a page in the developer's browser cannot send this content type without being asked.
    field, step = _step(request.get_json(silent=True))
    try:
        return jsonify(now=floor.clock.advance(floor.store, step).isoformat())
    except NotForward as refused:
        raise Invalid({field: str(refused)}) from None


@lab_routes.get("/idle")
def idle() -> ResponseReturnValue:
    """Whether no effect, job or due deadline waits to be done, and when the next one will."""
    found = is_idle(exchange().floor, current_app.extensions[IDLE])
    return jsonify(idle=found.idle, next=found.next.isoformat() if found.next else None)


@lab_routes.errorhandler(Invalid)
def _invalid(wrong: Invalid) -> ResponseReturnValue:
    return jsonify(error="invalid", message=str(wrong), fields=wrong.fields), 422


@lab_routes.errorhandler(StoreAway)
def _away(away: StoreAway) -> ResponseReturnValue:
    return jsonify(error="store_away", message=f"Redis does not answer: {away}"), 503


def _step(body: object) -> tuple[str, timedelta | datetime]:
    """The field that was given and what it says; raises Invalid."""
    match body:
        case {"advance_s": int() | float() as seconds, **rest} if not rest and not isinstance(seconds, bool):
            return "advance_s", _seconds(seconds)
        case {"to": str(text), **rest} if not rest:
            return "to", _time(text)
        case {"advance_s": _, **rest} if not rest:
            raise Invalid({"advance_s": _SECONDS})
        case {"to": _, **rest} if not rest:
            raise Invalid({"to": _TIME})
        case _:
            raise Invalid({"body": "should be a JSON object with advance_s or to, and nothing else"})


_SECONDS = "should be a number of seconds, such as 7200"
_TIME = "should be a time with its zone, such as 2026-11-23T10:00-08:00"


def _seconds(seconds: float) -> timedelta:
    try:
        return timedelta(seconds=seconds)
    except OverflowError:
        raise Invalid({"advance_s": _SECONDS}) from None


def _time(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid({"to": _TIME}) from None
    if at.tzinfo is None:
        raise Invalid({"to": _TIME})
    return at
