"""Looking for the call of a leg when Twilio's reply, or whoever waited for it, was lost."""

from datetime import timedelta

from config.observe import log
from routing.calling import tell
from routing.floor import Floor
from routing.rules.legs import Ended, LegState, Status
from routing.store.legs import DEADLINE, Leg, Look
from routing.telephone import FoundCall, Telephone
from routing.twilio_rest import NotInProgress, TelephoneError

# Twilio's word for calls placed by REST: https://www.twilio.com/docs/voice/api/call-resource#call-properties
PLACED_BY_US = "outbound-api"
# A call of this leg was made so long before (clocks differ) or after its posting (networks hold things back).
_BEFORE, _AFTER = timedelta(seconds=5), timedelta(seconds=30)
_ASK_AGAIN, _ASK_AT_LEAST = timedelta(seconds=30), timedelta(minutes=10)


def look_for(floor: Floor, telephone: Telephone, leg_id: str) -> None:
    """How a leg stands at Twilio, where nobody tells us. Never posts. Raises StoreAway, UnknownStatus.

    A leg that was never posted is ended. One whose call is not found is looked for again, then it stays
    `unconfirmed`, is listed for people (Legs.unconfirmed) and told once more to whom it belongs. One whose
    call lives is asked after again and again: its events are lost while no web server answers them.
    """
    leg = floor.legs.read(leg_id)
    if leg is None or leg.state is LegState.ENDED:
        return
    if leg.state is LegState.INTENT:
        log.error("call_never_posted", leg=leg.id)
        floor.legs.end(leg.id)
    elif leg.call_sid:
        _ask(floor, telephone, leg)
    elif call := _found(floor, telephone, leg):
        log.info("call_found", leg=leg.id, call=call.sid)
        tell(floor, leg.id, call.sid, call.status)
    elif floor.legs.look_again(leg.id) is Look.GIVEN_UP:
        log.error("call_given_up", leg=leg.id)


def _ask(floor: Floor, telephone: Telephone, leg: Leg) -> None:
    """How a call stands whose events may all have been lost; one that lives is asked after again."""
    status = _status(telephone, leg)
    if status is not None:
        tell(floor, leg.id, leg.call_sid, status)
    if status is None or status.state is not LegState.ENDED:
        at = floor.clock.now(floor.store)
        # Each time as long as it has lived so far: a long conversation is a few questions, not hundreds.
        lived = at - leg.posted if leg.posted else _ASK_AGAIN
        floor.deadlines.set(DEADLINE, leg.id, at + min(max(lived, _ASK_AGAIN), _ASK_AT_LEAST))


def _status(telephone: Telephone, leg: Leg) -> Status | None:
    """None when Twilio does not answer."""
    try:
        return telephone.call(leg.call_sid).status
    except NotInProgress:
        return Status(LegState.ENDED, Ended.LOST)
    except TelephoneError as away:
        log.warning("call_not_asked", leg=leg.id, because=str(away))
        return None


def _found(floor: Floor, telephone: Telephone, leg: Leg) -> FoundCall | None:
    """The one call that can only be this leg's. The list of calls does not say for which leg each was made.

    So it is nobody's where two are in question: the events, which name the leg, decide, or a person.
    """
    if leg.posted is None or _has_rivals(floor, leg):
        return None
    first, last = leg.posted - _BEFORE, leg.posted + _AFTER
    try:
        calls = telephone.calls_to(leg.to, leg.from_, first)
    except TelephoneError as away:
        log.warning("calls_not_listed", leg=leg.id, because=str(away))
        return None
    free = [
        call
        for call in calls
        if call.direction == PLACED_BY_US
        and first <= call.created <= last
        and not floor.legs.leg_of(call.sid)
    ]
    return free[0] if len(free) == 1 else None


def _has_rivals(floor: Floor, leg: Leg) -> bool:
    """True when another leg between the same numbers, posted about then, is without its call too."""
    return any(
        (other.to, other.from_) == (leg.to, leg.from_)
        and other.id != leg.id
        and other.posted
        and leg.posted
        and abs(other.posted - leg.posted) <= _BEFORE + _AFTER
        for other in floor.legs.without_call()
    )
