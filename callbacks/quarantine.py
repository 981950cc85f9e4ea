"""Jobs that no worker ran because they were not ours: kept for people to look at, newest first."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from config.connections import StoreAway
from config.now import moment
from config.observe import log
from routing.floor import Floor

COUNT = "jobs_quarantined"
_KEPT = 1_000
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A job that was not run: its id as found, why, its fields cut short, and when."""

    job: str
    reason: str
    fields: Mapping[str, str]
    at: datetime


def put_away(floor: Floor, job_id: bytes, reason: str, fields: Mapping[bytes, bytes]) -> None:
    """Write it down, count and tell it. Without a store that answers it is told in the log only."""
    shown = _shown(job_id)
    log.error("job_quarantined", job=f"job {shown}", reason=reason)
    entry = {
        "job": shown,
        "reason": reason,
        "fields": json.dumps({_shown(k): _shown(v) for k, v in fields.items()}),
    }
    with suppress(StoreAway):
        floor.store.run(
            lambda redis: redis.xadd(floor.keys.quarantine, entry, maxlen=_KEPT, approximate=True)
        )
        floor.store.run(lambda redis: redis.hincrby(floor.keys.counts, COUNT, 1))


def quarantined(floor: Floor, *, limit: int = 100) -> list[Quarantined]:
    """The latest, newest first. Raises StoreAway."""
    entries: list[tuple[str, dict[str, str]]] = floor.store.run(
        lambda redis: redis.xrevrange(floor.keys.quarantine, count=limit)
    )
    return [
        Quarantined(
            entry["job"], entry["reason"], json.loads(entry["fields"]), moment(int(id_.split("-")[0]))
        )
        for id_, entry in entries
    ]


def _shown(raw: bytes) -> str:
    """Text when it is text, else as Python writes bytes: nothing of it is ever unpacked."""
    return raw[:_LONGEST].decode("ascii", "backslashreplace")
