"""Agent and caller meet, talk and part; whoever is left alone hears why (docs/policy.md 2, 24)."""

from dataclasses import dataclass
from datetime import timedelta

from config.observe import failed_open, log
from config.versions import NoConfigError
from routing.events import call_ended
from routing.floor import Floor
from routing.links import Route
from routing.moving_calls import send_leg
from routing.rules.call_states import CallState
from routing.rules.legs import LegState
from routing.store.conversations import Recording, Said
from routing.store.effects import Effect, Verb
from routing.store.legs import DEADLINE
from routing.store.standing import UnreadableStandingError
from routing.telephone import Telephone
from routing.twilio_rest import NotInProgress, TelephoneError

AGENT_LABEL, CALLER_LABEL = "agent-1", "caller-1"
_ON_THE_LINE = frozenset({LegState.ANSWERED, LegState.JOINED})
# The event of the call's end comes with the conference's; only when it does not, Twilio is asked.
_TOLD_BY_THEN = timedelta(seconds=2)


class NotYourCall(Exception):
    """The call is not with this person."""


class NotTalking(Exception):
    """Nobody talks on this call (any more)."""


class NotRecorded(Exception):
    """The conversation is not recorded."""


class NoSuchCall(Exception):
    """There is no call of this CallSid, or none that is still known."""


@dataclass(frozen=True, slots=True)
class Briefing:
    """Whom an agent is about to talk to: from which queue, after how long, and what the caller needs.

    `recorded` is False for a call that is not, on a line where calls are: the caller refused.
    """

    queue: str
    waited_s: int
    support_need: str
    recorded: bool = True


def briefing(floor: Floor, call_sid: str) -> Briefing:
    """What the agent hears before the caller. Raises StoreAway."""
    call = floor.conversations.of(call_sid)
    need = ""
    try:
        need = floor.standings.read(call["number"]).support_need if call.get("number") else ""
    except UnreadableStandingError as wrong:
        failed_open("standing_unreadable", call=call_sid, error=str(wrong))
    recorded = not _records(floor) or ("consent" in call and "not_recorded" not in call)
    return Briefing(call.get("queue", ""), int(call.get("waited_ms", 0)) // 1000, need, recorded)


def agent_ready(floor: Floor, offer_id: str, leg_id: str) -> str:
    """The agent goes into the conference and the caller is sent after him; "": the caller has gone.

    Raises StoreAway.
    """
    floor.legs.change(leg_id, LegState.JOINED)
    return floor.conversations.agent_ready(offer_id)


def caller_joins(floor: Floor, call_sid: str, conference: str) -> bool:
    """True when the caller may go in; False: nobody waits there (any more). Raises StoreAway."""
    return floor.conversations.caller_joins(call_sid, conference, recorded=_records(floor))


def agent_left(floor: Floor, conference: str) -> None:
    """The agent's leg is out of the conference. If his call is over too, its event may have been lost.

    Raises StoreAway.
    """
    if leg_id := floor.conversations.agent_leg_in(conference):
        floor.deadlines.set(DEADLINE, leg_id, floor.clock.now(floor.store) + _TOLD_BY_THEN)


def look_at_connecting(floor: Floor, telephone: Telephone, call_sid: str) -> None:
    """They had time enough to meet. A caller whose end was never told must not be offered for ever.

    Raises StoreAway.
    """
    if floor.conversations.of(call_sid).get("state") != CallState.CONNECTING:
        return
    if is_over_at_twilio(telephone, call_sid):
        call_ended(floor, call_sid, "completed")
    elif floor.conversations.not_connected(call_sid):
        log.warning("not_connected", call=call_sid)


def is_over_at_twilio(telephone: Telephone, call_sid: str) -> bool:
    """Whether Twilio says that the call is over; False also while it does not say."""
    try:
        return telephone.call(call_sid).status.state is LegState.ENDED
    except NotInProgress:
        return True
    except TelephoneError as away:
        log.warning("call_not_asked", call=call_sid, because=str(away))
        return False


def end_wrap_up(floor: Floor, agent_id: str) -> None:
    """The time to write up a call is over. Raises StoreAway."""
    floor.conversations.end_wrap_up(agent_id)


def finish(floor: Floor, call_sid: str, agent_id: str) -> None:
    """A normal goodbye. Raises NotYourCall, NotTalking, StoreAway."""
    _answer(floor.conversations.finish(call_sid, agent_id))


def hold(floor: Floor, call_sid: str, agent_id: str) -> None:
    """The caller hears music. Raises NotYourCall, NotTalking, StoreAway."""
    _answer(floor.conversations.hold(call_sid, agent_id))


def resume(floor: Floor, call_sid: str, agent_id: str) -> None:
    """The caller hears the agent again. Raises NotYourCall, NotTalking, StoreAway."""
    _answer(floor.conversations.resume(call_sid, agent_id))


def set_recording(floor: Floor, call_sid: str, agent_id: str, state: Recording) -> None:
    """The recording is silent from now on, or goes on.

    Raises NotYourCall, NotTalking, NotRecorded, StoreAway.
    """
    _answer(floor.conversations.set_recording(call_sid, agent_id, state))


def send_away(floor: Floor, telephone: Telephone, effect: Effect) -> None:
    """Whoever is on our leg hears that the call is over; a telephone that still rings stops.

    Raises NotYet, NoReply, StoreAway.
    """
    leg = floor.legs.read(effect.target)
    if leg is None or leg.state is LegState.ENDED:
        return
    if leg.state not in _ON_THE_LINE:
        floor.effects.add(Verb.END, leg.id, {}, within=timedelta(minutes=1))
        return
    send_leg(floor, telephone, effect, leg, Route.LEG_OVER, why=effect.data["why"])


def ask_again(floor: Floor, telephone: Telephone, effect: Effect) -> None:
    """A leg that was answered, and is nowhere yet, asks for its first document once more.

    Raises NotYet, NoReply, StoreAway.
    """
    leg = floor.legs.read(effect.target)
    # A leg that rings still asks by itself, and one that has joined is where it should be.
    if leg is not None and leg.state is LegState.ANSWERED:
        send_leg(floor, telephone, effect, leg, Route.LEG)


def _records(floor: Floor) -> bool:
    """True where conversations are recorded."""
    try:
        return floor.configs.in_force().recordings.consent != "off"
    except NoConfigError:
        return False


def _answer(said: Said) -> None:
    if said is Said.NOT_YOURS:
        raise NotYourCall("This call is not with you.")
    if said is Said.NOT_TALKING:
        raise NotTalking("Nobody talks on this call now.")
    if said is Said.NOT_RECORDED:
        raise NotRecorded("This call is not recorded.")
