"""The verbs without a room of their own: Say, Play, Pause, Redirect, Hangup, Reject, Leave."""

from ivr.lab.carrier import Ask, Script
from ivr.lab.leg import Leg
from ivr.lab.pages import Next, Page, Stop
from ivr.lab.twiml import Verb


def speak(leg: Leg, verb: Verb, _page: Page) -> Script[Next | None]:
    """Say, Play and Pause: https://www.twilio.com/docs/voice/twiml/say"""
    yield from leg.plays(verb)
    return None


def redirect(leg: Leg, verb: Verb, page: Page) -> Script[Next | None]:
    """https://www.twilio.com/docs/voice/twiml/redirect"""
    yield leg.env.timeout(0)
    return Ask(page.link(verb.text), verb.attributes.get("method", "POST"))


def hang_up(leg: Leg, _verb: Verb, _page: Page) -> Script[Next | None]:
    """https://www.twilio.com/docs/voice/twiml/hangup"""
    yield leg.env.timeout(0)
    return Stop.HANG_UP


def reject(leg: Leg, verb: Verb, _page: Page) -> Script[Next | None]:
    """Only as the first verb of an inbound call it is never answered; later it is a hang-up.

    Source: https://www.twilio.com/docs/voice/twiml/reject
    """
    yield leg.env.timeout(0)
    if leg.call.answered is not None:
        return Stop.HANG_UP
    leg.ended_in = verb.attributes.get("reason", "rejected")
    return Stop.REJECT


def leave(leg: Leg, _verb: Verb, _page: Page) -> Script[Next | None]:
    """https://www.twilio.com/docs/voice/twiml/leave"""
    yield leg.env.timeout(0)
    return Stop.LEAVE
