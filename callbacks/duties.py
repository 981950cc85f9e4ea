"""What the dispatchers of a site do: every verb, every kind of deadline, every sweep, in one table."""

from functools import partial

from callbacks import mail
from callbacks.dispatcher import Duties
from callbacks.jobs import SEND_MAIL
from callbacks.rq_queues import Carrier
from routing.floor import Floor
from routing.store.mails import DUE as MAIL


def duties_of(floor: Floor, carrier: Carrier) -> Duties:
    return Duties(
        effects={},
        deadlines={MAIL: partial(mail.hand_over_due, floor, carrier, SEND_MAIL)},
        sweeps=(),
    )
