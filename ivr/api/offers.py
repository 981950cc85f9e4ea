"""/offers: a call that is kept for you, taken or passed on; `offer` of /agents/me is its id."""

from flask import Response, jsonify
from pydantic import BaseModel, Field

from callbacks import speakers
from ivr.api.errors import Described, Refusal
from ivr.api.keys import api_routes, person
from ivr.voice.exchange import exchange
from routing import offers as offers_of_calls

offers = api_routes("offers")


class OneOffer(BaseModel):
    """The id in the path: of a promised call that is the promised call's own."""

    offer_id: str = Field(max_length=64)


class Said(BaseModel):
    """The offer, and what you said."""

    offer: str
    said: str


_ANSWERS: Described = {"200": Said, "409": Refusal}


@offers.post("/offers/<offer_id>/accept", responses=_ANSWERS)
def accept(path: OneOffer) -> Response:
    """Take the call: you hear who it is and why; then the caller comes, or the customer is called."""
    floor = exchange().floor
    if floor.offers.find(path.offer_id) is not None:
        offers_of_calls.accept_by_desk(floor, path.offer_id, person().id)
    else:
        speakers.accept(floor, exchange().ledger, path.offer_id, person().id)
    return jsonify(offer=path.offer_id, said="accepted")


@offers.post("/offers/<offer_id>/decline", responses=_ANSWERS)
def decline(path: OneOffer) -> Response:
    """Pass it on: somebody else is asked."""
    floor = exchange().floor
    if floor.offers.find(path.offer_id) is not None:
        offers_of_calls.decline(floor, path.offer_id, person().id)
    else:
        speakers.decline(floor, exchange().ledger, path.offer_id, person().id)
    return jsonify(offer=path.offer_id, said="declined")
