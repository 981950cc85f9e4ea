"""What people here mark callers with, each an entry of the conduct ledger or of the audit."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from secrets import token_hex

from routing.callers import Seen
from routing.floor import Floor
from routing.rules.caller import Identity, Treatment
from routing.rules.conduct_events import (
    Linked,
    Overridden,
    OverrideLifted,
    Protected,
    ProtectionEnded,
    Unlinked,
)
from routing.store.offences import AddressTaken

US = "calmline"


def caller_for(floor: Floor, seen: Seen, *, by: str) -> str:
    """The ledger's id of a caller who was seen, begun where the ledger does not know him.

    A link that lapsed ends first: whoever rings from there now is somebody else (docs/policy.md 20).
    Raises what `Offences.append` raises.
    """
    terms = floor.terms()
    if seen.caller and seen.identity is Identity.LINK_LAPSED:
        unlinked = Unlinked(id=_new("lapse"), at=seen.at, by=US, address=seen.address)
        floor.offences.append(seen.caller, unlinked, terms)
    elif seen.caller:
        return seen.caller
    return floor.offences.caller_at(seen.address, terms, by=by, at=seen.at)


def set_treatment(
    floor: Floor, seen: Seen, treatment: Treatment, *, until: datetime, why: str, by: str
) -> None:
    """A treatment by hand, in the ledger. Raises what `Offences.append` raises."""
    _lift_marks(floor, seen, by)
    fact = Overridden(id=_new("override"), at=seen.at, by=by, treatment=treatment, until=until)
    floor.offences.append(caller_for(floor, seen, by=by), fact, floor.terms(), words=why)


def lift_treatment(floor: Floor, seen: Seen, *, by: str) -> None:
    """Back to what the policy gives; nothing for a caller without a treatment by hand."""
    _lift_marks(floor, seen, by)
    if seen.caller and seen.conduct.override is not None:
        lifted = OverrideLifted(id=_new("override"), at=seen.at, by=by)
        floor.offences.append(seen.caller, lifted, floor.terms())


def protect(floor: Floor, seen: Seen, *, need: str, by: str) -> None:
    """Marked as protected, with consent; `need` says what helps. Raises what `Offences.append` raises."""
    fact = Protected(id=_new("protect"), at=seen.at, by=by, need=need)
    floor.offences.append(caller_for(floor, seen, by=by), fact, floor.terms())


def end_protection(floor: Floor, seen: Seen, *, by: str) -> None:
    """Protected no longer, whichever way the mark was set."""
    if seen.caller and seen.conduct.is_protected:
        ended = ProtectionEnded(id=_new("protect"), at=seen.at, by=by)
        floor.offences.append(seen.caller, ended, floor.terms())
    for number in seen.numbers:
        if floor.standings.read(number).is_protected:  # set by an earlier version, under the number
            floor.standings.protect(number, False, need="", by=by, at=seen.at)


def share(floor: Floor, seen: Seen, shared: bool, *, by: str) -> None:
    """A mark on numbers, not on the caller: several people use them."""
    for number in seen.live_numbers:
        floor.standings.share(number, shared, by=by, at=seen.at)


def link(floor: Floor, seen: Seen, addresses: Sequence[str], *, by: str) -> str:
    """The addresses are the caller's from now on; his id. Raises AddressTaken before anything is changed."""
    for address in addresses:
        whose = floor.offences.dossiers.caller_of(address)
        if whose and whose != seen.caller:
            raise AddressTaken("This address is another caller's.")
    caller = caller_for(floor, seen, by=by)
    has = floor.offences.dossiers.known(caller).addresses
    for address in addresses:
        if address not in has:
            linked = Linked(id=_new("link"), at=seen.at, by=by, address=address)
            floor.offences.append(caller, linked, floor.terms())
    return caller


def unlink(floor: Floor, seen: Seen, address: str, *, by: str) -> bool:
    """False when it was not the caller's."""
    if not seen.caller or address not in [one.address for one in seen.links]:
        return False
    unlinked = Unlinked(id=_new("link"), at=seen.at, by=by, address=address)
    floor.offences.append(seen.caller, unlinked, floor.terms())
    return True


def write_down(floor: Floor, seen: Seen, caller: str, changed: Mapping[str, str], *, by: str) -> None:
    """Name and need of a caller; agents see the need under his numbers too."""
    floor.callers.write_profile(caller, changed, by=by, at=seen.at)
    if "need" in changed:
        for number in seen.live_numbers:
            floor.standings.note_need(number, changed["need"], by=by, at=seen.at)


def _lift_marks(floor: Floor, seen: Seen, by: str) -> None:
    """What an earlier version wrote under the number would win over the ledger."""
    for number in seen.numbers:
        if floor.standings.read(number).override is not None:
            floor.standings.lift_override(number, by=by, at=seen.at)


def _new(kind: str) -> str:
    return f"{kind}-{token_hex(10)}"
