"""Placing the calls that we make: each is posted once, and what Twilio tells of it is taken note of."""

import secrets
import time
from datetime import timedelta

from config.observe import log
from routing.floor import Floor
from routing.links import Route
from routing.pacer import Pacer, Priority
from routing.rules.legs import Ended, LegState, Status, status_of
from routing.store.effects import Effect, NotYet, Verb
from routing.store.legs import Leg, Told
from routing.telephone import Telephone
from routing.twilio_rest import NoReply, NotDone, Refused

# After a 429, and for a call whose CallSid is not known yet.
AGAIN_MS = 1_000
# A dispatcher that slept so long between claiming a leg and posting it (paused, swapped out) does not post.
_STALE_S = 2.0
_SOON = timedelta(minutes=1)


def create(floor: Floor, telephone: Telephone, pacer: Pacer, effect: Effect) -> None:
    """Place the call of a leg that is still an intent; by one of all who hold the effect.

    Raises NotYet (the pacer's turn, or Twilio was asked too fast), StoreAway.
    """
    leg = floor.legs.read(effect.target)
    if leg is None or leg.state is not LegState.INTENT:
        return
    if wait_ms := pacer.take(leg.id, Priority(leg.priority)):
        raise NotYet(wait_ms)
    by, began = secrets.token_hex(8), time.monotonic()
    if not floor.legs.post(leg.id, by):
        return
    if time.monotonic() - began > _STALE_S:
        _not_placed(floor, leg, by, "this dispatcher slept")
    else:
        _place(floor, telephone, leg, by)


def leg_event(floor: Floor, leg_id: str, call_sid: str, status: str) -> Told:
    """What a status callback tells of a leg, `status` in Twilio's words. OTHER: a second call of one attempt.

    Raises UnknownStatus, StoreAway.
    """
    return tell(floor, leg_id, call_sid, status_of(status))


def ask_again(floor: Floor, leg_id: str) -> None:
    """Have a leg that was answered ask for its first document once more. Raises StoreAway."""
    floor.effects.add(Verb.ASK_AGAIN, leg_id, {}, within=_SOON)


def end_soon(floor: Floor, target: str) -> None:
    """Have a leg (or the call of a CallSid) hung up, or never made. Raises StoreAway."""
    floor.effects.add(Verb.END, target, {}, within=_SOON)


def tell(floor: Floor, leg_id: str, call_sid: str, status: Status) -> Told:
    """How the call of a leg stands; one that is not its first is hung up. Raises StoreAway."""
    told = floor.legs.change(leg_id, status.state, call_sid=call_sid, how=status.how)
    if told is Told.OTHER:
        log.error("second_call_of_a_leg", leg=leg_id, call=call_sid, state=status.state)
        if status.state is not LegState.ENDED:
            end_soon(floor, call_sid)
    elif told is Told.CHANGED:
        log.info("leg_changed", leg=leg_id, call=call_sid, state=status.state, how=status.how)
    return told


def _place(floor: Floor, telephone: Telephone, leg: Leg, by: str) -> None:
    try:
        call_sid = telephone.place_call(leg.to, leg.from_, *_urls(floor, leg), rings_s=leg.rings_s)
    except NotDone as early:
        _not_placed(floor, leg, by, str(early))
    except Refused as no:
        log.error("call_refused", leg=leg.id, code=no.code, because=str(no))
        floor.legs.change(leg.id, LegState.ENDED, how=Ended.REFUSED)
    except NoReply as lost:
        log.warning("call_unconfirmed", leg=leg.id, because=str(lost))
        floor.legs.change(leg.id, LegState.UNCONFIRMED)
    else:
        tell(floor, leg.id, call_sid, Status(LegState.POSTED))


def _urls(floor: Floor, leg: Leg) -> tuple[str, str, str]:
    """What answers the call, what answers when that fails, and who is told how it stands."""
    return (
        floor.links.to(Route.LEG, leg.id, 0, leg=leg.id),
        floor.links.without_token(Route.FALLBACK, leg=leg.id),
        floor.links.without_token(Route.EVENTS, leg=leg.id),
    )


def _not_placed(floor: Floor, leg: Leg, by: str, because: str) -> None:
    """The only way back to an intent: nothing was placed for sure."""
    log.warning("call_not_taken", leg=leg.id, because=because)
    if floor.legs.take_back(leg.id, by):
        raise NotYet(AGAIN_MS)
