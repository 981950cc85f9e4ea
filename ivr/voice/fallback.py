"""Where Twilio turns when a webhook of ours failed: needs neither Redis nor config, and harms nobody."""

from urllib.parse import parse_qsl

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from config.observe import log
from ivr.voice.admission import MAX_BODY
from ivr.voice.answering import starts_in, xml
from ivr.voice.exchange import exchange
from routing.links import PREFIX, Route

# A blueprint of its own: what guards the other webhooks does not stand before this one.
fallback = Blueprint("fallback", __name__, url_prefix=PREFIX)


@fallback.route(Route.FALLBACK, methods=["GET", "POST"])
def answer() -> ResponseReturnValue:
    """An apology and another try; unsigned requests get the same, so nothing of the request is repeated."""
    request.max_content_length = MAX_BODY
    failed_at = request.values.get("ErrorUrl", "")
    code = request.values.get("ErrorCode", "")
    log.error("fallback_asked", code=code if code.isdecimal() and len(code) <= 5 else "")
    # Cut by hand: urlsplit raises for a host that is none, and anybody may have written this.
    failed = failed_at.partition("#")[0].partition("?")[2]
    query = dict(parse_qsl(failed)) if len(failed_at) < 4096 else {}
    if "leg" in request.args:
        return xml(exchange().apology.to_called)
    return xml(exchange().apology.after(max(starts_in(query), starts_in(request.args))))
