"""What changes for a caller while he waits: the line closes, or everybody who could take the call leaves."""

from datetime import datetime, timedelta

from config.schema import Line, RoutingConfig
from routing.rules.asked import Asked
from routing.rules.caller import Caller
from routing.rules.decisions import Decision, Enqueue, Rule
from routing.rules.destinations import instead, urgent_route
from routing.rules.opening_hours import is_open

# Whoever was brought by these is served whatever the hour, as at the beginning of a call.
_AT_ANY_HOUR = frozenset({Rule.PROTECTED, Rule.URGENT_KEY})
# An owner is being rung for whoever waits by this.
_IS_LOOKED_AFTER = frozenset({Rule.PROMISED_CALL})
# A shift that changes, or a browser that starts again, is nobody's going home.
NOBODY_FOR = timedelta(seconds=60)


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
