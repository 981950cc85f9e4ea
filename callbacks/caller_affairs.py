"""One caller as the conduct ledger has him at a moment: what everything that is owed to him is read from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from routing.floor import Floor
from routing.rules.accounts import Terms
from routing.rules.conduct import ConductStanding, standing_at
from routing.rules.conduct_events import Fact

US = "calmline"


@dataclass(frozen=True, slots=True)
class Affairs:
    """`caller` is an id of the conduct ledger; `addresses` where the caller can be met, as linked."""

    caller: str
    facts: tuple[Fact, ...]
    addresses: tuple[str, ...]
    standing: ConductStanding
    terms: Terms
    at: datetime

    def knows(self, fact_id: str) -> bool:
        """The ledger has this fact already."""
        return any(fact.id == fact_id for fact in self.facts)

    def all(self, *kinds: type[Fact]) -> Iterable[Fact]:
        return (fact for fact in self.facts if isinstance(fact, kinds))


def affairs_of(floor: Floor, caller: str) -> Affairs:
    """Raises StoreAway, LedgerBroken, NoConfigError."""
    known, terms = floor.offences.dossiers.known(caller), floor.terms()
    # The ledger sets facts apart by milliseconds: the last one may be a little ahead of the clock.
    at = max([floor.clock.now(floor.store), *(fact.at for fact in known.facts)])
    return Affairs(caller, known.facts, known.addresses, standing_at(known.facts, terms, at), terms, at)
