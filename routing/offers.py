"""A call is offered to an agent: his telephone rings, he takes it or not, and nobody waits for a dead line.

Redis pairs them (routing/store/floor.lua); here is what follows: what the agent's leg tells, and he himself.
"""

from datetime import timedelta

from config.observe import log
from routing.calling import ask_again
from routing.floor import Floor
from routing.rules.legs import LegState
from routing.rules.missed import DECLINED, NOT_HEARD_OF
from routing.store.floor_scripts import OFFER_LOOK_MS
from routing.store.legs import Leg
from routing.store.offers import DEADLINE, PURPOSE, Accepted, Ended, Offer, OfferState

_RINGS = frozenset({LegState.RINGING, LegState.ANSWERED, LegState.JOINED})
_LOOK_AGAIN = timedelta(milliseconds=OFFER_LOOK_MS)
# Twilio rings up to five seconds longer than it was asked to, and tells us a moment later.
_NOT_TOLD = timedelta(seconds=8)
# The first words twice, and time for a key after each.
_ASKED_BY_THEN = timedelta(seconds=40)


class OfferGone(Exception):
    """The call, or the promised call, is not offered to this person (any more)."""


class CallerGone(Exception):
    """The caller has hung up meanwhile."""


class Taken(Exception):
    """The call is with somebody else, or with this person already."""


def offer_of(leg: Leg) -> str:
    """The id of the offer that an agent's leg rings for; "" for a leg of something else."""
    return leg.purpose.removeprefix(PURPOSE) if leg.purpose.startswith(PURPOSE) else ""


def leg_changed(floor: Floor, leg: Leg) -> None:
    """What the agent's leg is now: it rings, or it is over. Safe to repeat. Raises StoreAway."""
    offer_id = offer_of(leg)
    if leg.state is LegState.ENDED or leg.is_given_up:
        end(floor, offer_id, leg.how or NOT_HEARD_OF)
        floor.offers.on_hook(leg.person, leg.id)
    elif leg.state in _RINGS:
        floor.offers.rings(offer_id)


def end(floor: Floor, offer_id: str, why: str, *, is_told: bool = False) -> Ended:
    """The agent's end of it is over; the caller is where he was. Raises StoreAway.

    `is_told`: whoever is on his telephone hears so from whoever calls this.
    """
    return _told(offer_id, why, floor.offers.end(offer_id, why, missed=True, is_told=is_told))


def lapse(floor: Floor, offer_id: str, why: str, *, is_told: bool = False) -> Ended:
    """As `end` for an offer that was not taken; nothing when the agent's yes came first. Raises StoreAway."""
    return _told(offer_id, why, floor.offers.lapse(offer_id, why, is_told=is_told))


def _told(offer_id: str, why: str, was: Ended) -> Ended:
    if was is not Ended.NOTHING:
        log.info("offer_over", offer=offer_id, was=was, why=why)
    return was


def look(floor: Floor, offer_id: str) -> None:
    """A telephone that does not ring in time, or rings without end, is not waited for. Raises StoreAway.

    "None within 6 s of posting" counts from when Twilio was asked: our own pacer may hold a call back.
    """
    offer = floor.offers.find(offer_id)
    if offer is None or offer.state is not OfferState.MADE:
        return
    leg, at = floor.legs.read(offer.leg), floor.clock.now(floor.store)
    if leg is None or leg.state is LegState.ENDED or leg.is_given_up:
        end(floor, offer_id, leg.how if leg else NOT_HEARD_OF)
        return
    until = at + _LOOK_AGAIN
    if leg.answered is not None:
        until = leg.answered + _ASKED_BY_THEN
    elif leg.ringing is not None:
        until = leg.ringing + timedelta(seconds=leg.rings_s) + _NOT_TOLD
    elif leg.posted is not None:
        until = leg.posted + _LOOK_AGAIN
    if until <= at:
        lapse(floor, offer_id, NOT_HEARD_OF)
    else:
        floor.deadlines.set(DEADLINE, offer_id, until)


def accept(floor: Floor, offer_id: str, agent_id: str) -> Offer:
    """The agent takes the call, by key or by API; again does nothing twice.

    Raises OfferGone, CallerGone, Taken, StoreAway.
    """
    match floor.offers.accept(offer_id, agent_id):
        case Accepted.GONE:
            raise OfferGone("This call is not offered to you any more.")
        case Accepted.CALLER_GONE:
            raise CallerGone("The caller has hung up.")
        case Accepted.TAKEN:
            raise Taken("This call is with somebody else.")
    offer = floor.offers.find(offer_id)
    assert offer is not None
    log.info("offer_accepted", offer=offer_id, agent=agent_id, call=offer.call)
    return offer


def accept_by_desk(floor: Floor, offer_id: str, agent_id: str) -> None:
    """As `accept`; a telephone that was answered already goes on without the key. Raises as `accept`."""
    ask_again(floor, accept(floor, offer_id, agent_id).leg)


def decline(floor: Floor, offer_id: str, agent_id: str) -> None:
    """Passed on: somebody else is rung; again does nothing twice. Raises OfferGone, Taken, StoreAway."""
    offer = floor.offers.find(offer_id)
    if offer is not None and offer.agent != agent_id:
        raise Taken("This call is with somebody else.")
    if offer is not None and lapse(floor, offer_id, DECLINED) is Ended.NOTHING:
        offer = floor.offers.find(offer_id)
    if offer is None or (offer.state is OfferState.OVER and offer.how != DECLINED):
        raise OfferGone("This call is not offered to you any more.")
    if offer.state is OfferState.ACCEPTED:
        raise Taken("You have this call already; finish it.")
