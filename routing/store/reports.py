"""Reports in Redis: written in one step with what made them necessary, kept until they are erased."""

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from config.connections import Store
from config.now import milliseconds, moment
from routing.rules.caller import Identity
from routing.rules.conduct_words import Category, LegalWish, Target
from routing.rules.reports import Channel, Report, ReportKind, Statement, Warned
from routing.store.floor_scripts import FloorScripts
from routing.store.keys import Keys
from routing.store.on_disk import OnDisk

DEADLINE = "report"  # the kind of its deadline

_TYPED = {"kind": ReportKind, "identity": Identity, "legal_wish": LegalWish, "channel": Channel}
_OR_NONE = {"category": Category, "target": Target}


def new_report_id() -> str:
    return f"rp{secrets.token_hex(10)}"


def encode(statement: Statement) -> str:
    """As scripts are given it."""
    return json.dumps(asdict(statement))


class Reports:
    """The reports of one site. Whatever is asked may raise StoreAway."""

    def __init__(self, store: Store, keys: Keys, floor: FloorScripts) -> None:
        self._store, self._keys, self._floor = store, keys, floor
        self._disk = OnDisk(store, keys)

    def write(
        self, report_id: str, statement: Statement, *, by: str, warnings: Sequence[Warned] = ()
    ) -> None:
        """One that no step of a call writes; nothing for a repeat."""
        told = json.dumps([_warned(one) for one in warnings])
        self._floor.run("write_report", report_id, by, encode(statement), told)

    def find(self, report_id: str) -> Report | None:
        """None for one that nobody wrote, or that was erased."""
        return self._read([report_id])[0]

    def open(self) -> list[Report]:
        """Those without a verdict, the oldest first."""
        return self._listed(self._keys.reports_open)

    def between(self, since: datetime, until: datetime) -> list[Report]:
        """All that were written from `since` on and before `until`, the oldest first."""
        return self._listed(self._keys.reports, milliseconds(since), f"({milliseconds(until)}")

    def of(self, report_ids: Iterable[str]) -> list[Report]:
        """Those of them that are kept, in this order."""
        return [report for report in self._read(list(report_ids)) if report is not None]

    def is_filed(self, report_id: str, caller: str) -> None:
        """The ledger has it, as one about this caller."""
        self._store.run(lambda redis: redis.hset(self._keys.report(report_id), "caller", caller))

    def is_seen(self, report_id: str, *, by: str, at: datetime) -> bool:
        """A reviewer opened it; True for the first time."""
        key, ms = self._keys.report(report_id), milliseconds(at)
        is_first = bool(self._store.run(lambda redis: redis.hsetnx(key, "seen_ms", ms)))
        if is_first:
            self._store.run(lambda redis: redis.hset(key, "seen_by", by))
        return is_first

    def is_decided(self, report_id: str) -> bool:
        """It is not open any more; True for the first time."""
        return bool(self._store.run(lambda redis: redis.zrem(self._keys.reports_open, report_id)))

    def is_open(self, report_id: str) -> bool:
        """True while it has no verdict."""
        found = self._store.run(lambda redis: redis.zscore(self._keys.reports_open, report_id))
        return found is not None

    def keep(self, report_id: str) -> None:
        """Return once it is on disk. Raises NotKept."""
        self._disk.wait(self._keys.report(report_id), "at_ms", 1)

    def looked(self, report_id: str, what: str, *, by: str, at: datetime) -> None:
        """Somebody reads it or listens to it, which is audited."""
        entry: dict[Any, Any] = {"what": what, "by": by, "at_ms": milliseconds(at), "report": report_id}
        self._store.run(lambda redis: redis.xadd(self._keys.audit, entry))

    def was_told(self, report_id: str, stage: str) -> bool:
        """True when those who should know of this stage of it have been told."""
        key = self._keys.report(report_id)
        return bool(self._store.run(lambda redis: redis.hexists(key, f"told:{stage}")))

    def is_told(self, report_id: str, stage: str, at: datetime) -> bool:
        """They have been told now; True for the first time."""
        key, ms = self._keys.report(report_id), milliseconds(at)
        return bool(self._store.run(lambda redis: redis.hsetnx(key, f"told:{stage}", ms)))

    def count(self, what: str) -> None:
        """One more of what an operator should know, for /metrics."""
        self._store.run(lambda redis: redis.hincrby(self._keys.counts, what, 1))

    def _listed(self, key: str, least: str | int = "-inf", most: str = "+inf") -> list[Report]:
        ids: list[str] = self._store.run(lambda redis: redis.zrangebyscore(key, least, most))
        return self.of(ids)

    def _read(self, report_ids: list[str]) -> list[Report | None]:
        def read(redis: Any) -> list[dict[str, str]]:
            with redis.pipeline(transaction=False) as pipe:
                for report_id in report_ids:
                    pipe.hgetall(self._keys.report(report_id))
                found: list[dict[str, str]] = pipe.execute()
            return found

        both = zip(report_ids, self._store.run(read), strict=True)
        return [_decoded(report_id, fields) if "record" in fields else None for report_id, fields in both]


def _decoded(report_id: str, fields: Mapping[str, str]) -> Report:
    return Report(
        report_id,
        fields["by"],
        moment(int(fields["at_ms"])),
        _statement(json.loads(fields["record"])),
        tuple(_warning(one) for one in json.loads(fields.get("warnings") or "[]")),
        int(float(fields.get("waited_ms", 0))) // 1000,
        int(fields.get("transfers", 0)),
        fields.get("recording_sid", ""),
        fields.get("caller", ""),
        moment(int(fields["seen_ms"])) if "seen_ms" in fields else None,
        fields.get("seen_by", ""),
    )


def _statement(said: dict[str, Any]) -> Statement:
    typed = {name: kind(said[name]) for name, kind in _TYPED.items()}
    may_be = {name: kind(said[name]) if said[name] else None for name, kind in _OR_NONE.items()}
    return Statement(**said | typed | may_be)


def _warned(one: Warned) -> dict[str, Any]:
    return {"number": one.number, "at_ms": milliseconds(one.at), "spoken": one.spoken}


def _warning(said: Mapping[str, Any]) -> Warned:
    return Warned(int(said["number"]), moment(int(said["at_ms"])), bool(said.get("spoken")))
