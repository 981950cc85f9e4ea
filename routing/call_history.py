"""The call log and the voicemails, read for people and for tables."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from config.now import milliseconds, moment
from routing.floor import Floor
from routing.store.records import Left

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the call log; `kind`: begin (its first decision), step (a later one), end or wrap_up."""

    at: datetime
    kind: str
    call_sid: str
    said: dict[str, Any]


@dataclass(slots=True)
class Told:
    """A call as its entries tell it; `ended` is empty while it lasts."""

    call_sid: str
    began: datetime
    steps: list[Entry] = field(default_factory=list)
    wrap_ups: list[Entry] = field(default_factory=list)
    ended: str = ""
    lasted_s: int | None = None
    waited_s: int | None = None

    @property
    def first(self) -> dict[str, Any]:
        """What the first step said of the call."""
        return self.steps[0].said

    @property
    def decision(self) -> dict[str, Any]:
        """What was decided last; a goodbye only follows from that."""
        decided: list[dict[str, Any]] = [step.said["decision"] for step in self.steps]
        return next((one for one in reversed(decided) if one["name"] != "goodbye"), decided[-1])


@dataclass(frozen=True, slots=True)
class Voicemail:
    """A message that a caller left: the recording at Twilio, its length, and who left it (E.164 or "")."""

    call_sid: str
    number: str
    line: str
    language: str
    recording_sid: str
    seconds: int
    at: datetime


def entries(floor: Floor, *, since: datetime | None = None, until: datetime | None = None) -> Iterator[Entry]:
    """The call log in order of time; raises StoreAway."""
    start = f"{milliseconds(since)}-0" if since else "-"
    end = f"{milliseconds(until)}-0" if until else "+"
    while found := _page(floor, start, end):
        for entry_id, fields in found:
            at = moment(int(entry_id.partition("-")[0]))
            yield Entry(at, fields["kind"], fields["call"], json.loads(fields["entry"]))
        start = f"({found[-1][0]}"


def calls_since(floor: Floor, *, since: datetime | None = None, caller: str = "") -> list[Told]:
    """Calls that began since then, oldest first; `caller` is the key of one caller. Raises StoreAway."""
    calls: dict[str, Told] = {}
    for entry in entries(floor, since=since):
        if entry.kind == "begin":
            calls.setdefault(entry.call_sid, Told(entry.call_sid, entry.at))
        if told := calls.get(entry.call_sid):
            _add(told, entry)
    return [told for told in calls.values() if not caller or told.first["caller"] == caller]


def _add(told: Told, entry: Entry) -> None:
    if entry.kind == "wrap_up":
        told.wrap_ups.append(entry)
        return
    if entry.kind != "end":
        told.steps.append(entry)
        return
    told.ended = entry.said["how"]
    told.lasted_s = entry.said["lasted_ms"] // 1000
    if "waited_ms" in entry.said:
        told.waited_s = entry.said["waited_ms"] // 1000


def voicemails(floor: Floor, *, limit: int = 100) -> list[Voicemail]:
    """The latest messages, newest first; raises StoreAway."""
    found: list[tuple[str, dict[str, str]]] = floor.store.run(
        lambda redis: redis.xrevrange(floor.keys.voicemails, count=limit)
    )
    return [_voicemail(fields, Left.from_json(fields["left"])) for _, fields in found]


def _voicemail(fields: dict[str, str], left: Left) -> Voicemail:
    recorded = left.recorded
    return Voicemail(
        fields["call"],
        fields["number"],
        left.line,
        left.language,
        recorded.sid if recorded else "",
        recorded.seconds if recorded else 0,
        moment(int(fields["at_ms"])),
    )


def _page(floor: Floor, start: str, end: str) -> list[tuple[str, dict[str, str]]]:
    found: list[tuple[str, dict[str, str]]] = floor.store.run(
        lambda redis: redis.xrange(floor.keys.call_log, start, end, count=_AT_ONCE)
    )
    return found
