"""What the steps of a call work with: the site's store, clock, config and links, opened once a process."""

import hmac
from dataclasses import dataclass

from config.connections import Store, open_patient_store, open_store
from config.now import SiteClock, site_clock
from config.settings import Settings
from config.site_keys import ledger_key, secret_key
from config.versions import Configs
from routing.links import Links
from routing.rules.accounts import Terms
from routing.rules.conduct_terms import terms_of
from routing.store.agent_desk import AgentDesk
from routing.store.agents import Agents
from routing.store.anchor import Anchor
from routing.store.calls import Calls
from routing.store.conversations import Conversations
from routing.store.deadlines import Deadlines
from routing.store.effects import Effects
from routing.store.events import Events
from routing.store.figures import Figures
from routing.store.floor_scripts import FloorScripts
from routing.store.heartbeats import Heartbeats
from routing.store.keys import Keys
from routing.store.legs import Legs
from routing.store.line_ups import LineUps
from routing.store.mails import Mails
from routing.store.messages import Messages
from routing.store.offences import Offences
from routing.store.offers import Offers
from routing.store.people import People
from routing.store.presence import Presence
from routing.store.reports import Reports
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
    effects: Effects
    deadlines: Deadlines
    heartbeats: Heartbeats
    mails: Mails
    messages: Messages
    people: People
    agents: Agents
    legs: Legs
    line_ups: LineUps
    offers: Offers
    conversations: Conversations
    agent_desk: AgentDesk
    events: Events
    figures: Figures
    presence: Presence
    reports: Reports
    offences: Offences
    key: bytes

    def caller_key(self, number: str) -> str:
        """What stands for a caller's number where no number may be; "" for a caller without one."""
        return hmac.digest(self.key, number.encode(), "sha256").hex()[:24] if number else ""

    def terms(self) -> Terms:
        """The conduct policy's numbers in force. Raises NoConfigError."""
        return terms_of(self.configs.in_force())

    def counts(self) -> dict[str, int]:
        """What processes without a /metrics of their own have counted, by name. Raises StoreAway."""
        found: dict[str, str] = self.store.run(lambda redis: redis.hgetall(self.keys.counts))
        return {name: int(count) for name, count in found.items()}


def open_floor(settings: Settings) -> Floor:
    """Raises SettingsError; does not wait for a Redis that is away."""
    return _floor(settings, open_store(settings))


def open_patient_floor(settings: Settings) -> Floor:
    """The same site for a process that may wait longer than a webhook; raises SettingsError."""
    return _floor(settings, open_patient_store(settings))


def _floor(settings: Settings, store: Store) -> Floor:
    clock, key = site_clock(settings), secret_key(settings)
    keys = Keys(settings.calmline_site)
    scripts = FloorScripts(store, keys, clock)
    return Floor(
        store,
        clock,
        Configs(settings),
        keys,
        Calls(store, keys, scripts),
        Standings(store, keys),
        Lookout(store, keys, clock),
        Links(settings.public_url, key),
        Effects(store, keys, clock),
        Deadlines(store, keys, clock),
        Heartbeats(store, keys),
        Mails(store, keys, clock),
        Messages(store, keys, clock),
        People(store, keys, scripts, key),
        Agents(store, keys, scripts),
        Legs(store, keys, clock),
        LineUps(scripts),
        Offers(store, keys, scripts),
        Conversations(store, keys, scripts),
        AgentDesk(store, keys, clock),
        Events(store, keys),
        Figures(store, keys),
        Presence(store, keys, clock),
        Reports(store, keys, scripts),
        Offences(store, keys, ledger_key(settings), Anchor(settings.calmline_data, settings.calmline_site)),
        key,
    )
