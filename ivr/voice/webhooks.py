"""Twilio's webhooks, a few lines each: take what was admitted, hand over, render."""

from functools import partial

from flask import Blueprint
from flask.typing import ResponseReturnValue

from callbacks import customers
from config.connections import StoreAway
from config.observe import failed_open
from ivr.voice import called_back, documents, events, waiting_documents
from ivr.voice.answering import (
    admitted,
    answer,
    apology,
    filled,
    guard,
    inbound_call,
    reply_in,
    starts,
    visit_of,
    xml,
)
from ivr.voice.exchange import exchange
from routing import intake, leaving, menus, waiting
from routing.links import PREFIX, Route
from routing.rules.decisions import Connect, Exit, OfferCallback, Rule

voice = Blueprint("voice", __name__, url_prefix=PREFIX)
guard(voice)


@voice.post(Route.INCOMING)
def incoming() -> ResponseReturnValue:
    """A call comes in."""
    call = inbound_call()
    given = intake.receive_call(exchange().floor, call, start=starts())
    if isinstance(given.decision, Connect):
        try:
            customers.rings_in(exchange().floor, exchange().ledger, call)
        except StoreAway as away:
            failed_open("store_away", call=call.sid, error=str(away))
    return answer(given, call)


@voice.post(Route.MENU)
def menu() -> ResponseReturnValue:
    """A key in a menu, or none."""
    call, form, query = inbound_call(), *admitted()
    return answer(
        menus.choose(
            exchange().floor,
            call,
            query["menu"],
            reply_in(form, query.get("confirm", "")),
            language=query["language"],
            attempt=int(query["attempt"]),
            visit=visit_of(query),
        ),
        call,
    )


@voice.post(Route.MESSAGE)
def message() -> ResponseReturnValue:
    """A key in a message that has a way out, or none."""
    call, form, query = inbound_call(), *admitted()
    return answer(
        menus.leave_message(
            exchange().floor,
            call,
            Rule(query["rule"]),
            frozenset(map(Exit, filter(None, query["exits"].split(".")))),
            form.get("Digits", ""),
            language=query["language"],
            visit=visit_of(query),
        ),
        call,
    )


@voice.post(Route.VOICEMAIL)
def voicemail() -> ResponseReturnValue:
    """The caller left a message."""
    call, form, query = inbound_call(), *admitted()
    return answer(
        menus.keep_voicemail(
            exchange().floor,
            call,
            Rule(query["rule"]),
            events.recorded(form),
            language=query["language"],
            visit=visit_of(query),
        ),
        call,
    )


@voice.post(Route.WAITING)
def waiting_room() -> ResponseReturnValue:
    """What a waiting caller hears next; asked at the same URL for as long as the caller waits."""
    call, form, query = inbound_call(), *admitted()
    waited_s = form.get("QueueTime", "")
    # No call lasts a million seconds: what is longer is no time, and would be before all calendars.
    is_time = waited_s.isdecimal() and len(waited_s) <= 6
    hold = waiting.hold(
        exchange().floor,
        call,
        query["queue"],
        waited_s=int(waited_s) if is_time else 0,
        can_dial=partial(called_back.can_dial, call),
    )
    config = exchange().floor.configs.in_force()
    return filled(waiting_documents.waiting_room(hold, config, query["language"]), call, query)


@voice.post(Route.WAITING_KEY)
def waiting_key() -> ResponseReturnValue:
    """A key pressed while waiting: it leads out, or the wait goes on."""
    call, form, query = inbound_call(), *admitted()
    queue, digits = query["queue"], form.get("Digits", "")
    can_dial = partial(called_back.can_dial, call)
    asks_for = waiting.press(exchange().floor, call, queue, digits, visit=visit_of(query), can_dial=can_dial)
    config = exchange().floor.configs.in_force()
    return filled(
        waiting_documents.after_waiting_key(asks_for, queue, config, query["language"]), call, query
    )


@voice.post(Route.LEFT_WAITING)
def left_waiting() -> ResponseReturnValue:
    """The caller is out of Twilio's queue: by our instruction, by hanging up, or by a fault."""
    call, form, query = inbound_call(), *admitted()
    floor, result = exchange().floor, form.get("QueueResult", "")
    queue, language, visit = query["queue"], query["language"], visit_of(query)
    match events.QUEUE_RESULT.get(result):
        case "told":
            return xml(documents.nothing())
        case "abandoned":
            events.abandoned(floor, exchange().ledger, call.sid)
            return xml(documents.nothing())
        case "left":
            given = leaving.leave(floor, call, queue, language=language, visit=visit)
            if isinstance(given.decision, OfferCallback) and given.decision.keeps_place:
                return called_back.answer_wish(call, given, queue)
            return answer(given, call)
        case "full":
            return answer(leaving.overflow(floor, call, queue, language=language, visit=visit), call)
        case _:
            failed_open("queue_fault", call=call.sid, result=result[:40])
            return apology()


@voice.post(Route.EVENTS)
def event() -> ResponseReturnValue:
    """Twilio tells how a call, a conference or a recording went."""
    form, query = admitted()
    events.heard_of(exchange().floor, exchange().ledger, form, query)
    return "", 204
