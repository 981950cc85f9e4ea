"""What follows from a key that the caller pressed, from none, and from too long a wait."""

from datetime import datetime

from config.schema import (
    CALL_ME_BACK_KEY,
    NORMAL_QUEUE,
    SOMEBODY_ELSE_KEY,
    URGENT_KEY,
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
    Exit,
    OfferCallback,
    PlayMenu,
    Rule,
    SayAndHangUp,
)
from routing.rules.destinations import OUT_OF_SERVICE, to_destination, urgent_route
from routing.rules.opening_hours import is_open
from routing.rules.speech import Reply, understand

EXIT_KEYS = {
    Exit.URGENT: URGENT_KEY,
    Exit.SOMEBODY_ELSE: SOMEBODY_ELSE_KEY,
    Exit.CALL_ME_BACK: CALL_ME_BACK_KEY,
}


def press_urgent(caller: Caller, *, line: Line, config: RoutingConfig, at: datetime) -> Decision:
    """Key 0, anywhere: the urgent queue; a team leader for a caller under a treatment."""
    asked = Asked(caller, config)
    asked(Rule.URGENT_KEY, True, f"the caller pressed {URGENT_KEY}")
    treated = caller.treatment_at(at) is not Treatment.NORMAL and not caller.is_protected
    queue = "team_leader" if treated else "urgent"
    return urgent_route(queue, line, config, at, asked.because(Rule.URGENT_KEY))


def answer_menu(
    caller: Caller,
    menu: str,
    reply: Reply,
    *,
    line: Line,
    config: RoutingConfig,
    at: datetime,
    attempt: int,
) -> tuple[Decision, str]:
    """What a key or words in a menu lead to, and the language chosen by it ("" when none was).

    No answer and one without meaning say so and play the menu again; after the menu's `tries` its
    `otherwise` follows, so that a caller with a broken keypad still reaches somebody.
    """
    layout = config.menus[menu]
    understood = understand(layout, reply)
    if understood.key == URGENT_KEY and understood.is_sure:
        return press_urgent(caller, line=line, config=config, at=at), ""
    asked = Asked(caller, config)
    option = layout.keys.get(understood.key)
    asked(Rule.MENU, option is not None, f"{understood.why} in the menu {menu}")
    because = asked.because(Rule.MENU)
    if option is not None and understood.is_sure:
        return _chosen(caller, menu, option, line, because)
    if option is not None:
        return PlayMenu(menu, because, attempt, confirm=understood.key), ""
    if attempt >= layout.tries:
        return to_destination(layout.otherwise, because, after="menu_otherwise"), ""
    return PlayMenu(menu, because, attempt + 1, after=understood.fault), ""


def _chosen(caller: Caller, menu: str, option: Option, line: Line, because: Because) -> tuple[Decision, str]:
    if option.language is not None:
        return PlayMenu(menu, because), option.language
    if option.answer is not None:
        return PlayMenu(menu, because, after=option.answer), ""
    if option.repeat:
        return PlayMenu(menu, because), ""
    if option.back:
        return PlayMenu(line.menu, because), line.languages[0]
    if option.call_me_back:
        return call_me_back(caller, because), ""
    return to_destination(option, because), ""


def call_me_back(caller: Caller, because: Because) -> Decision:
    """The wish is taken down, or the caller hears why not and goes on."""
    if caller.can_be_called:
        return OfferCallback("call_me_back", because, accepted=True)
    return Enqueue(NORMAL_QUEUE, because, after="call_me_back_unknown")


def take_exit(
    caller: Caller,
    rule: Rule,
    exits: frozenset[Exit],
    digits: str,
    *,
    line: Line,
    config: RoutingConfig,
    at: datetime,
) -> Decision:
    """A key in a message that `rule` made the caller hear; none, or one that was not offered, is goodbye.

    docs/policy.md 18: whoever shares the number gets past the message; counted, never punished.
    """
    taken = next((way for way in exits if EXIT_KEYS[way] == digits), None)
    if taken is Exit.URGENT:
        return press_urgent(caller, line=line, config=config, at=at)
    asked = Asked(caller, config)
    asked(rule, True, f"the caller pressed {digits or 'no key'} in the message")
    because = asked.because(rule)
    if taken is Exit.SOMEBODY_ELSE:
        return _for_somebody_else(line, config, at, because)
    if taken is Exit.CALL_ME_BACK:
        return call_me_back(caller, because)
    return SayAndHangUp("goodbye", because)


def _for_somebody_else(line: Line, config: RoutingConfig, at: datetime, because: Because) -> Decision:
    """A team leader; while the line is closed, what everybody hears then."""
    if is_open(config.hours[line.hours], line.zone, at):
        return Enqueue("team_leader", because)
    return to_destination(line.after_hours, because, exits=OUT_OF_SERVICE)


def waited_too_long(caller: Caller, queue: str, *, config: RoutingConfig, because: Rule) -> Decision:
    """What follows when nobody could take the call within the queue's `max_wait_s`."""
    asked = Asked(caller, config)
    asked(because, True, f"nobody was free in the queue {queue} within its max_wait_s")
    return to_destination(config.queues[queue].overflow, asked.because(because))
