"""What dispatchers do to calls that are there: redirect, end, announce, hold, resume, record, pause.

A target is our leg's id or a CallSid. Each is safe to repeat, and for a call that is over it is done.
All may raise NotYet, NoReply and StoreAway, after which they are tried again.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from config.observe import log
from routing.calling import AGAIN_MS
from routing.floor import Floor
from routing.links import Route
from routing.rules.legs import LegState
from routing.store.conversations import Recording
from routing.store.effects import Effect, NotYet
from routing.store.legs import DEADLINE, Leg
from routing.telephone import Telephone
from routing.twilio_rest import NotDone, NotInProgress, Refused

# A call that is ended before Twilio has dialled it sends no event: then we ask how it stands.
_ASK_AFTER_END = timedelta(seconds=5)
_ABOUT_THE_EFFECT = frozenset({"route", "visit"})


def redirect(floor: Floor, telephone: Telephone, effect: Effect) -> None:
    """Send an answered call to the document of `route` (a name of links.Route in small letters).

    `visit` and whatever else is in the data go into its URL.
    """
    url, fallback = _document(floor, effect), floor.links.without_token(Route.FALLBACK, **_leg_in(effect))
    if call_sid := _call_of(floor, effect.target):
        _ask(effect, lambda: telephone.redirect(call_sid, url, fallback))


def send_leg(
    floor: Floor, telephone: Telephone, effect: Effect, leg: Leg, route: Route, **where: str
) -> None:
    """Send our answered leg to the document of `route`; `where` goes into its URL."""
    url = floor.links.to(route, leg.id, 0, leg=leg.id, **where)
    fallback = floor.links.without_token(Route.FALLBACK, leg=leg.id)
    _ask(effect, lambda: telephone.redirect(leg.call_sid, url, fallback))


def send_call(
    floor: Floor, telephone: Telephone, effect: Effect, route: Route, visit: int, **where: str
) -> None:
    """Send the effect's call to the document of `route`; `where` goes into its URL."""
    url = floor.links.to(route, effect.target, visit, **where)
    fallback = floor.links.without_token(Route.FALLBACK)
    _ask(effect, lambda: telephone.redirect(effect.target, url, fallback))


def end(floor: Floor, telephone: Telephone, effect: Effect) -> None:
    """Hang up; a leg that was not posted never is, one whose CallSid is not known yet is hung up then."""
    if _is_call(effect.target):
        leg_id, call_sid = floor.legs.leg_of(effect.target), effect.target
    else:
        leg_id = effect.target
        state, call_sid = floor.legs.end(leg_id)
        if state is LegState.ENDED:
            return
    if call_sid:
        _ask(effect, lambda: telephone.end(call_sid))
    if call_sid and leg_id:
        floor.deadlines.set(DEADLINE, leg_id, floor.clock.now(floor.store) + _ASK_AFTER_END)


def announce(floor: Floor, telephone: Telephone, effect: Effect) -> None:
    """Everybody in `conference` hears the document of `route`, asked for in the target's name."""
    conference, url = effect.data["conference"], _document(floor, effect, but="conference")
    announce_at(telephone, effect, conference, url)


def announce_at(telephone: Telephone, effect: Effect, conference: str, url: str) -> None:
    """Everybody in `conference` hears the document at `url`."""
    _ask(effect, lambda: telephone.announce(conference, url))


def hold(floor: Floor, telephone: Telephone, effect: Effect) -> None:
    """The target in `conference` hears the document of `route` (without one: music) instead of the others."""
    conference = effect.data["conference"]
    url = _document(floor, effect, but="conference") if "route" in effect.data else None
    if call_sid := _call_of(floor, effect.target):
        _ask(effect, lambda: telephone.hold(conference, call_sid, url))


def resume(floor: Floor, telephone: Telephone, effect: Effect) -> None:
    """The target is back among the others in `conference`."""
    conference = effect.data["conference"]
    if call_sid := _call_of(floor, effect.target):
        _ask(effect, lambda: telephone.resume(conference, call_sid))


def record(floor: Floor, telephone: Telephone, effect: Effect) -> None:
    """The target's call is recorded, unless it is already."""
    status_url = floor.links.without_token(Route.EVENTS, **_leg_in(effect))

    def begin() -> None:
        recording = telephone.record(call_sid, status_url)
        # An agent may have paused it before it began.
        if _is_call(effect.target) and (
            floor.conversations.is_recorded(call_sid, recording) is Recording.PAUSED
        ):
            telephone.pause_recording(call_sid)

    if call_sid := _call_of(floor, effect.target):
        _ask(effect, begin)


def set_recording(floor: Floor, telephone: Telephone, effect: Effect) -> None:
    """The recording of a call is paused or goes on, whatever is wanted when all is done."""
    done = None
    while (wanted := floor.conversations.recording(effect.target)) is not done:
        change = telephone.pause_recording if wanted is Recording.PAUSED else telephone.resume_recording
        _ask(effect, partial(change, effect.target))
        done = wanted


def _ask(effect: Effect, do: Callable[[], object]) -> None:
    try:
        do()
    except NotInProgress:
        log.info("already_over", verb=effect.verb, target=effect.target)
    except Refused as no:
        # Asked the same again, Twilio would say the same.
        log.error("effect_refused", verb=effect.verb, target=effect.target, because=str(no))
    except NotDone:
        raise NotYet(AGAIN_MS) from None


def _call_of(floor: Floor, target: str) -> str:
    """The CallSid of the target; "" when there is no such call (any more). Raises NotYet."""
    if _is_call(target):
        return target
    leg = floor.legs.read(target)
    if leg is None or leg.state in (LegState.INTENT, LegState.ENDED):
        return ""
    if not leg.call_sid:
        raise NotYet(AGAIN_MS)
    return leg.call_sid


def _document(floor: Floor, effect: Effect, *, but: str = "") -> str:
    not_in_url = _ABOUT_THE_EFFECT | {but}
    where = {name: str(value) for name, value in effect.data.items() if name not in not_in_url}
    route, visit = Route[effect.data["route"].upper()], int(effect.data.get("visit", 0))
    return floor.links.to(route, effect.target, visit, **_leg_in(effect), **where)


def _leg_in(effect: Effect) -> dict[str, str]:
    return {} if _is_call(effect.target) else {"leg": effect.target}


def _is_call(target: str) -> bool:
    return target.startswith("CA")
