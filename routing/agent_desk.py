"""An agent rings the agents' number: who he is, proved by PIN, then his status by key.

Nobody learns here whether a person or a staff number exists: whoever rings is asked for a PIN, and hears the
same words for a wrong one as for nobody's.
"""

from dataclasses import dataclass
from datetime import timedelta

from config.observe import log
from config.schema import RoutingConfig
from routing import shifts
from routing.floor import Floor
from routing.rules.agent_states import AgentState
from routing.rules.caller import verification_failed
from routing.rules.people import Person, takes_calls
from routing.rules.phone_numbers import read_number
from routing.scene import InboundCall
from routing.store.agent_desk import DEADLINE, LOCKED_MS
from routing.store.agents import AgentNow
from routing.store.people import UnknownPerson

MOST_TRIES = 3
STATUS_OF_KEY = {"1": AgentState.AVAILABLE, "2": AgentState.BREAK, "3": AgentState.OFFLINE}
# Longer than the goodbye: Twilio tells the end of the call, and when it does not, this is it.
_HAS_HUNG_UP = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class AskStaffNumber:
    """Who is it?"""

    tried: int = 0


@dataclass(frozen=True, slots=True)
class AskPin:
    """Is he? `by_staff_number`: he said who he is, so that a wrong try begins there."""

    by_staff_number: bool
    tried: int = 0


@dataclass(frozen=True, slots=True)
class SayStatus:
    """What he does now, and the keys; `asked` counts rounds without a key."""

    now: AgentNow
    language: str
    asked: int = 0


@dataclass(frozen=True, slots=True)
class SoonAvailable:
    """His own telephone cannot ring while he holds it: he is available once he has hung up."""

    language: str


@dataclass(frozen=True, slots=True)
class Locked:
    """Too many wrong PINs; none is taken for `minutes`."""

    minutes: int


@dataclass(frozen=True, slots=True)
class WrongAgain:
    """Too many wrong tries in this call."""


@dataclass(frozen=True, slots=True)
class Farewell:
    """Nothing more was asked for."""

    language: str = ""


Words = AskStaffNumber | AskPin | SayStatus | SoonAvailable | Locked | WrongAgain | Farewell


def line_of(config: RoutingConfig, dialled: str) -> str:
    """The id of the line whose agents' number was dialled; "" for a number of callers."""
    if not config.desk_of:
        return ""
    region = config.lines[config.default_line].region
    return config.desk_of.get(dialled) or config.desk_of.get(read_number(dialled, region).e164, "")


def rings(floor: Floor, call: InboundCall, line: str) -> Words:
    """Somebody rings. His telephone says who he may be, unless its number is not to be trusted.

    Raises StoreAway.
    """
    who = _behind(floor, call, line)
    if who is None:
        return AskStaffNumber()
    floor.agent_desk.note(call.sid, whose=_whose(floor, who), claimed=who.id)
    return AskPin(by_staff_number=False)


def says_staff_number(floor: Floor, call_sid: str, digits: str, tried: int) -> Words:
    """Whatever he said, the PIN comes next. Raises StoreAway."""
    if not digits:
        return AskStaffNumber(tried + 1) if tried + 1 < MOST_TRIES else Farewell()
    found = [one for one in floor.people.everybody() if one.staff_number == digits and takes_calls(one)]
    who = found[0] if len(found) == 1 else None
    whose = _whose(floor, who) if who else floor.caller_key(f"staff:{digits}")
    floor.agent_desk.note(call_sid, whose=whose, claimed=who.id if who else "")
    return AskPin(by_staff_number=True, tried=tried)


def says_pin(
    floor: Floor, call_sid: str, digits: str, *, by_staff_number: bool, tried: int, visit: int
) -> Words:
    """The PIN, or none; again for the same visit counts once. Raises StoreAway."""
    desk = floor.agent_desk.read(call_sid)
    if not digits:
        return _once_more(by_staff_number, tried)
    if not desk.whose:
        return AskStaffNumber(tried)
    if not floor.agent_desk.may_try(call_sid, desk.whose, visit=visit):
        log.warning("pin_locked", call=call_sid)
        return Locked(LOCKED_MS // 60_000)
    # Looked at for nobody too: the time does not tell.
    is_right = floor.people.pin_is_right(desk.claimed or "-", digits)
    who = floor.people.find(desk.claimed) if is_right else None
    if who is None or not takes_calls(who):
        log.warning("pin_wrong", call=call_sid)
        return _once_more(by_staff_number, tried)
    floor.agent_desk.was_right(call_sid, desk.whose, who.id)
    log.info("at_the_agent_desk", call=call_sid, agent=who.id)
    return SayStatus(floor.agents.read(who.id), _language(who))


def chooses(floor: Floor, call: InboundCall, key: str, *, asked: int, visit: int) -> Words:
    """A key for a status, or none; again for the same visit does nothing twice.

    Raises StoreAway, NoConfigError.
    """
    who = floor.people.find(floor.agent_desk.read(call.sid).person or "-")
    if who is None or not takes_calls(who):
        return Farewell()
    status = STATUS_OF_KEY.get(key)
    if status is None:
        language = _language(who)
        return SayStatus(floor.agents.read(who.id), language, asked + 1) if asked < 1 else Farewell(language)
    if status is AgentState.AVAILABLE and _is_his(floor, who, call):
        floor.agent_desk.note(call.sid, wish=status)
        at = floor.clock.now(floor.store) + _HAS_HUNG_UP
        floor.deadlines.set(DEADLINE, call.sid, at)
        return SoonAvailable(_language(who))
    if floor.agent_desk.claim(call.sid, f"chose:{visit}"):
        shifts.choose(floor, who, status)
        log.info("status_by_telephone", agent=who.id, status=status)
    return SayStatus(floor.agents.read(who.id), _language(who))


def over(floor: Floor, call_sid: str) -> None:
    """The call is over: what was wished for then is done. Safe to repeat. Raises StoreAway, NoConfigError."""
    desk = floor.agent_desk.read(call_sid)
    who = floor.people.find(desk.person) if desk.wish else None
    if who is None:
        return
    try:
        shifts.choose(floor, who, AgentState(desk.wish))
        log.info("status_by_telephone", agent=who.id, status=desk.wish)
    except UnknownPerson:
        log.info("status_of_nobody", agent=who.id)
    floor.agent_desk.take_wish(call_sid)
    floor.deadlines.clear(DEADLINE, call_sid)


def _once_more(by_staff_number: bool, tried: int) -> Words:
    if tried + 1 >= MOST_TRIES:
        return WrongAgain()
    return AskStaffNumber(tried + 1) if by_staff_number else AskPin(by_staff_number, tried + 1)


def _behind(floor: Floor, call: InboundCall, line: str) -> Person | None:
    """Whose telephone this is, if it is one person's."""
    region = floor.configs.in_force().lines[line].region
    number = call.caller if ":" in call.caller else read_number(call.caller, region).e164
    if not number or verification_failed(call.verification):
        return None
    found = [one for one in floor.people.everybody() if one.phone == number and takes_calls(one)]
    return found[0] if len(found) == 1 else None


def _is_his(floor: Floor, who: Person, call: InboundCall) -> bool:
    region = floor.configs.in_force().lines[floor.configs.in_force().default_line].region
    return who.phone in (call.caller, read_number(call.caller, region).e164)


def _whose(floor: Floor, who: Person) -> str:
    return floor.caller_key(f"person:{who.id.lower()}")


def _language(who: Person) -> str:
    return who.languages[0] if who.languages else ""
