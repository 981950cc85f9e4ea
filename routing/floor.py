"""What the steps of a call work with: the site's store, clock, config and links, opened once a process."""

from dataclasses import dataclass

from config.connections import Store, open_store
from config.now import SiteClock, site_clock
from config.settings import Settings
from config.site_keys import secret_key
from config.versions import Configs
from routing.links import Links
from routing.store.calls import Calls
from routing.store.keys import Keys
from routing.store.snapshot import Lookout
from routing.store.standing import Standings


@dataclass(frozen=True, slots=True)
class Floor:
    """One site, as one process sees it."""

    store: Store
    clock: SiteClock
    configs: Configs
    keys: Keys
    calls: Calls
    standings: Standings
    lookout: Lookout
    links: Links


def open_floor(settings: Settings) -> Floor:
    """Raises SettingsError; does not wait for a Redis that is away."""
    store, clock = open_store(settings), site_clock(settings)
    keys = Keys(settings.calmline_site)
    return Floor(
        store,
        clock,
        Configs(settings),
        keys,
        Calls(store, keys, clock),
        Standings(store, keys),
        Lookout(store, keys, clock),
        Links(settings.public_url, secret_key(settings)),
    )
