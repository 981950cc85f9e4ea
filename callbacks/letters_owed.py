"""A letter in place of a follow-up call: to a caller without a number, or who wants no calls (23, 27)."""

import hashlib
from contextlib import suppress

from callbacks.booking import Wanted
from callbacks.caller_affairs import US
from callbacks.ledger import Busy, Ledger
from callbacks.records import Callback
from callbacks.rules.states import State
from routing.floor import Floor

NO_CALL = "No call can be made to this customer: what is owed goes in writing."


def instead_of_a_call(floor: Floor, ledger: Ledger, wanted: Wanted) -> Callback:
    """What is owed, already in writing; the same again for a repeat. Raises StoreAway, NotKept."""
    letter_id = f"cb{hashlib.sha256(wanted.offence.encode()).hexdigest()[:20]}"
    if found := ledger.find(letter_id):
        return found
    config = floor.configs.in_force()
    letter = Callback(
        letter_id,
        wanted.kind,
        wanted.number,
        floor.caller_key(wanted.number),
        wanted.line,
        wanted.language or config.lines[wanted.line].languages[0],
        wanted.brief,
        US,
        floor.clock.now(floor.store),
        state=State.LETTER_DUE,
        exclude=wanted.exclude,
        because=NO_CALL,
        offence=wanted.offence,
        owed_to=wanted.owed_to,
    )
    with suppress(Busy):  # another dispatcher was faster
        return ledger.book(letter, by=US, why=NO_CALL, look_at=None)
    return ledger.find(letter_id) or letter
