"""What follows from a key that the caller pressed, from no key, and from too long a wait."""

from datetime import datetime

from config.schema import (
    NORMAL_QUEUE,
    SOMEBODY_ELSE_KEY,
    URGENT_KEY,
    Destination,
    Line,
    Option,
    RoutingConfig,
)
from routing.rules.asked import Asked
from routing.rules.caller import Caller, Treatment
from routing.rules.decisions import (
    Because,
    Decision,
    Enqueue,
    OfferCallback,
    PlayMenu,
    Rule,
    SayAndHangUp,
)
from routing.rules.opening_hours import is_open

# The messages that end a call unless a key is pressed, by the rule that says them: the urgent key leads out
# of each, and for somebody else on the same number there is a key in two (docs/policy.md 18).
MESSAGES_WITH_A_WAY_OUT = {
    "closed": Rule.CLOSED,
    "email_only": Rule.EMAIL_ONLY,
    "closed_hours": Rule.CLOSED_HOURS,
    "nobody_signed_in": Rule.NOBODY_SIGNED_IN,
}
FOR_SOMEBODY_ELSE = ("closed", "email_only")


def press_urgent(caller: Caller, *, line: Line, config: RoutingConfig, at: datetime) -> Decision:
    """Key 0, anywhere: the urgent queue; a team leader for a caller under a treatment."""
    asked = Asked(caller, config)
    asked(Rule.URGENT_KEY, True, f"the caller pressed {URGENT_KEY}")
    treated = caller.treatment_at(at) is not Treatment.NORMAL and not caller.is_protected
    queue = "team_leader" if treated else "urgent"
    return urgent_route(queue, line, config, at, asked.because(Rule.URGENT_KEY))


def urgent_route(queue: str, line: Line, config: RoutingConfig, at: datetime, because: Because) -> Decision:
    """`queue`, or the line's emergency route while the line is closed."""
    if is_open(config.hours[line.hours].open, line.zone, at):
        return Enqueue(queue, because)
    return to_destination(line.emergency, because)


def press_in_menu(
    caller: Caller, menu: str, digits: str, *, line: Line, config: RoutingConfig, at: datetime, attempt: int
) -> tuple[Decision, str]:
    """What a menu's key leads to, and the language chosen by it ("" when it chose none).

    No key and a key without meaning say so and play the menu again; after the menu's `tries` its
    `otherwise` follows, so that a caller with a broken keypad still reaches somebody.
    """
    if digits == URGENT_KEY:
        return press_urgent(caller, line=line, config=config, at=at), ""
    asked = Asked(caller, config)
    option = config.menus[menu].keys.get(digits)
    if asked(Rule.MENU, option is not None, f"key {digits or 'none'} in the menu {menu}") and option:
        return _chosen(caller, menu, option, line, asked.because(Rule.MENU))
    because = asked.because(Rule.MENU)
    if attempt >= config.menus[menu].tries:
        return to_destination(config.menus[menu].otherwise, because, after="menu_otherwise"), ""
    return PlayMenu(menu, because, attempt + 1, after="wrong_key" if digits else "no_input"), ""


def _chosen(caller: Caller, menu: str, option: Option, line: Line, because: Because) -> tuple[Decision, str]:
    if option.language is not None:
        return PlayMenu(menu, because), option.language
    if option.repeat:
        return PlayMenu(menu, because), ""
    if option.back:
        return PlayMenu(line.menu, because), line.languages[0]
    if option.call_me_back:
        return _call_me_back(caller, because), ""
    return to_destination(option, because), ""


def _call_me_back(caller: Caller, because: Because) -> Decision:
    """Only a number whose display was not found false can be called back (docs/policy.md 28)."""
    if caller.identity_is_sure:
        return OfferCallback("call_me_back", because)
    return Enqueue(NORMAL_QUEUE, because, after="call_me_back_unknown")


def press_in_message(
    caller: Caller, message: str, digits: str, *, line: Line, config: RoutingConfig, at: datetime
) -> Decision | None:
    """The way out of a message: somebody else, or urgent. None when the call may end."""
    if digits == URGENT_KEY:
        return press_urgent(caller, line=line, config=config, at=at)
    if digits != SOMEBODY_ELSE_KEY or message not in FOR_SOMEBODY_ELSE:
        return None
    asked = Asked(caller, config)
    rule = MESSAGES_WITH_A_WAY_OUT[message]
    asked(rule, True, f"the caller pressed {SOMEBODY_ELSE_KEY}: somebody else on this number")
    return Enqueue("team_leader", asked.because(rule))


def waited_too_long(caller: Caller, queue: str, *, config: RoutingConfig, because: Rule) -> Decision:
    """What follows when nobody could take the call within the queue's `max_wait_s`."""
    asked = Asked(caller, config)
    asked(because, True, f"nobody was free in the queue {queue} within its max_wait_s")
    return to_destination(config.queues[queue].overflow, asked.because(because))


def to_destination(to: Destination | Option, because: Because, *, after: str = "") -> Decision:
    """The decision that a place in the config stands for."""
    if to.queue is not None:
        return Enqueue(to.queue, because, after)
    if to.menu is not None:
        return PlayMenu(to.menu, because, after=after)
    return SayAndHangUp(to.message or "goodbye", because)
