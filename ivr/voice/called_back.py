"""A waiting caller asks to be called back at his place: promised first, and only then told so."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from flask import Response

from callbacks.in_line import promise_place
from callbacks.ledger import AlreadyOpen, Ledger
from callbacks.records import Callback
from callbacks.refusals import BookingRefused, TooManyOpen
from callbacks.rules.dialable import refusal
from callbacks.rules.states import State
from callbacks.rules.zones import zones_of
from config.connections import StoreAway
from config.observe import failed_open, log
from config.schema import RoutingConfig
from ivr.voice.answering import answer, xml
from ivr.voice.exchange import exchange
from ivr.voice.template import Template
from ivr.voice.waiting_documents import promised
from routing import leaving
from routing.floor import Floor
from routing.rules.answers import Answer
from routing.rules.phone_numbers import read_number
from routing.scene import InboundCall
from routing.store.on_disk import NotKept

# Due within this time is "when it is your turn"; anything later is said by day and hour.
_AT_ONCE = timedelta(minutes=5)


def can_dial(call: InboundCall) -> bool:
    """True for a number that we would dial: asked before anybody is offered it. Raises NoConfigError."""
    config = exchange().floor.configs.in_force()
    line = config.line_of.get(call.dialled, config.default_line)
    number = read_number(call.caller, config.lines[line].region).e164
    return bool(number) and refusal(number, config.callbacks.countries) is None


def answer_wish(call: InboundCall, given: Answer, queue: str) -> Response:
    """What the caller hears whose wish `given` grants: when he is called, or that he waits on after all.

    Raises NoConfigError and CallIsOverError.
    """
    floor, ledger = exchange().floor, exchange().ledger
    if floor.calls.waits_by(call.sid):
        # A repeat, after he was told that nothing can be promised.
        return answer(leaving.wait_on(floor, call, given, queue), call)
    try:
        callback = _promise(floor, ledger, call, given)
    except (BookingRefused, TooManyOpen) as refused:
        log.info("call_back_refused", call=call.sid, because=str(refused))
    except (StoreAway, NotKept) as away:
        failed_open("store_away", call=call.sid, error=str(away))
    else:
        log.info("call_back_promised", call=call.sid, callback=callback.id, state=callback.state)
        return xml(_words(floor, callback, given.language).fill(floor.links, call.sid, given.visit))
    return answer(leaving.wait_on(floor, call, given, queue), call)


def _promise(floor: Floor, ledger: Ledger, call: InboundCall, given: Answer) -> Callback:
    """The promised call; for a repeat, and for who is promised one already, that one."""
    record = floor.conversations.of(call.sid)
    if "skill_set" not in record:
        raise NotKept("Redis does not know where the call stood")
    try:
        return promise_place(
            floor,
            ledger,
            call_sid=call.sid,
            number=record["number"],
            identity=given.decision.because.identity,
            line=given.line,
            language=given.language,
            skill_set=record["skill_set"],
            rank_ms=int(float(record["rank_ms"])),
        )
    except AlreadyOpen as open_now:
        found = ledger.find(open_now.existing)
        if found is None:
            raise NotKept(f"{open_now.existing} is not to be read") from None
        return found


def _words(floor: Floor, callback: Callback, language: str) -> Template:
    config, at = floor.configs.in_force(), floor.clock.now(floor.store)
    if callback.state is State.NEEDS_PERSON or callback.due_at is None:
        return promised("call_me_back", "", config, language)
    if callback.due_at - at <= _AT_ONCE:
        return promised("call_back_kept", "", config, language)
    when = callback.due_at.astimezone(ZoneInfo(_clock(config, callback))).isoformat()
    return promised("call_back_later", when, config, language)


def _clock(config: RoutingConfig, callback: Callback) -> str:
    """The customer's own where it is known, as the hour was chosen by it; else the line's."""
    zones = zones_of(callback.number)
    line = config.lines.get(callback.line) or config.lines[config.default_line]
    return zones[0] if len(zones) == 1 else line.zone
