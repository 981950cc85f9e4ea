"""What changes for a caller while he waits: a call back is offered, the line closes, everybody leaves."""

from datetime import datetime, timedelta

from config.schema import Line, RoutingConfig
from routing.rules.asked import Asked
from routing.rules.caller import CALLABLE, Caller, Treatment
from routing.rules.decisions import Because, Decision, Enqueue, OfferCallback, Rule
from routing.rules.destinations import instead, urgent_route
from routing.rules.opening_hours import is_open

# Whoever was brought by these is served whatever the hour, as at the beginning of a call.
_AT_ANY_HOUR = frozenset({Rule.PROTECTED, Rule.URGENT_KEY})
# An owner is being rung for whoever waits by this.
_IS_LOOKED_AFTER = frozenset({Rule.PROMISED_CALL})
# A shift that changes, or a browser that starts again, is nobody's going home.
NOBODY_FOR = timedelta(seconds=60)
# Where nobody is offered to be called back: nuisance callers wait, and cost nothing more (docs/policy.md 17);
# the urgent are served now; a team leader has two minutes (7).
_NOT_CALLED_IN = frozenset({"slow", "urgent", "team_leader"})
_NOT_CALLED_BY = frozenset({Rule.NUISANCE_FULL, Rule.SLOW_QUEUE, Rule.PROMISED_CALL})
# How long a wait is said to be, in minutes; a longer one is not said.
_SAID_MIN = (1, 2, 3, 4, 5, 10, 15, 20, 30, 45, 60)


def may_keep_place(queue: str, because: Because, in_it: timedelta, config: RoutingConfig) -> bool:
    """True when a caller who is so long in `queue` is offered to be called back at his place."""
    layout = config.queues.get(queue)
    if layout is None or queue in _NOT_CALLED_IN or because.rule in _NOT_CALLED_BY:
        return False
    return because.identity in CALLABLE and in_it >= timedelta(seconds=layout.callback_after_s)


def keep_place(caller: Caller, queue: str, because: Rule, *, config: RoutingConfig, at: datetime) -> Decision:
    """He asked for it. Who cannot be called, or is slowed down by now, hears so and waits on."""
    asked = Asked(caller, config)
    asked(because, True, "the caller asked to be called back at his place")
    if caller.can_be_called and caller.treatment_at(at) is not Treatment.SLOW_QUEUE:
        return OfferCallback("call_back_kept", asked.because(because), accepted=True, keeps_place=True)
    return Enqueue(queue, asked.because(because), after="call_me_back_unknown")


def minutes_said(wait_s: float | None) -> int:
    """A wait as callers are told it: in minutes, rounded up, since none should be longer; 0: say nothing."""
    if wait_s is None:
        return 0
    return next((minutes for minutes in _SAID_MIN if wait_s <= minutes * 60), 0)


def out_of_service(
    queue: str,
    because: Rule,
    *,
    line: Line,
    config: RoutingConfig,
    at: datetime,
    nobody_since: datetime | None,
) -> Rule | None:
    """Why somebody who waits in `queue`, brought by the rule `because`, does not wait on; None: he does.

    `nobody_since` is when the last of the site's agents was seen to have left; None while one is here.
    """
    if because in _IS_LOOKED_AFTER:
        return None
    if not is_open(config.hours[line.hours], line.zone, at):
        stays = because in _AT_ANY_HOUR and line.emergency.queue == queue
        return None if stays else Rule.CLOSED_HOURS
    if because in _AT_ANY_HOUR or nobody_since is None or at - nobody_since < NOBODY_FOR:
        return None
    return Rule.NOBODY_SIGNED_IN


def turned_away(
    caller: Caller, queue: str, why: Rule, because: Rule, *, line: Line, config: RoutingConfig, at: datetime
) -> Decision:
    """Where he goes on: the line's destination for it; whom the urgent line serves, the emergency route."""
    asked = Asked(caller, config)
    closed = why is Rule.CLOSED_HOURS
    asked(why, True, f"{'the line closed' if closed else 'the last agent left'} while the call waited")
    if caller.is_protected or because in _AT_ANY_HOUR:
        brought = asked.because(Rule.PROTECTED if caller.is_protected else because)
        return urgent_route(queue, line, config, at, brought) if closed else Enqueue(queue, brought)
    return instead(caller, line.after_hours if closed else line.nobody_signed_in, asked.because(why))
