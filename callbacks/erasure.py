"""A caller is erased whole: promised calls here, and all that the storey below keeps; at once or on a day."""

from dataclasses import replace
from datetime import datetime

from callbacks import endings
from callbacks.ledger import DEADLINE as CALLBACK
from callbacks.ledger import Ledger
from callbacks.records import Callback, Change, Outcome
from callbacks.rules.states import State, may_cancel
from config.now import milliseconds, moment
from config.observe import log
from routing import callers, erasure
from routing.callers import Seen
from routing.erasure import Gone
from routing.floor import Floor
from routing.store.callers import Held

DEADLINE = "erase"  # the kind of the deadline of an erasure that is held: of a caller's id
_OVER = frozenset({State.DONE, State.CANCELLED})
_WHY = "the customer's data was erased"


class IsHeld(Exception):
    """The erasure waits for a day that somebody set."""


def erase(floor: Floor, ledger: Ledger, seen: Seen, *, by: str, why: str) -> Gone:
    """Now. Open promised calls are called off.

    Raises IsHeld; TooLate while a customer's telephone may ring, with some of it done: repeat it then;
    StoreAway, NoConfigError, LedgerBroken, NotKept.
    """
    held = floor.callers.held(seen.id)
    if held is not None and milliseconds(seen.at) < held.until_ms:
        raise IsHeld(f"Held until {moment(held.until_ms):%Y-%m-%d %H:%M} UTC; it is erased then.")
    mine = promised(floor, ledger, seen)
    for callback in mine:
        if may_cancel(callback.state, callback.step) or callback.state is State.DIALLING:
            endings.cancel(ledger, callback.id, by=by, why=_WHY)
    for callback in mine:
        _strip(floor, ledger, callback.id, by)
    gone = erasure.erase(floor, seen, by=by, why=why)
    floor.callers.end_hold(seen.id)
    return gone


def hold(floor: Floor, seen: Seen, *, until: datetime, by: str, why: str) -> None:
    """Erased on a day to come: what is needed for a claim or a case is kept until then. Raises StoreAway."""
    address = seen.address or next((link.address for link in seen.links), "")
    floor.callers.hold(seen.id, Held(address, by, why, milliseconds(until)))
    floor.callers.note("hold", seen.id, by=by, at=seen.at)
    floor.deadlines.set(DEADLINE, seen.id, until)


def look(floor: Floor, ledger: Ledger, caller_id: str) -> None:
    """The day of a held erasure has come; safe to repeat. Raises what `erase` raises."""
    held = floor.callers.held(caller_id)
    if held is None:
        return
    if caller_id.startswith(callers.UNKNOWN):
        seen = replace(callers.find(floor, held.address), id=caller_id)
    else:
        seen = callers.known_as(floor, caller_id)
    erase(floor, ledger, seen, by=held.by, why=held.why)
    log.info("held_erasure_done", caller=caller_id)


def promised(floor: Floor, ledger: Ledger, seen: Seen) -> list[Callback]:
    """Every promised call of the caller, open or over. Raises StoreAway."""
    keys = {floor.caller_key(number) for number in seen.numbers}
    return [one for one in ledger.all() if one.caller in keys] if keys else []


def _strip(floor: Floor, ledger: Ledger, callback_id: str, by: str) -> None:
    """What was written about the customer goes; the number stays only while the call is under way."""

    def stripped(found: Callback, _at: datetime) -> Change:
        after = replace(found, name="", brief="", note="", because="", outcome=_bare(found.outcome))
        if after.state in _OVER:
            after = replace(after, number="")
        return Change(after, look_at=floor.deadlines.moment_of(CALLBACK, found.id), keep=True)

    ledger.change(callback_id, stripped, by=by, why="erased")


def _bare(outcome: Outcome | None) -> Outcome | None:
    """Only how it ended, and that somebody wants no calls."""
    if outcome is None:
        return None
    return Outcome(outcome.result, outcome.by, outcome.at, do_not_call=outcome.do_not_call)
