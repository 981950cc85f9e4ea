"""Who calls which line at what time: read once at the beginning of a step."""

from dataclasses import dataclass
from datetime import datetime

from config.connections import StoreAway
from config.now import own_clock
from config.observe import failed_open, log
from config.schema import Line, RoutingConfig
from routing.floor import Floor
from routing.rules.caller import Caller, Standing, recognise
from routing.rules.phone_numbers import Number, read_number
from routing.rules.route import Load
from routing.store.snapshot import Snapshot
from routing.store.standing import UnreadableStandingError, decode


@dataclass(frozen=True, slots=True)
class InboundCall:
    """A call as a webhook reports it. `caller` and `dialled` are as the network showed them."""

    sid: str
    caller: str
    dialled: str
    verification: str = ""
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scene:
    """All that a rule may look at. `caller_key` stands for the caller's number where no number may be.

    `knows_of_recording`: the caller has heard on this call that calls are recorded.
    """

    caller: Caller
    caller_key: str
    line: Line
    line_id: str
    config: RoutingConfig
    load: Load
    at: datetime
    knows_of_recording: bool = False


def read_scene(floor: Floor, call: InboundCall, *, at: datetime | None = None) -> Scene:
    """Who calls which line at what time (`at`, else now), in one read; raises NoConfigError."""
    config = floor.configs.in_force()
    line_id = line_for(config, call.dialled)
    line = config.lines[line_id]
    number = read_number(call.caller, line.region)
    snapshot = _snapshot(floor, number, call.sid)
    floor.configs.heard_of(snapshot.config_version)
    at = at or snapshot.at
    caller = recognise(
        number,
        _standing(snapshot, call.sid),
        verification=call.verification or snapshot.verification,
        at=at,
        link_days=config.conduct.link_days,
        hints=call.hints,
    )
    key, knows = floor.caller_key(number.e164), snapshot.knows_of_recording
    return Scene(caller, key, line, line_id, config, snapshot.load, at, knows)


def line_for(config: RoutingConfig, dialled: str) -> str:
    """The id of the line behind a dialled number; for one that no line names, the default and a log entry."""
    if found := config.line_of.get(dialled):
        return found
    default = config.default_line
    number = read_number(dialled, config.lines[default].region)
    if number.e164 not in config.line_of:
        log.warning("dialled_number_unknown", line=default)
    return config.line_of.get(number.e164, default)


def caller_id(line: Line) -> str:
    """What the telephones that we ring show."""
    return line.caller_id or next(iter(line.numbers), "")


def _snapshot(floor: Floor, number: Number, call_sid: str) -> Snapshot:
    try:
        found = floor.lookout.look(number.e164, call_sid)
    except StoreAway as away:
        failed_open("store_away", call=call_sid, error=str(away))
        return Snapshot(own_clock(), None, 0, Load())
    if found.standing is None:
        failed_open("standing_unreadable", call=call_sid, error="not a hash")
    return found


def _standing(snapshot: Snapshot, call_sid: str) -> Standing | None:
    if snapshot.standing is None:
        return None
    try:
        return decode(snapshot.standing)
    except UnreadableStandingError as wrong:
        failed_open("standing_unreadable", call=call_sid, error=str(wrong))
        return None
