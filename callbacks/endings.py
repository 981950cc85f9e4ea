"""A promised call that is called off, that went in writing, or that met a voicemail."""

from dataclasses import replace
from datetime import datetime

from callbacks import steps
from callbacks.ledger import Ledger
from callbacks.plain_text import REMARK, plain
from callbacks.records import Callback, Change, Do
from callbacks.refusals import NoLetterDue, NoSuchCallback, NotTalking, TooLate
from callbacks.rules.outcomes import Result
from callbacks.rules.states import State, may_cancel


def cancel(ledger: Ledger, callback_id: str, *, by: str, why: str = "") -> Callback:
    """Called off; whoever was rung for it is hung up on. Nothing changes when it was called off before.

    Raises NoSuchCallback, TooLate once the customer's telephone may ring; StoreAway, NotKept.
    """

    def called_off(found: Callback, _at: datetime) -> Change | None:
        if found.state is State.CANCELLED:
            return None
        if not may_cancel(found.state, found.step) or (found.dialling and found.dialling.inbound_call):
            raise TooLate(_too_late(found))
        after = replace(found, state=State.CANCELLED, dialling=None, because=plain(why, REMARK))
        return Change(after, (*_hung_up(found), *steps.out_of_line(found)), keep=True)

    return _known(ledger.change(callback_id, called_off, by=by, why=plain(why, REMARK) or "called off"))


def letter_sent(ledger: Ledger, callback_id: str, *, by: str) -> Callback:
    """What was owed went in writing: done. Nothing changes when it was done before.

    Raises NoSuchCallback, NoLetterDue; StoreAway, NotKept.
    """

    def sent(found: Callback, _at: datetime) -> Change | None:
        if found.state is State.DONE:
            return None
        if found.state is not State.LETTER_DUE:
            raise NoLetterDue(f"This promised call is {found.state}: no letter is due.")
        return Change(replace(found, state=State.DONE), keep=True)

    return _known(ledger.change(callback_id, sent, by=by, why="a letter was sent"))


def voicemail(ledger: Ledger, callback_id: str, *, by: str) -> Callback:
    """The speaker says that a voicemail answered: it alone hears the neutral message (docs/policy.md 25).

    Also in the moments after the call. Raises NoSuchCallback, NotTalking; StoreAway, NotKept.
    """

    def heard(found: Callback, at: datetime) -> Change | None:
        if _said_before(found, by):
            return None
        change = steps.said(found, by, Result.VOICEMAIL, at)
        if change is None:
            raise NotTalking("You are not speaking to anybody for this call.")
        return replace(change, effects=(*change.effects, *_moved(found)))

    return _known(ledger.change(callback_id, heard, by=by, why="voicemail answered"))


def _known(found: Callback | None) -> Callback:
    if found is None:
        raise NoSuchCallback("Nothing was promised under this id.")
    return found


def _too_late(found: Callback) -> str:
    if found.state is State.DIALLING:
        return "The customer's telephone may be ringing: it is too late to call this off."
    return f"This promised call is {found.state}: there is nothing to call off."


def _hung_up(found: Callback) -> tuple[Do, ...]:
    """The speaker's leg, and the customer's, which may be about to be made."""
    legs = (found.dialling.owner_leg, found.dialling.customer_leg) if found.dialling else ()
    return tuple(Do("end", leg) for leg in legs if leg)


def _said_before(found: Callback, by: str) -> bool:
    if found.dialling:
        return found.dialling.speaker == by and found.dialling.said is Result.VOICEMAIL
    last = found.attempts[-1] if found.attempts else None
    return last is not None and last.speaker == by and last.result is Result.VOICEMAIL


def _moved(found: Callback) -> tuple[Do, ...]:
    """Only a leg that we made can have reached a voicemail."""
    dialling = found.dialling
    if dialling is None or dialling.inbound_call:
        return ()
    return (Do("move_customer", dialling.customer_leg, {"to": "voicemail"}),)
