"""Twilio's webhooks, a few lines each: take what was admitted, hand over, render."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from callbacks import customers
from config.connections import StoreAway
from config.observe import failed_open
from ivr.voice import agent_desks, documents, events, waiting_documents
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
from routing import intake, menus, waiting
from routing.links import PREFIX, Route
from routing.rules.decisions import Connect, Exit, Rule

voice = Blueprint("voice", __name__, url_prefix=PREFIX)
guard(voice)


@voice.post(Route.INCOMING)
def incoming() -> ResponseReturnValue:
    """A call comes in."""
    call = inbound_call()
    if desk := agent_desks.first_words(call):
        return desk
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
    hold = waiting.hold(exchange().floor, call, query["queue"], waited_s=int(waited_s) if is_time else 0)
    config = exchange().floor.configs.in_force()
    return filled(waiting_documents.waiting_room(hold, config, query["language"]), call, query)


@voice.post(Route.WAITING_KEY)
def waiting_key() -> ResponseReturnValue:
    """A key pressed while waiting: it leads out, or the wait goes on."""
    call, form, query = inbound_call(), *admitted()
    leads_out = waiting.press(
        exchange().floor, call, query["queue"], form.get("Digits", ""), visit=visit_of(query)
    )
    config = exchange().floor.configs.in_force()
    return filled(
        waiting_documents.after_waiting_key(leads_out, query["queue"], config, query["language"]), call, query
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
            return answer(waiting.leave(floor, call, queue, language=language, visit=visit), call)
        case "full":
            return answer(waiting.overflow(floor, call, queue, language=language, visit=visit), call)
        case _:
            failed_open("queue_fault", call=call.sid, result=result[:40])
            return apology()


@voice.post(Route.EVENTS)
def event() -> ResponseReturnValue:
    """Twilio tells how a call, a conference or a recording went."""
    form, query = admitted()
    events.heard_of(exchange().floor, exchange().ledger, form, query)
    return "", 204
