"""What the dispatchers of a site do: every verb, every kind of deadline, every sweep, in one table."""

from collections.abc import Callable, Mapping
from functools import partial

from callbacks import mail
from callbacks.dispatcher import Duties
from callbacks.jobs import SEND_MAIL
from callbacks.rq_queues import Carrier
from routing import calling, moving_calls
from routing.floor import Floor
from routing.lost_replies import look_for
from routing.pacer import Pacer
from routing.store.effects import Effect, Verb
from routing.store.legs import DEADLINE as LEG
from routing.store.mails import DUE as MAIL
from routing.telephone import Telephone


def duties_of(floor: Floor, carrier: Carrier, telephone: Telephone) -> Duties:
    return Duties(
        effects=_effects(floor, telephone),
        deadlines={
            MAIL: partial(mail.hand_over_due, floor, carrier, SEND_MAIL),
            LEG: partial(look_for, floor, telephone),
        },
        sweeps=(),
    )


def _effects(floor: Floor, telephone: Telephone) -> Mapping[str, Callable[[Effect], None]]:
    return {
        Verb.CREATE: partial(calling.create, floor, telephone, Pacer(floor)),
        Verb.REDIRECT: partial(moving_calls.redirect, floor, telephone),
        Verb.END: partial(moving_calls.end, floor, telephone),
        Verb.ANNOUNCE: partial(moving_calls.announce, floor, telephone),
        Verb.HOLD: partial(moving_calls.hold, floor, telephone),
        Verb.RESUME: partial(moving_calls.resume, floor, telephone),
        Verb.RECORD: partial(moving_calls.record, floor, telephone),
        # LEG_CHANGED: what whoever the leg belongs to makes of it (callbacks/reactions.py).
    }
