"""The decision that a place in the routing config stands for."""

from datetime import datetime

from config.schema import Destination, Line, Option, RoutingConfig
from routing.rules.caller import Caller
from routing.rules.decisions import (
    Because,
    Decision,
    Enqueue,
    Exit,
    OfferCallback,
    PlayMenu,
    SayAndHangUp,
    Voicemail,
)
from routing.rules.opening_hours import is_open

NO_EXITS: frozenset[Exit] = frozenset()
OUT_OF_SERVICE = frozenset({Exit.URGENT})
RESTRICTED = frozenset({Exit.URGENT, Exit.SOMEBODY_ELSE})


def to_destination(
    to: Destination | Option, because: Because, *, after: str = "", exits: frozenset[Exit] = NO_EXITS
) -> Decision:
    """Where a call goes that is sent to `to`; `after` is a prompt said first, where it goes on."""
    if to.queue is not None:
        return Enqueue(to.queue, because, after)
    if to.menu is not None:
        return PlayMenu(to.menu, because, after=after)
    if to.voicemail is not None:
        return Voicemail(to.voicemail, because, exits)
    if to.offer_callback is not None:
        return OfferCallback(to.offer_callback, because, exits | {Exit.CALL_ME_BACK})
    return SayAndHangUp(to.message or "goodbye", because, exits)


def instead(caller: Caller, to: Destination, because: Because) -> Decision:
    """What takes the place of the line; nobody is offered a call that we could not make."""
    decision = to_destination(to, because, exits=OUT_OF_SERVICE)
    if isinstance(decision, OfferCallback) and not caller.can_be_called:
        return SayAndHangUp(decision.name, because, OUT_OF_SERVICE)
    return decision


def urgent_route(queue: str, line: Line, config: RoutingConfig, at: datetime, because: Because) -> Decision:
    """`queue`, or the line's emergency route while the line is closed."""
    if is_open(config.hours[line.hours], line.zone, at):
        return Enqueue(queue, because)
    return to_destination(line.emergency, because)
