"""/calls: warnings, ending a call for abuse, safety and help (docs/policy.md 1-8)."""

from typing import Any, Literal

from flask import Response, jsonify
from pydantic import BaseModel, ConfigDict, Field, model_validator

from ivr.api.calls import Changed, OneCall, changed, seen
from ivr.api.errors import Described, Invalid, Refusal
from ivr.api.keys import api_routes, person
from ivr.voice.exchange import exchange
from routing import conduct, warnings
from routing.conduct import Account, NotAtOnce
from routing.rules.conduct_words import Category, LegalWish, Target
from routing.store.endings import Care
from routing.store.warnings import WarningState

conduct_calls = api_routes("conduct_calls")


class Warned(BaseModel):
    """`spoken`: you said it yourself; else it is played to both of you."""

    model_config = ConfigDict(extra="forbid")

    spoken: Literal[True] | None = None

    @model_validator(mode="before")
    @classmethod
    def _may_be_missing(cls, body: Any) -> Any:
        """Nothing need be said."""
        return {} if body is None else body


class WarningNow(BaseModel):
    """Which warning this is; it counts once it was played. GET /calls/{call} shows what became of it."""

    number: Literal[1, 2]
    state: WarningState


class Ended(BaseModel):
    """What happened. `words`: what was said; `legal_wish`: whether you want the case to go to the legal team.

    `immediate` ends it without two warnings: for threats, hate and sexual abuse only.
    """

    model_config = ConfigDict(extra="forbid")

    category: Category
    target: Target
    words: str = Field(min_length=1, max_length=4000)
    note: str = Field(default="", max_length=4000)
    legal_wish: LegalWish
    immediate: bool = False
    customer_id: str = Field(default="", max_length=64)
    ticket_id: str = Field(default="", max_length=64)


class Written(BaseModel):
    """The report that was written in the same step."""

    report_id: str


_WARNED: Described = {"202": WarningNow, "404": Refusal, "409": Refusal}
_ENDED: Described = {"202": Written, "404": Refusal, "409": Refusal}
_CARED: Described = {"202": Changed, "404": Refusal, "409": Refusal}


@conduct_calls.post("/calls/<call_sid>/warnings", responses=_WARNED)
def warn(path: OneCall, body: Warned) -> Response:
    """The next warning to the caller."""
    call_sid = seen(path).call_sid
    number, state = warnings.warn(exchange().floor, call_sid, person().id, spoken=bool(body.spoken))
    return _accepted(jsonify(number=number, state=state))


@conduct_calls.post("/calls/<call_sid>/end", responses=_ENDED)
def end(path: OneCall, body: Ended) -> Response:
    """The caller hears why, and who says so; the report is written; you are in recovery."""
    try:
        account = Account(**dict(body))
        report_id = conduct.end(exchange().floor, seen(path).call_sid, person(), account)
    except NotAtOnce as no:
        raise Invalid({"immediate": str(no)}) from None
    return _accepted(jsonify(report_id=report_id))


@conduct_calls.post("/calls/<call_sid>/safety", responses=_CARED)
def safety(path: OneCall) -> Response:
    """Somebody is in danger: no warnings from now on, and only a supervisor may end the call for abuse."""
    conduct.ask_for_care(exchange().floor, seen(path).call_sid, person(), Care.SAFETY)
    return _accepted(changed(path))


@conduct_calls.post("/calls/<call_sid>/help", responses=_CARED)
def ask_for_help(path: OneCall) -> Response:
    """Supervisors are told that you want one of them on this call."""
    conduct.ask_for_care(exchange().floor, seen(path).call_sid, person(), Care.HELP)
    return _accepted(changed(path))


def _accepted(response: Response) -> Response:
    """What follows is done by others (202)."""
    response.status_code = 202
    return response
