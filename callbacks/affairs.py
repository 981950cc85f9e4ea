"""What is owed to one caller by the conduct policy: looked after whenever the ledger has news of him."""

from callbacks.ledger import Ledger
from routing.floor import Floor

DEADLINE = "affairs"  # the kind of its deadline: of a caller's id


def look(_floor: Floor, _ledger: Ledger, _caller: str) -> None:
    """Something about this caller has changed, or a day that matters to him has come; safe to repeat."""
