"""The one read of an instruction webhook: the time, the caller's standing, config version and load."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from config.connections import Store
from config.now import SiteClock, moment
from routing.rules.route import Load
from routing.store.keys import Keys
from routing.store.scripts import register


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What Redis knew at one moment. `standing` is the raw hash, None when its key holds something else.

    `verification` is what an earlier webhook of the call said: only the first one is sure to carry it.
    `knows_of_recording`: the caller was told that calls are recorded, or asked, and heard it to the end.
    """

    at: datetime
    standing: Mapping[str, str] | None
    config_version: int
    load: Load
    verification: str = ""
    knows_of_recording: bool = False


class Lookout:
    """Looks up what the rules need to know, in one round trip."""

    def __init__(self, store: Store, keys: Keys, clock: SiteClock) -> None:
        self._store, self._keys, self._offset_key = store, keys, clock.offset_key
        self._look = register(store.client, "look_around")
        self._slow, self._agents = keys.queue("slow"), keys.agent("")

    def look(self, number: str, call_sid: str) -> Snapshot:
        """`number` in E.164, or "" for a caller without one. Raises StoreAway."""
        keys = [
            self._keys.standing(number),
            self._keys.call(call_sid),
            self._slow,
            self._keys.config_version,
            self._keys.agents,
            self._keys.signed_in,
        ]
        arguments = [self._offset_key, "1" if number else "", self._agents]
        at, version, slow, verification, standing, free, agents, signed_in, consent = self._store.run(
            lambda redis: self._look(keys, arguments, redis)
        )
        fields = None if standing == "" else dict(zip(standing[::2], standing[1::2], strict=True))
        load = Load({"slow": slow}, agents, signed_in, owner_is_free=bool(free))
        knows = consent not in ("", "ask")
        return Snapshot(moment(at), fields, int(version), load, verification, knows)
