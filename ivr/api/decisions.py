"""/decisions: what a call would meet, and why, as `calmline explain` says it."""

from typing import Annotated

from flask import Response, jsonify
from pydantic import BaseModel, ConfigDict, Field

from ivr.api.keys import api_routes
from ivr.api.times import Moment
from ivr.voice.exchange import exchange
from ivr.voice.hints import hints_in
from routing.intake import foresee
from routing.rules.decisions import as_json
from routing.scene import InboundCall

decisions = api_routes("decisions")

Short = Annotated[str, Field(max_length=255)]


class Supposed(BaseModel):
    """A call that might come in: `from` and `to` as Twilio would send them, `form` the other fields."""

    model_config = ConfigDict(extra="forbid")

    caller: Short = Field(alias="from")
    to: Short
    at: Moment | None = None
    form: Annotated[dict[Short, str], Field(max_length=200)] = Field(default_factory=dict)


@decisions.post("/decisions")
def decide(body: Supposed) -> Response:
    """What this call would meet now, or at `at`; changes nothing."""
    call = InboundCall("", body.caller, body.to, body.form.get("StirVerstat", ""), hints_in(body.form))
    _, decision = foresee(exchange().floor, call, at=body.at)
    return jsonify(as_json(decision))
