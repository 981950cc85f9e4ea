"""What is kept of a caller beside the ledger: what people wrote down, who looked, erasures that are held."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from typing import Any

from config.connections import Store
from config.now import milliseconds, moment
from routing.store.keys import DAILY_S, LOOKED_UP_S, Keys

LOOK = "look"
_PAGE = 1000
# In an entry of the audit about a number: what says who it was, or what was written about him in words.
_PERSONAL = ("number", "support_need", "override_reason")


@dataclass(frozen=True, slots=True)
class Profile:
    """What people wrote down: a name, and what helps this caller (never a diagnosis)."""

    name: str = ""
    need: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """An erasure that has to wait: who asked for it, why, and under which address the caller is found."""

    address: str
    by: str
    why: str
    until_ms: int


class Callers:
    """The callers of one site. Whatever is asked may raise StoreAway."""

    def __init__(self, store: Store, keys: Keys) -> None:
        self._store, self._keys = store, keys

    def profile(self, caller: str) -> Profile:
        """An empty one for a caller of whom nothing is written down."""
        key = self._keys.caller_profile(caller)
        name, need = self._store.run(lambda redis: redis.hmget(key, "name", "need"))
        return Profile(name or "", need or "")

    def write_profile(self, caller: str, changed: Mapping[str, str], *, by: str, at: datetime) -> None:
        """Fields of Profile, audited without what they say."""
        key = self._keys.caller_profile(caller)

        def write(redis: Any) -> None:
            with redis.pipeline(transaction=True) as pipe:
                pipe.hset(key, mapping=dict(changed))
                pipe.xadd(self._keys.audit, _note("profile", by, at) | {"caller": caller})
                pipe.execute()

        self._store.run(write)

    def forget_profile(self, caller: str) -> None:
        self._store.run(lambda redis: redis.delete(self._keys.caller_profile(caller)))

    def is_looked_at(self, caller: str, *, by: str, at: datetime) -> None:
        """Somebody sees this caller now (docs/policy.md 31)."""
        self.note(LOOK, caller, by=by, at=at)

    def note(self, what: str, caller: str, *, by: str, at: datetime) -> None:
        """One entry of the audit about a caller."""
        entry = _note(what, by, at) | {"caller": caller}
        self._store.run(lambda redis: redis.xadd(self._keys.audit, entry))

    def remember_number(self, caller_key: str, number: str) -> None:
        """Kept for a day behind the key."""
        self._store.run(lambda redis: redis.set(self._keys.looked_up(caller_key), number, ex=LOOKED_UP_S))

    def number_behind(self, caller_key: str) -> str:
        """The number that was looked up today under this key, else ""."""
        found: str | None = self._store.run(lambda redis: redis.get(self._keys.looked_up(caller_key)))
        return found or ""

    def audited(
        self, callers: Collection[str], numbers: Collection[str], reports: Collection[str]
    ) -> list[dict[str, str]]:
        """What the audit says about these callers, numbers and reports, the oldest first."""
        return [fields for _, fields in self._about(callers, numbers, reports)]

    def mask_audit(self, numbers: Collection[str], caller: str) -> int:
        """Entries about these numbers become entries about the caller's id; how many. Who and when stay."""
        found = list(self._about((), numbers, ()))

        def write(redis: Any) -> None:
            with redis.pipeline(transaction=True) as pipe:
                for entry_id, fields in found:
                    left = {name: value for name, value in fields.items() if name not in _PERSONAL}
                    pipe.xdel(self._keys.audit, entry_id)
                    pipe.xadd(self._keys.audit, left | {"caller": caller})
                pipe.execute()

        if found:
            self._store.run(write)
        return len(found)

    def hold(self, caller: str, held: Held) -> None:
        self._store.run(lambda redis: redis.hset(self._keys.erasures, caller, json.dumps(asdict(held))))

    def held(self, caller: str) -> Held | None:
        """The erasure of this caller that waits, if one does."""
        found: str | None = self._store.run(lambda redis: redis.hget(self._keys.erasures, caller))
        return Held(**json.loads(found)) if found else None

    def end_hold(self, caller: str) -> None:
        self._store.run(lambda redis: redis.hdel(self._keys.erasures, caller))

    def forget_standing(self, number: str, kept: Collection[str]) -> None:
        """All fields but `kept` under a number are gone."""
        key = self._keys.standing(number)
        fields: list[str] = self._store.run(lambda redis: redis.hkeys(key))
        if gone := [name for name in fields if name not in kept]:
            self._store.run(lambda redis: redis.hdel(key, *gone))

    def forget_left(self, number: str) -> int:
        """Voicemails and wishes to be called back that came from a number are gone; how many."""
        gone = 0
        for stream in (self._keys.voicemails, self._keys.callback_wishes):
            ids = [entry_id for entry_id, fields in self._all(stream) if fields.get("number") == number]
            gone += self._store.run(partial(_delete, stream=stream, ids=ids))
        return gone

    def forget_wrap_ups(self, call_sids: Collection[str]) -> int:
        """What agents wrote down after these calls is gone from the call log; how many."""
        stream = self._keys.call_log
        ids = [
            entry_id
            for entry_id, fields in (self._all(stream) if call_sids else ())
            if fields.get("kind") == "wrap_up" and fields.get("call") in call_sids
        ]
        return self._store.run(partial(_delete, stream=stream, ids=ids))

    def forget_report(self, report_id: str) -> bool:
        """The report's record is gone; that there was one stays. False when it was gone before."""

        def write(redis: Any) -> Any:
            with redis.pipeline(transaction=True) as pipe:
                pipe.delete(self._keys.report(report_id))
                pipe.zrem(self._keys.reports_open, report_id)
                return pipe.execute()

        return bool(self._store.run(write)[0])

    def come_of_age(self, before: datetime, count: int) -> list[tuple[str, datetime]]:
        """The next reports written until `before` that nobody has looked at yet, with their moments."""

        def read(redis: Any) -> list[tuple[str, float]]:
            least = redis.get(self._keys.forgotten_until) or "-inf"
            found: list[tuple[str, float]] = redis.zrange(
                self._keys.reports,
                least if least == "-inf" else f"({least}",
                milliseconds(before),
                byscore=True,
                offset=0,
                num=count,
                withscores=True,
            )
            return found

        return [(report_id, moment(int(ms))) for report_id, ms in self._store.run(read)]

    def is_forgotten_until(self, at: datetime) -> None:
        """Reports written until `at` have been looked at."""
        self._store.run(lambda redis: redis.set(self._keys.forgotten_until, milliseconds(at)))

    def claim_day(self, what: str, day: str) -> bool:
        """True for the first who asks: this daily work is his."""
        key = self._keys.daily(what, day)
        return bool(self._store.run(lambda redis: redis.set(key, "taken", nx=True, ex=DAILY_S)))

    def give_back_day(self, what: str, day: str) -> None:
        """It was not done: somebody may claim it again."""
        self._store.run(lambda redis: redis.delete(self._keys.daily(what, day)))

    def _about(
        self, callers: Collection[str], numbers: Collection[str], reports: Collection[str]
    ) -> Iterator[tuple[str, dict[str, str]]]:
        wanted = {"caller": callers, "number": numbers, "report": reports}
        for entry_id, fields in self._all(self._keys.audit):
            if any(fields.get(name) in ids for name, ids in wanted.items()):
                yield entry_id, fields

    def _all(self, stream: str) -> Iterator[tuple[str, dict[str, str]]]:
        after = "-"
        while found := self._store.run(partial(_page, stream=stream, after=after)):
            yield from found
            after = f"({found[-1][0]}"


def _page(redis: Any, *, stream: str, after: str) -> list[tuple[str, dict[str, str]]]:
    found: list[tuple[str, dict[str, str]]] = redis.xrange(stream, after, count=_PAGE)
    return found


def _delete(redis: Any, *, stream: str, ids: list[str]) -> int:
    return int(redis.xdel(stream, *ids)) if ids else 0


def _note(what: str, by: str, at: datetime) -> dict[str, str]:
    return {"what": what, "by": by, "at_ms": str(milliseconds(at))}
