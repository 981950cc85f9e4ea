"""The agent's telephone: neutral words, a key, who is coming, the conversation (docs/operations.md)."""

from callbacks.words import AskToTake, Farewell, Goodbye, Join, Words
from routing import conversation, offers
from routing.conversation import AGENT_LABEL, Briefing
from routing.floor import Floor
from routing.rules.missed import DECLINED, NO_KEY
from routing.store.legs import Leg
from routing.store.offers import Ended, OfferState

MOST_ASKED = 2
TAKE, PASS_ON = "1", "2"
# Why an offer or a conversation is over, and what the agent hears then; of all else: somebody else is asked.
_FAREWELL = {
    "caller_gone": Farewell.CALLER_GONE,
    "caller_left": Farewell.CALLER_GONE,
    "not_connected": Farewell.NOT_CONNECTED,
    "finished": Farewell.CALL_OVER,
    "ended": Farewell.CALL_ENDED,
    DECLINED: Farewell.DECLINED,
}


def answered(floor: Floor, leg: Leg) -> Words | Briefing:
    """Somebody picked up the agent's telephone. A softphone's owner has taken the call by that."""
    offer = floor.offers.find(offers.offer_of(leg))
    if offer is None or offer.state is OfferState.OVER:
        return over(offer.how if offer else "")
    if offer.state is OfferState.MADE and not leg.to.startswith("client:"):
        return AskToTake()
    return _take(floor, leg)


def pressed(floor: Floor, leg: Leg, digits: str, asked: int) -> Words | Briefing:
    """A key after the first words, or none: no key twice is nobody there who can take the call."""
    if digits == TAKE:
        return _take(floor, leg)
    if digits != PASS_ON and asked < MOST_ASKED:
        offer = floor.offers.find(offers.offer_of(leg))
        is_open = offer is not None and offer.state is OfferState.MADE
        return AskToTake(asked + 1) if is_open else over(offer.how if offer else "")
    why = DECLINED if digits == PASS_ON else NO_KEY
    if offers.lapse(floor, offers.offer_of(leg), why, is_told=True) is Ended.NOTHING:
        return answered(floor, leg)  # taken at the desk meanwhile, or over
    return Goodbye(Farewell.DECLINED)


def joins(floor: Floor, leg: Leg) -> Words:
    """He has heard who is coming: into the conference, the caller after him."""
    conference = conversation.agent_ready(floor, offers.offer_of(leg), leg.id)
    return Join(conference, AGENT_LABEL) if conference else Goodbye(Farewell.CALLER_GONE)


def over(why: str) -> Words:
    """The last words on the agent's telephone."""
    return Goodbye(_FAREWELL.get(why, Farewell.MISSED))


def _take(floor: Floor, leg: Leg) -> Words | Briefing:
    try:
        offer = offers.accept(floor, offers.offer_of(leg), leg.person)
    except offers.CallerGone:
        return Goodbye(Farewell.CALLER_GONE)
    except (offers.OfferGone, offers.Taken):
        return Goodbye(Farewell.MISSED)
    return conversation.briefing(floor, offer.call)
