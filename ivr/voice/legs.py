"""Webhooks of the legs that we made: a few lines each, as in webhooks.py."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from callbacks import customers, dialling, speakers
from callbacks.words import Farewell, Goodbye, HangUp, Join, Neutral, Words
from ivr.voice import agent_legs, leg_documents
from ivr.voice.answering import admitted, guard_legs, xml
from ivr.voice.exchange import exchange
from routing.conversation import Briefing
from routing.floor import Floor
from routing.links import PREFIX, Route
from routing.rules.legs import LegState, Role
from routing.store.legs import Leg

legs = Blueprint("legs", __name__, url_prefix=PREFIX)
guard_legs(legs)


@legs.post(Route.LEG)
def picked_up() -> ResponseReturnValue:
    """A telephone that we rang was answered. A second call of one attempt is hung up."""
    leg, (form, _) = _leg(), admitted()
    floor, ledger = exchange().floor, exchange().ledger
    if not floor.legs.change(leg.id, LegState.ANSWERED, call_sid=form["CallSid"]).is_ours:
        return _said(leg, HangUp())
    if leg.role is Role.AGENT:
        return _said(leg, agent_legs.answered(floor, leg))
    if leg.role is Role.OWNER:
        return _said(leg, speakers.answered(ledger, leg))
    return _said(leg, customers.answered(floor, ledger, leg))


@legs.post(Route.LEG_KEY)
def pressed() -> ResponseReturnValue:
    """A key after the first words, or none."""
    leg, (form, query) = _leg(), admitted()
    digits, asked = form.get("Digits", ""), int(query["asked"])
    if leg.role is Role.AGENT:
        return _said(leg, agent_legs.pressed(exchange().floor, leg, digits, asked))
    return _said(leg, speakers.pressed(exchange().ledger, leg, digits, asked))


@legs.post(Route.LEG_READY)
def ready() -> ResponseReturnValue:
    """The speaker has heard who is called and why."""
    leg = _leg()
    if leg.role is Role.AGENT:
        return _said(leg, agent_legs.joins(exchange().floor, leg))
    return _said(leg, speakers.joins(exchange().floor, exchange().ledger, leg))


@legs.post(Route.LEG_LEFT)
def left() -> ResponseReturnValue:
    """Out of the conversation, and still on the line."""
    leg, ledger = _leg(), exchange().ledger
    if leg.role is Role.AGENT:
        return _said(leg, agent_legs.over("finished"))
    return _said(leg, speakers.left(ledger, leg) if leg.role is Role.OWNER else customers.left(ledger, leg))


@legs.post(Route.LEG_TELLS)
def tells() -> ResponseReturnValue:
    """The speaker says who answered."""
    leg, (form, _) = _leg(), admitted()
    return _said(leg, speakers.tells(exchange().ledger, leg, form.get("Digits", "")))


@legs.post(Route.LEG_OVER)
def over() -> ResponseReturnValue:
    """Sent here by us: the speaker whose customer was not reached, or a customer who hears the message."""
    leg = _leg()
    if leg.role is Role.AGENT:
        return _said(leg, agent_legs.over(admitted()[1]["why"]))
    if leg.role is Role.CUSTOMER:
        return _said(leg, customers.left(exchange().ledger, leg))
    return _said(leg, Goodbye(Farewell.NOT_REACHED))


@legs.post(Route.CALLED_IN)
def called_in() -> ResponseReturnValue:
    """The customer who rang in is brought to the speaker."""
    form, query = admitted()
    floor, callback_id, call_sid = exchange().floor, query["callback"], form["CallSid"]
    words = customers.comes_in(floor, exchange().ledger, callback_id, call_sid)
    if not isinstance(words, Join):
        return xml(leg_documents.begin_anew(floor.links))
    return xml(leg_documents.called_in(words, floor.links, call_sid, callback_id))


@legs.post(Route.CALLED_IN_OVER)
def called_in_over() -> ResponseReturnValue:
    """The customer who rang in is out of the conversation, and still on the line: the call ends."""
    _, query = admitted()
    config = exchange().floor.configs.in_force()
    callback = exchange().ledger.find(query["callback"])
    language = callback.language if callback else config.lines[config.default_line].languages[0]
    return xml(leg_documents.conversation_over(config, language))


class UnknownLeg(Exception):
    """Redis does not have it (any more), though the link is ours."""


def _leg() -> Leg:
    """The leg of this webhook's link; raises UnknownLeg, after which an apology is heard."""
    _, query = admitted()
    found = exchange().floor.legs.read(query["leg"])
    if found is None:
        raise UnknownLeg
    return found


def _said(leg: Leg, words: Words | Briefing) -> ResponseReturnValue:
    floor, config = exchange().floor, exchange().floor.configs.in_force()
    if leg.role is Role.AGENT:
        first = config.lines[config.default_line].languages[0]
        agents_writer = leg_documents.LegWriter(config, floor.links, leg, _language(floor, leg) or first)
        return xml(agents_writer.write(words))
    callback = exchange().ledger.find(dialling.promised_by(leg))
    line = dialling.line_of(floor, callback) if callback else config.lines[config.default_line]
    language = (callback.language if callback else "") or line.languages[0]
    speaker = floor.people.find(words.speaker) if isinstance(words, Neutral) and words.speaker else None
    writer = leg_documents.LegWriter(config, floor.links, leg, _language(floor, leg) or language)
    return xml(writer.write(words, speaker=speaker, number=dialling.caller_id(line)))


def _language(floor: Floor, leg: Leg) -> str:
    """That of ours who speaks; "" for a customer."""
    person = floor.people.find(leg.person) if leg.person else None
    return person.languages[0] if person and person.languages else ""
