"""The conduct ledger as a whole: is it as it was written, and does everything follow from it?"""

from datetime import datetime

from routing.floor import Floor
from routing.store import ledger_checks, ledger_rebuild
from routing.store.ledger_checks import Checked
from routing.store.ledger_rebuild import Rebuilt


def verify(floor: Floor) -> Checked:
    """Reads everything, changes nothing. Raises StoreAway, and OSError for an anchor that cannot be read."""
    offences = floor.offences
    return ledger_checks.verify(floor.store, floor.keys, offences.key, offences.anchor)


def rebuild(floor: Floor, *, by: str, at: datetime) -> Rebuilt:
    """Every standing anew. Raises StoreAway, LedgerBroken, NoConfigError."""
    return ledger_rebuild.rebuild(floor.store, floor.keys, floor.terms(), by=by, at=at)
