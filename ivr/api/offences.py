"""/offences: appeals, signatures, waived remedies, restrictions looked at again."""

from typing import Literal

from flask import Response, jsonify
from pydantic import BaseModel, Field, model_validator

from ivr.api.callback_bodies import Strict, Text
from ivr.api.errors import Described, NotAllowed, Refusal
from ivr.api.keys import api_routes, person
from ivr.api.report_rows import FollowsRow, follows_of
from ivr.api.times import Moment
from ivr.voice.exchange import exchange
from routing import appeals
from routing.rules.caller import Treatment
from routing.rules.conduct_words import Outcome, SignsAs
from routing.rules.people import May

offences = api_routes("offences")

_ANSWER: Described = {"200": FollowsRow, "404": Refusal, "409": Refusal}
_MAY_SIGN = {SignsAs.MANAGER: May.SIGN_MANAGER, SignsAs.LEGAL: May.SIGN_LEGAL}


class OneOffence(BaseModel):
    """The id in the path: that of the report."""

    offence_id: str = Field(max_length=64)


class Appeal(Strict):
    """Who appeals (the customer, or who speaks for him), and why."""

    by: str = Field(min_length=1, max_length=200)
    grounds: str = Field(min_length=1, max_length=10_000)


class Decision(Strict):
    """How an appeal ends. Varied: at most `treatment` follows, or nothing past `until`."""

    outcome: Outcome
    treatment: Treatment | None = None
    until: Moment | None = None
    note: Text = ""

    @model_validator(mode="after")
    def _varies_something(self) -> "Decision":
        says_what = self.treatment is not None or self.until is not None
        if says_what is not (self.outcome is Outcome.VARIED):
            raise ValueError("varied, and only varied, needs `treatment` or `until`")
        return self


class Signature(Strict):
    """Conduct, not a protected ground, is the reason: without that there is no signature."""

    signs_as: SignsAs = Field(alias="as")
    conduct_is_the_reason: Literal[True]


class Waiver(Strict):
    """Why a remedy is let go; it is delivered only if a letter went out."""

    reason: str = Field(min_length=1, max_length=4000)
    letter_sent: bool


class RestrictionReview(Strict):
    """What came of looking at a restriction again."""

    lifted: bool
    note: Text = ""


@offences.post("/offences/<offence_id>/appeal", responses=_ANSWER)
def appeal(path: OneOffence, body: Appeal) -> Response:
    """Take down an appeal: from stage 2 on what follows is paused until it is decided, except for threats."""
    floor, who = exchange().floor, person().id
    return jsonify(follows_of(appeals.appeal(floor, path.offence_id, body.by, body.grounds, taken_by=who)))


@offences.post("/offences/<offence_id>/appeal/decision", responses=_ANSWER)
def decide(path: OneOffence, body: Decision) -> Response:
    """Decide an appeal; not whoever reported or judged."""
    decided = appeals.Decided(body.outcome, body.treatment, body.until, body.note.strip())
    return jsonify(follows_of(appeals.decide(exchange().floor, path.offence_id, decided, by=person().id)))


@offences.post("/offences/<offence_id>/sign-off", responses=_ANSWER)
def sign(path: OneOffence, body: Signature) -> Response:
    """One of the two signatures that close the line to a caller."""
    who = person()
    if _MAY_SIGN[body.signs_as] not in who.may:
        raise NotAllowed
    return jsonify(follows_of(appeals.sign(exchange().floor, path.offence_id, body.signs_as, by=who.id)))


@offences.post("/offences/<offence_id>/waive", responses=_ANSWER)
def waive(path: OneOffence, body: Waiver) -> Response:
    """Let a remedy go that the company owes."""
    floor, who = exchange().floor, person().id
    follows = appeals.waive(floor, path.offence_id, body.reason, letter_sent=body.letter_sent, by=who)
    return jsonify(follows_of(follows))


@offences.post("/offences/<offence_id>/restriction-review", responses=_ANSWER)
def look_again(path: OneOffence, body: RestrictionReview) -> Response:
    """Say that you looked at a restriction again, and whether it ends now."""
    floor, who = exchange().floor, person().id
    follows = appeals.look_again(floor, path.offence_id, lifted=body.lifted, note=body.note, by=who)
    return jsonify(follows_of(follows))
