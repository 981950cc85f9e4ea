"""One step of a call: one read, one decision, one write; and what happens when any of them fails."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from config.connections import StoreAway
from config.now import own_clock
from config.observe import DECISIONS, failed_open, log
from config.schema import NORMAL_QUEUE, Line, RoutingConfig
from routing.floor import Floor
from routing.rules.answers import Answer
from routing.rules.caller import Caller, Standing, recognise
from routing.rules.decisions import Because, Decision, Enqueue, OfferCallback, Rule
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


@dataclass(frozen=True, slots=True)
class Scene:
    """All that a rule may look at."""

    caller: Caller
    line: Line
    line_id: str
    config: RoutingConfig
    load: Load
    at: datetime


Decide = Callable[[Scene], tuple[Decision, str]]


def take_step(floor: Floor, call: InboundCall, step: str, visit: int, decide: Decide) -> Answer:
    """The answer to one step of a call; the same answer again for a repeat.

    `decide` returns a decision and the language of the call from here on. Whatever fails, the caller gets an
    answer: without Redis or with a fault in a rule it is the normal queue (docs/policy.md 32).
    Raises NoConfigError, and CallIsOverError for a step that came too late.
    """
    scene = read_scene(floor, call)
    answer = _decided(scene, decide, step, visit)
    kept = _claimed(floor, call, f"{step}:{visit}", scene, answer)
    if kept is answer:
        DECISIONS.labels(answer.decision.because.rule.value).inc()
    log.info(
        "decision",
        call=call.sid,
        step=step,
        visit=visit,
        do=kept.decision.do,
        name=kept.decision.name,
        rule=kept.decision.because.rule.value,
        identity=kept.decision.because.identity.value,
        repeat=kept is not answer,
    )
    return kept


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
    )
    return Scene(caller, line, line_id, config, snapshot.load, at)


def line_for(config: RoutingConfig, dialled: str) -> str:
    """The id of the line behind a dialled number; for one that no line names, the default and a log entry."""
    if found := config.line_of.get(dialled):
        return found
    default = config.default_line
    number = read_number(dialled, config.lines[default].region)
    if number.e164 not in config.line_of:
        log.warning("dialled_number_unknown", line=default)
    return config.line_of.get(number.e164, default)


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


def _decided(scene: Scene, decide: Decide, step: str, visit: int) -> Answer:
    try:
        decision, language = decide(scene)
    except Exception as fault:
        failed_open("rule", step=step, error=type(fault).__name__, exc_info=True)
        because = Because(Rule.STATE_UNREADABLE, scene.caller.identity, scene.config.version)
        decision, language = Enqueue(NORMAL_QUEUE, because), ""
    return Answer(decision, language or scene.line.languages[0], scene.line_id, visit + 1)


def _claimed(floor: Floor, call: InboundCall, step: str, scene: Scene, answer: Answer) -> Answer:
    promises = isinstance(answer.decision, OfferCallback)
    try:
        return floor.calls.take_step(
            call.sid,
            step,
            answer,
            number=scene.caller.number,
            touches_standing=scene.caller.identity_is_sure and scene.caller.is_readable,
            wished_on_line=scene.line_id if promises else "",
            verification=call.verification,
        )
    except StoreAway as away:
        failed_open("store_away", call=call.sid, error=str(away))
        # A wish that could not be written down must not be promised.
        return _to_normal_queue(answer) if promises else answer


def _to_normal_queue(answer: Answer) -> Answer:
    return Answer(Enqueue(NORMAL_QUEUE, answer.decision.because), answer.language, answer.line, answer.visit)
