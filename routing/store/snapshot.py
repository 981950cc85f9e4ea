"""The one read of an instruction webhook: the time, the caller's standing, config version and load."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from config.connections import Store
from config.now import SiteClock
from routing.rules.route import Load
from routing.store.keys import Keys


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What Redis knew at one moment. `standing` is the raw hash, None when its key holds something else."""

    at: datetime
    standing: Mapping[str, str] | None
    config_version: int
    load: Load
    verification: str = ""


def read_snapshot(store: Store, keys: Keys, clock: SiteClock, number: str, call_sid: str = "") -> Snapshot:
    """Everything that the rules need to know, in one round trip; raises StoreAway.

    `verification` is what an earlier webhook of the call said: only the first one is sure to carry it.
    """

    def read(redis: Any) -> Snapshot:
        with redis.pipeline(transaction=False) as pipe:
            taken = clock.ask(pipe)
            pipe.get(keys.config_version)
            pipe.zcard(keys.queue("slow"))
            pipe.hget(keys.call(call_sid), "verification")
            if number:
                pipe.hgetall(keys.standing(number))
            replies = pipe.execute(raise_on_error=False)
        at = clock.answer(replies)
        version, slow, verification, *standing = replies[taken:]
        return Snapshot(
            at,
            (standing[0] if isinstance(standing[0], dict) else None) if number else {},
            int(version or 0),
            Load({"slow": slow}),
            verification or "",
        )

    return store.run(read)
