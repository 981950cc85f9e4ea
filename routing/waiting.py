"""The waiting room: what a waiting caller hears next, the keys, and the way out (docs/policy.md 7, 17)."""

from dataclasses import dataclass
from datetime import timedelta

from config.connections import StoreAway
from config.now import milliseconds
from config.observe import failed_open
from config.schema import NORMAL_QUEUE, URGENT_KEY, RoutingConfig
from routing.call_log import entry_of
from routing.floor import Floor
from routing.rules.answers import Answer
from routing.rules.call_states import CallState
from routing.rules.choices import press_urgent, waited_too_long
from routing.rules.decisions import Because, Decision, Enqueue, Rule
from routing.scene import InboundCall, Scene, read_scene
from routing.steps import Decided, Told, line_up_for, take_step
from routing.store.calls import Waiting
from routing.store.step import Step


@dataclass(frozen=True, slots=True)
class Hold:
    """What a waiting caller hears now. `place` counts from 1; 0 says nothing of the place.

    `leave`: nobody was free in time, or the caller pressed a key; the way on is asked for at once.
    `is_answered`: an agent has taken the call, and hears who is coming.
    """

    queue: str
    place: int = 0
    leave: bool = False
    is_answered: bool = False


def hold(floor: Floor, call: InboundCall, queue: str, *, waited_s: int) -> Hold:
    """The next document of the waiting room; a read, asked again and again at the same URL.

    `waited_s` is Twilio's QueueTime. Without Redis the caller keeps waiting in Twilio's queue, the place
    unsaid; a call that Redis does not know (it was away) gets its record back, and its place by its wait.
    Raises NoConfigError.
    """
    config = floor.configs.in_force()
    try:
        found = floor.calls.look_at_wait(call.sid)
        if found is None:
            _heal(floor, call, queue, waited_s)
            return Hold(queue)
    except StoreAway as away:
        failed_open("store_away", call=call.sid, error=str(away))
        return Hold(queue)
    if not isinstance(found, Waiting):
        return Hold(queue, leave=found is not CallState.CONNECTING, is_answered=found is CallState.CONNECTING)
    # Whom somebody is being rung for is not sent away in that moment.
    leaves = bool(found.wants) or (_is_overdue(config, found) and not found.is_offered)
    return Hold(found.queue, found.place + 1, leave=leaves)


def press(floor: Floor, call: InboundCall, queue: str, digits: str, *, visit: int) -> bool:
    """A key in the waiting room; True when it leads out of it, and again for a repeat."""
    if digits != URGENT_KEY or queue == "urgent":
        return False
    try:
        return floor.calls.want(call.sid, "urgent", visit=visit)
    except StoreAway as away:
        failed_open("store_away", call=call.sid, error=str(away))
        return False


def leave(floor: Floor, call: InboundCall, queue: str, *, language: str, visit: int) -> Answer:
    """Where a caller goes who left the waiting room. Raises NoConfigError and CallIsOverError.

    Who left it while an agent took the call goes on waiting for him: he is fetched.
    """
    found = _found(floor, call)
    if found is CallState.CONNECTING and (answer := rejoin(floor, call)):
        return answer

    def decide(scene: Scene) -> Decided:
        return Decided(_way_on(scene, found, queue), language)

    told = Told(where=_wait(found, queue))
    return take_step(floor, call, "left-waiting", visit, decide, told, language=language)


def overflow(floor: Floor, call: InboundCall, queue: str, *, language: str, visit: int) -> Answer:
    """Twilio's waiting room is full: as if the caller had waited too long."""

    def decide(scene: Scene) -> Decided:
        decision = waited_too_long(scene.caller, queue, config=scene.config, because=Rule.MENU)
        return Decided(decision, language)

    told = Told(where={"queue": queue, "full": True})
    return take_step(floor, call, "left-waiting", visit, decide, told, language=language)


def rejoin(floor: Floor, call: InboundCall) -> Answer | None:
    """The waiting room again, for a call that waits or is about to be connected; None for any other.

    Changes nothing. Raises StoreAway.
    """
    return floor.calls.waits_by(call.sid)


def reconnect(floor: Floor, call: InboundCall, queue: str, *, language: str, visit: int) -> Answer:
    """The agent's call ended, and the caller stayed: he waits again, where he would be had he never left.

    Raises NoConfigError and CallIsOverError.
    """

    def decide(scene: Scene) -> Decided:
        because = Because(Rule.MENU, scene.caller.identity, scene.config.version)
        name = queue if queue in scene.config.queues else NORMAL_QUEUE
        return Decided(Enqueue(name, because), language)

    return take_step(floor, call, "reconnect", visit, decide, Told(where={"queue": queue}), language=language)


def _way_on(scene: Scene, found: Waiting | CallState | None, queue: str) -> Decision:
    if not isinstance(found, Waiting):
        because = Because(Rule.STATE_UNREADABLE, scene.caller.identity, scene.config.version)
        return Enqueue(NORMAL_QUEUE, because)
    if found.wants:
        return press_urgent(scene.caller, line=scene.line, config=scene.config, at=scene.at)
    because = found.answer.decision.because
    if _is_overdue(scene.config, found):
        return waited_too_long(scene.caller, queue, config=scene.config, because=because.rule)
    return Enqueue(found.queue, because)


def _wait(found: Waiting | CallState | None, queue: str) -> dict[str, object]:
    """For the call log: which queue was left, why the call was in it, after how long, and by which key."""
    if not isinstance(found, Waiting):
        return {"queue": queue}
    in_it_s = (found.now - found.entered) // timedelta(seconds=1)
    rule = found.answer.decision.because.rule
    return {"queue": found.queue, "rule": rule, "in_it_s": in_it_s, "wants": found.wants}


def _found(floor: Floor, call: InboundCall) -> Waiting | CallState | None:
    try:
        return floor.calls.look_at_wait(call.sid)
    except StoreAway as away:
        failed_open("store_away", call=call.sid, error=str(away))
        return None


def _is_overdue(config: RoutingConfig, found: Waiting) -> bool:
    """A queue that the config no longer has lets its callers go on."""
    queue = config.queues.get(found.queue)
    return queue is None or found.now - found.entered >= timedelta(seconds=queue.max_wait_s)


def _heal(floor: Floor, call: InboundCall, queue: str, waited_s: int) -> None:
    """Write down a call that began to wait while Redis was away, at the place that its wait earns it."""
    scene = read_scene(floor, call)
    because = Because(Rule.STATE_UNREADABLE, scene.caller.identity, scene.config.version)
    answer = Answer(Enqueue(queue, because), scene.line.languages[0], scene.line_id, 0)
    since_ms = milliseconds(scene.at - timedelta(seconds=waited_s))
    floor.calls.take_step(
        Step(
            call.sid,
            "healed:0",
            answer,
            number=scene.caller.number,
            caller=scene.caller_key,
            waiting_since_ms=since_ms,
            entry=entry_of(call, scene, "healed:0", answer, None, {"queue": queue}),
            log_days=scene.config.call_log_days,
            line_up=line_up_for(scene, answer),
        )
    )
