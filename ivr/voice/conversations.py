"""Webhooks of callers on their way into a conversation and out of it: a few lines each, as in webhooks.py."""

from dataclasses import replace

from flask import Blueprint
from flask.typing import ResponseReturnValue

from config.schema import REFUSE_RECORDING_KEY
from ivr.voice import conversation_documents as heard
from ivr.voice.answering import admitted, answer, guard, inbound_call, visit_of, xml
from ivr.voice.exchange import exchange
from routing import conversation, leaving, waiting
from routing.links import PREFIX, Route
from routing.rules.decisions import Enqueue

conversations = Blueprint("conversations", __name__, url_prefix=PREFIX)
guard(conversations)


@conversations.post(Route.CONSENT)
def consent() -> ResponseReturnValue:
    """A key, when asked whether the conversation may be recorded; then on into the queue."""
    call, form = inbound_call(), admitted()[0]
    floor, refuses = exchange().floor, form.get("Digits", "") == REFUSE_RECORDING_KEY
    floor.conversations.answer_consent(call.sid, refuses=refuses)
    given = waiting.rejoin(floor, call)
    if given is None:
        return xml(heard.begin_anew(floor.links))
    if refuses and isinstance(given.decision, Enqueue):
        given = replace(given, decision=replace(given.decision, after="recording_refused"))
    return answer(given, call)


@conversations.post(Route.CONNECT)
def connect() -> ResponseReturnValue:
    """The agent is in the conference: the caller goes in; else on with the wait, or anew."""
    call, query = inbound_call(), admitted()[1]
    floor = exchange().floor
    if conversation.caller_joins(floor, call.sid, query["conference"]):
        return xml(heard.joined(query, floor.links, call.sid))
    given = waiting.rejoin(floor, call)
    return answer(given, call) if given else xml(heard.begin_anew(floor.links))


@conversations.post(Route.TALKED)
@conversations.post(Route.AGENT_GONE)
def agent_gone() -> ResponseReturnValue:
    """Out of the conversation and still on the line, or sent here because the agent's call has ended."""
    query = admitted()[1]
    config = exchange().floor.configs.in_force()
    return xml(heard.agent_gone(query, config, exchange().floor.links, inbound_call().sid))


@conversations.post(Route.RECONNECT)
def reconnect() -> ResponseReturnValue:
    """The caller stayed: he waits again at his place."""
    call, query = inbound_call(), admitted()[1]
    queue, language, visit = query["queue"], query["language"], visit_of(query)
    return answer(leaving.reconnect(exchange().floor, call, queue, language=language, visit=visit), call)


@conversations.post(Route.FINISHED)
def finished() -> ResponseReturnValue:
    """The agent said goodbye."""
    return xml(heard.finished(admitted()[1]["language"], exchange().floor.configs.in_force()))
