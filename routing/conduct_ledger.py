"""A site's conduct ledger, opened: its key, its anchor, and what can be done with it."""

from dataclasses import dataclass
from datetime import datetime

from config.settings import Settings
from config.site_keys import ledger_key
from routing.floor import Floor
from routing.rules.accounts import Terms
from routing.store import ledger_checks, ledger_rebuild
from routing.store.anchor import Anchor
from routing.store.ledger_checks import Checked
from routing.store.ledger_rebuild import Rebuilt
from routing.store.offences import Offences


@dataclass(frozen=True, slots=True)
class ConductLedger:
    """One site's ledger, as one process sees it."""

    floor: Floor
    key: bytes
    anchor: Anchor
    offences: Offences

    def verify(self) -> Checked:
        """Raises StoreAway, and OSError for an anchor that cannot be read."""
        return ledger_checks.verify(self.floor.store, self.floor.keys, self.key, self.anchor)

    def rebuild(self, terms: Terms, *, by: str, at: datetime) -> Rebuilt:
        """Raises StoreAway, LedgerBroken."""
        return ledger_rebuild.rebuild(self.floor.store, self.floor.keys, terms, by=by, at=at)


def open_ledger(floor: Floor, settings: Settings) -> ConductLedger:
    """Makes LEDGER_KEY when there is none yet; raises SettingsError."""
    key, anchor = ledger_key(settings), Anchor(settings.calmline_data, settings.calmline_site)
    return ConductLedger(floor, key, anchor, Offences(floor.store, floor.keys, key, anchor))
