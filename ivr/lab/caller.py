"""Places one inbound call through a running web server and tells what became of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from ivr.lab.account import Account
from ivr.lab.clocks import Clock, RealClock
from ivr.lab.exchange import Exchange
from ivr.lab.hurried import a_hurried_phone
from ivr.lab.leg import Leg
from ivr.lab.network import Network
from ivr.lab.story import Heard, Request
from ivr.lab.wire import Wire

Ended = Literal["hung_up", "waiting", "rings", "voicemail", "error"]
LONGEST_S = 3 * 3600.0
_ENDED: dict[str, Ended] = {
    "error": "error",
    "queue": "waiting",
    "record": "voicemail",
    "dial": "rings",
    "conference": "rings",
}


@dataclass(frozen=True)
class CallStory:
    """A call from beginning to end.

    `ended`: hung_up = the line ended it, waiting = the caller gave up in the waiting room, voicemail = the
    caller left a message, rings = the caller gave up while a telephone rang or nobody came into the
    conference, error = see `problems`.
    `event_status` is the HTTP status that the last status callback was answered with, 0 if it was not.
    """

    call_sid: str
    heard: tuple[Heard, ...]
    ended: Ended
    requests: tuple[Request, ...] = ()
    problems: tuple[str, ...] = ()
    event_status: int = 0
    unpressed: tuple[str, ...] = ()


def place_call(
    account: Account,
    *,
    web: str,
    public_url: str = "",
    from_: str,
    to: str,
    press: Sequence[str] = (),
    say: str | None = None,
    wait_s: float = 0,
    stir_verstat: str | None = None,
    call_sid: str = "",
    clock: Clock | None = None,
    on_heard: Callable[[Heard], None] | None = None,
) -> CallStory:
    """Somebody in a hurry calls `to`, answers a Gather with each item of `press`, waits `wait_s` seconds.

    An empty item lets one Gather pass. `say` answers the first Gather that takes speech. Only the waiting
    room takes time, and only with `wait_s`. Calls may run side by side: they share nothing.
    Raises ValueError for a key that no telephone has; whatever goes wrong on the line is in the story.
    Source: https://www.twilio.com/docs/voice/twiml
    """
    phone = a_hurried_phone(from_, press, say, wait_s)
    phone.on_heard = on_heard
    clock = clock or RealClock()
    network = Network(account, began=clock.now())
    exchange = Exchange(network, Wire(account, web=web, public_url=public_url), clock, threads=2)
    try:
        with exchange:
            extra = {"StirVerstat": stir_verstat} if stir_verstat is not None else {}
            leg = network.switchboard.dial_in(phone, to, call_sid=call_sid, extra=extra)
        _until_over(exchange, clock, leg)
    finally:
        exchange.close()
    return tell_call(network, leg)


def _until_over(exchange: Exchange, clock: Clock, leg: Leg) -> None:
    if isinstance(clock, RealClock):
        exchange.run_in_real_time()
        exchange.wait(lambda: leg.call.is_over, LONGEST_S)
        exchange.settle()
        return
    while not leg.call.is_over:
        exchange.run(1.0)


def tell_call(network: Network, leg: Leg) -> CallStory:
    """What became of a call that is over."""
    sid = leg.call.sid
    asked = tuple(request for request in network.story.requests if request.call_sid == sid)
    return CallStory(
        call_sid=sid,
        heard=tuple(leg.phone.heard),
        ended=_ENDED.get(leg.ended_in, "hung_up"),
        requests=asked,
        problems=tuple(str(alert) for alert in network.story.alerts if alert.sid == sid),
        event_status=_event_status(leg, asked),
        unpressed=tuple(getattr(leg.phone, "to_press", ())),
    )


def _event_status(leg: Leg, asked: Sequence[Request]) -> int:
    path = urlsplit(leg.call.status_callback.url).path
    return next((request.status for request in reversed(asked) if request.path == path), 0)
