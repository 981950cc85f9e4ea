"""Effects that only promised calls ask for, as dispatchers do them. Safe to repeat."""

from callbacks import customers, reactions
from callbacks.ledger import Ledger
from callbacks.rules.states import Step
from routing import offers
from routing.calling import AGAIN_MS
from routing.floor import Floor
from routing.links import Route
from routing.moving_calls import send_leg
from routing.rules.legs import LegState
from routing.store.effects import Effect, NotYet
from routing.telephone import Telephone
from routing.twilio_rest import NotDone, NotInProgress

_ARRIVES_MS = 200


def leg_changed(floor: Floor, ledger: Ledger, effect: Effect) -> None:
    """A leg came to another state: whom it belongs to hears of it."""
    leg = floor.legs.read(effect.target)
    if leg is not None and offers.offer_of(leg):
        offers.leg_changed(floor, leg)
    else:
        reactions.leg_changed(floor, ledger, effect.target)


def bring_in(floor: Floor, ledger: Ledger, telephone: Telephone, effect: Effect) -> None:
    """The customer who rang in and waits is sent to the conversation; one who hung up is told as gone."""
    callback = ledger.find(effect.data["callback"])
    waits = callback.dialling if callback else None
    if waits is None or waits.inbound_call != effect.target or waits.step is Step.TALKING:
        return  # sent again he would be taken out of the conversation
    url = floor.links.to(Route.CALLED_IN, effect.target, 0, callback=effect.data["callback"])
    try:
        telephone.redirect(effect.target, url, floor.links.without_token(Route.FALLBACK))
    except NotInProgress:
        _unless_it_is_over(floor, ledger, telephone, effect.target)
    except NotDone:
        raise NotYet(AGAIN_MS) from None


def _unless_it_is_over(floor: Floor, ledger: Ledger, telephone: Telephone, call_sid: str) -> None:
    """A call that comes in can be moved only when our first document for it has arrived."""
    try:
        if telephone.call(call_sid).status.state is not LegState.ENDED:
            raise NotYet(_ARRIVES_MS)
    except NotInProgress:
        pass
    except NotDone:
        raise NotYet(AGAIN_MS) from None
    customers.call_over(floor, ledger, call_sid)


def move_customer(floor: Floor, telephone: Telephone, effect: Effect) -> None:
    """The customer's leg, where a voicemail speaks, is sent to the neutral message."""
    leg = floor.legs.read(effect.target)
    if leg is not None and leg.call_sid:
        send_leg(floor, telephone, effect, leg, Route.LEG_OVER)
