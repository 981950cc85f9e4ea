"""A leg from its first ring to its end: rings, is answered, follows document after document, is over.

Source: https://www.twilio.com/docs/voice/api/call-resource
"""

from collections.abc import Callable

import simpy

from ivr.lab.carrier import Ask, Script
from ivr.lab.leg import Gone, Leg, Moved
from ivr.lab.pages import Page, Stop, follow
from ivr.lab.phone import Ringing
from ivr.lab.records import CallStatus
from ivr.lab.twiml import NotCoveredError
from ivr.lab.webhooks import ApplicationError, RedirectLoopError
from ivr.lab.webhooks import page as next_page

APPLICATION_ERROR = "An application error has occurred. Goodbye."
REACHES_THE_PHONE_S = 0.4
_REFUSED: dict[str, tuple[CallStatus, str]] = {
    "busy": ("busy", "486"),
    "reject": ("busy", "603"),
    "failed": ("failed", "404"),
}

_REJECTED: dict[str, CallStatus] = {"busy": "busy", "rejected": "no-answer"}


def talk(leg: Leg, first: Ask | Page) -> Script[None]:
    """Document after document until one ends the call, somebody hangs up, or nothing more can be heard."""
    todo: Ask | Page | None = first
    while todo is not None:
        try:
            todo = yield from _through(leg, todo)
        except simpy.Interrupt as cut:
            todo = _instead(leg, cut)
        except ApplicationError:
            yield from _application_error(leg)
            todo = None
        except (NotCoveredError, RedirectLoopError) as refused:
            leg.carrier.alert(0, str(refused), leg.call.sid)
            leg.ended_in, todo = "error", None


def _through(leg: Leg, todo: Ask | Page) -> Script[Ask | Page | None]:
    at = todo if isinstance(todo, Page) else (yield from next_page(leg, todo, "call"))
    if leg.call.answered is None and not _rings_on(at):
        answer(leg)
    after = yield from follow(leg, at, leg.verbs)
    return None if isinstance(after, Stop) else after


def _rings_on(at: Page) -> bool:
    """Only these two as the first verb leave the caller's telephone ringing."""
    first = at.document.verbs[0] if at.document.verbs else None
    if first is None or first.name != "Dial":
        return first is not None and first.name == "Reject"
    return first.attributes.get("answerOnBridge") == "true"


def answer(leg: Leg) -> None:
    """From now on the call is paid for."""
    leg.call.answered = leg.carrier.now
    leg.progress("in-progress")
    if leg.carrier.faults.happens("drop_leg"):
        leg.env.process(_dropped(leg, leg.carrier.faults.chance("dropped after").uniform(1, 60)))


def _dropped(leg: Leg, after_s: float) -> Script[None]:
    yield leg.env.timeout(after_s)
    if not leg.call.is_over:
        leg.carrier.story.tell(leg.carrier.now, leg.name, "is cut off")
        leg.interrupt(Gone("is cut off"))


def _instead(leg: Leg, cut: simpy.Interrupt) -> Ask | None:
    match cut.cause:
        case Moved(ask):
            leg.carrier.story.tell(leg.carrier.now, leg.name, "is sent to another document")
            leg.place = ""
            return ask
        case Gone(reason):
            leg.ended_in = leg.ended_in or leg.place or reason
        case other:
            raise AssertionError(f"a leg was interrupted by {other!r}")
    return None


def _application_error(leg: Leg) -> Script[None]:
    leg.ended_in, leg.place = "error", ""
    if leg.call.answered is None:
        answer(leg)
    try:
        leg.hears("Say", APPLICATION_ERROR, "en-US", seconds=3)
        yield from leg.listens(3)
    except simpy.Interrupt:
        return


def over(leg: Leg, tidy: Callable[[Leg], None]) -> None:
    """The call's end: what hung on it ends, and it is told."""
    if leg.call.is_over:
        return
    tidy(leg)
    leg.call.ended = leg.carrier.now
    talked: CallStatus = "canceled" if leg.call.answered is None else "completed"
    leg.progress(_REJECTED.get(leg.ended_in, talked))


def rings(leg: Leg, *, timeout_s: float) -> Script[bool]:
    """Rings the telephone; True once somebody answered, False when the call ended without.

    A call that is cancelled here ends as canceled.
    """
    try:
        leg.initiated()
        yield leg.env.timeout(REACHES_THE_PHONE_S)
        if leg.phone.ringing.pickup == "failed":
            return _unanswered(leg, "failed", "404")
        leg.progress("ringing")
        leg.env.process(_picks_up(leg, leg.phone.ringing))
        yield leg.picked_up | leg.env.timeout(timeout_s)
    except simpy.Interrupt:
        return _unanswered(leg, "canceled", "487")
    return _answered(leg)


def _picks_up(leg: Leg, ringing: Ringing) -> Script[None]:
    if ringing.pickup == "no-answer":
        return
    yield leg.env.timeout(ringing.after_s)
    pick_up(leg, ringing)


def pick_up(leg: Leg, how: Ringing) -> None:
    """The telephone is answered, or refused."""
    if not leg.picked_up.triggered:
        leg.picked_up.succeed(how)


def _answered(leg: Leg) -> bool:
    how = leg.picked_up.value if leg.picked_up.triggered else None
    if how is None:
        return _unanswered(leg, "no-answer", "480")
    if how.pickup in _REFUSED:
        return _unanswered(leg, *_REFUSED[how.pickup])
    answer(leg)
    if how.pickup == "voicemail":
        leg.env.process(_voicemail(leg, how))
    return True


def _unanswered(leg: Leg, status: CallStatus, sip_code: str) -> bool:
    leg.call.ended, leg.call.sip_code = leg.carrier.now, sip_code
    leg.progress(status)
    return False


def _voicemail(leg: Leg, how: Ringing) -> Script[None]:
    """It speaks, beeps, and from then on what is heard is its message."""
    leg.phone.beeped, leg.phone.message = None, []
    leg.say("Hello, you have reached my voicemail. Please leave a message after the tone.")
    yield leg.env.timeout(how.greeting_s)
    if not leg.call.is_over:
        leg.does("beep", "beep")
        leg.phone.beeped = leg.carrier.now
