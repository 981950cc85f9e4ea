"""Places one inbound call through a running web server and tells what became of it."""

import time
from collections.abc import Callable, Sequence

from ivr.lab.carrier import Ask, Carrier
from ivr.lab.leg import Leg, Patience, RedirectLoopError
from ivr.lab.parameters import InboundCall, new_call_sid, new_call_token
from ivr.lab.person import Person
from ivr.lab.story import CallStory, Ended, Heard
from ivr.lab.twiml import NotCoveredError
from ivr.lab.waiting_room import wait
from ivr.lab.walk import Enter, Stop, walk
from ivr.lab.webhooks import ApplicationError, Page, Webhooks

APPLICATION_ERROR = "An application error has occurred. Goodbye."


def place_call(
    line: Carrier,
    *,
    from_: str,
    to: str,
    press: Sequence[str] = (),
    say: str | None = None,
    wait_s: float = 0,
    stir_verstat: str | None = None,
    call_sid: str | None = None,
    sleep: Callable[[float], None] = time.sleep,
    on_heard: Callable[[Heard], None] | None = None,
) -> CallStory:
    """A person calls `to`, answers a Gather with each item of `press`, waits `wait_s` seconds in a queue.

    An empty item lets one Gather pass. `say` answers the first Gather that takes speech. Only the
    waiting room takes time, and only with `wait_s`. Calls may run side by side: they share nothing.
    Raises ValueError for a key that no telephone has; whatever goes wrong on the line is in the story.
    Source: https://www.twilio.com/docs/voice/twiml
    """
    person = Person(press, say, on_heard)
    call = InboundCall(
        call_sid or new_call_sid(), line.account_sid, from_, to, stir_verstat, call_token=new_call_token()
    )
    began = time.monotonic()
    with Webhooks(line, call) as webhooks:
        leg = Leg(webhooks, person, Patience(wait_s, sleep))
        ended = _outcome(leg)
        lasted_s = max(time.monotonic() - began, leg.patience.spent_s)
        event_status = webhooks.call_ended(lasted_s)
    return CallStory(
        call_sid=call.sid,
        heard=tuple(person.heard),
        ended=ended,
        requests=tuple(webhooks.requests),
        problems=tuple(webhooks.problems),
        event_status=event_status,
        unpressed=tuple(person.to_press),
    )


def _outcome(leg: Leg) -> Ended:
    try:
        return _follow(leg)
    except ApplicationError:
        leg.person.notes("Say", APPLICATION_ERROR, "en-US")
    except (NotCoveredError, RedirectLoopError) as error:
        leg.webhooks.problems.append(str(error))
    return "error"


def _follow(leg: Leg) -> Ended:
    page: Page | Ended = leg.webhooks.first_page()
    while isinstance(page, Page):
        page = _after(page, leg)
    return page


def _after(page: Page, leg: Leg) -> Page | Ended:
    match walk(page, leg.person):
        case Ask() as ask:
            return leg.page(ask)
        case Enter() as enter:
            return wait(leg, enter)
        case Stop.RECORD:
            return "voicemail"
        case _:
            return "hung_up"
