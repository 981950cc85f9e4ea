"""What the dispatchers of a site do: every verb, every kind of deadline, every sweep, in one table."""

from collections.abc import Callable, Mapping
from functools import partial

from callbacks import (
    affairs,
    conduct_calls,
    due_calls,
    in_line,
    kept_agents,
    mail,
    oldest_first,
    turns,
    verbs,
)
from callbacks.dispatcher import Duties, Sweep
from callbacks.jobs import DIAL, SEND_MAIL
from callbacks.ledger import DEADLINE as CALLBACK
from callbacks.ledger import Ledger, open_ledger
from callbacks.rq_queues import Carrier
from routing import (
    agent_desk,
    calling,
    conversation,
    messages,
    moving_calls,
    offers,
    presence,
    reports,
    shifts,
)
from routing.floor import Floor
from routing.lost_replies import look_for
from routing.pacer import Pacer
from routing.store.agent_desk import DEADLINE as AGENT_DESK
from routing.store.conversations import CONNECT, WRAP_UP
from routing.store.effects import Effect, Verb
from routing.store.legs import DEADLINE as LEG
from routing.store.line_ups import ELIGIBLE, RESTED
from routing.store.mails import DUE as MAIL
from routing.store.offers import DEADLINE as OFFER
from routing.store.reports import DEADLINE as REPORT
from routing.telephone import Telephone


def duties_of(floor: Floor, carrier: Carrier, telephone: Telephone) -> Duties:
    ledger = open_ledger(floor)
    return Duties(
        effects={**_effects(floor, telephone), **_effects_of_promises(floor, ledger, telephone)},
        deadlines={
            MAIL: partial(mail.hand_over_due, floor, carrier, SEND_MAIL),
            LEG: partial(look_for, floor, telephone),
            CALLBACK: partial(due_calls.look, floor, ledger),
            turns.ROUND: partial(oldest_first.go_round, floor, ledger, carrier, DIAL),
            turns.WITH_WORKER: partial(due_calls.look_around, floor),
            turns.CUSTOMER_BUSY: partial(due_calls.look_around, floor),
            OFFER: partial(offers.look, floor),
            CONNECT: partial(conversation.look_at_connecting, floor, telephone),
            WRAP_UP: partial(conversation.end_wrap_up, floor),
            ELIGIBLE: floor.line_ups.is_eligible,
            AGENT_DESK: partial(agent_desk.over, floor),
            RESTED: floor.agents.has_rested,
            REPORT: partial(reports.look, floor),
            affairs.DEADLINE: partial(affairs.look, floor, ledger),
            conduct_calls.SPECIALIST_CALL: partial(conduct_calls.specialist_took, floor),
            conduct_calls.WRITING_OFFERED: partial(conduct_calls.writing_was_offered, floor),
        },
        sweeps=(
            Sweep("kept_agents", kept_agents.EVERY_S, partial(kept_agents.set_free, floor, ledger)),
            Sweep("presence", presence.SWEEP_EVERY_S, partial(presence.set_absent_offline, floor)),
            Sweep("affairs", affairs.SWEEP_EVERY_S, partial(affairs.look_at_all, floor)),
            Sweep("qualify", shifts.QUALIFY_EVERY_S, partial(shifts.qualify_all, floor)),
        ),
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
        Verb.RECORDING: partial(moving_calls.set_recording, floor, telephone),
        Verb.SEND_AWAY: partial(conversation.send_away, floor, telephone),
        Verb.MESSAGE: partial(messages.send, floor, telephone),
        Verb.ASK_AGAIN: partial(conversation.ask_again, floor, telephone),
    }


def _effects_of_promises(
    floor: Floor, ledger: Ledger, telephone: Telephone
) -> Mapping[str, Callable[[Effect], None]]:
    return {
        Verb.LEG_CHANGED: partial(verbs.leg_changed, floor, ledger),
        "bring_in": partial(verbs.bring_in, floor, ledger, telephone),
        "move_customer": partial(verbs.move_customer, floor, telephone),
        "ring_for": partial(in_line.ring_for, floor, ledger),
        in_line.LEAVE: partial(in_line.leave_line_up, floor, ledger),
    }
