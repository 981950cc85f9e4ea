"""Out of the waiting room: by a key, after too long a wait, at closing time, or back from a conversation."""

from datetime import timedelta

from config.connections import StoreAway
from config.observe import failed_open
from config.schema import NORMAL_QUEUE, RoutingConfig
from routing.floor import Floor
from routing.rules.answers import Answer
from routing.rules.call_states import CallState
from routing.rules.choices import press_urgent, waited_too_long
from routing.rules.decisions import Because, Decision, Enqueue, Rule
from routing.rules.while_waiting import keep_place, turned_away
from routing.scene import InboundCall, Scene
from routing.steps import Decided, Told, take_step
from routing.store.calls import Waiting
from routing.waiting import CALL_BACK, is_overdue, line_of, out_of_service_now, rejoin


def leave(floor: Floor, call: InboundCall, queue: str, *, language: str, visit: int) -> Answer:
    """Where a caller goes who left the waiting room. Raises NoConfigError and CallIsOverError.

    Who left it while an agent took the call, or is rung for it, goes on waiting for him: he is fetched.
    """
    found = _found(floor, call)
    is_served = found is CallState.CONNECTING or (
        isinstance(found, Waiting) and found.is_offered and not found.wants
    )
    if is_served and (answer := rejoin(floor, call)):
        return answer

    why = _why_not_on(floor.configs.in_force(), found)

    def decide(scene: Scene) -> Decided:
        if why and isinstance(found, Waiting):
            return Decided(_turned_away(scene, found, why), language, turned_away=True)
        return Decided(_way_on(scene, found, queue), language)

    told = Told(where=_wait(found, queue) | ({"turned_away": why} if why else {}))
    return take_step(floor, call, "left-waiting", visit, decide, told, language=language)


def overflow(floor: Floor, call: InboundCall, queue: str, *, language: str, visit: int) -> Answer:
    """Twilio's waiting room is full: as if the caller had waited too long."""

    def decide(scene: Scene) -> Decided:
        decision = waited_too_long(scene.caller, queue, config=scene.config, because=Rule.MENU)
        return Decided(decision, language)

    told = Told(where={"queue": queue, "full": True})
    return take_step(floor, call, "left-waiting", visit, decide, told, language=language)


def reconnect(floor: Floor, call: InboundCall, queue: str, *, language: str, visit: int) -> Answer:
    """The agent's call ended, and the caller stayed: he waits again, where he would be had he never left.

    Raises NoConfigError and CallIsOverError.
    """

    def decide(scene: Scene) -> Decided:
        because = Because(Rule.MENU, scene.caller.identity, scene.config.version)
        name = queue if queue in scene.config.queues else NORMAL_QUEUE
        return Decided(Enqueue(name, because), language)

    return take_step(floor, call, "reconnect", visit, decide, Told(where={"queue": queue}), language=language)


def wait_on(floor: Floor, call: InboundCall, given: Answer, queue: str) -> Answer:
    """He cannot be promised a call after all: told so, he waits on where he would be had he not asked.

    `given` was the answer to his wish. Raises NoConfigError and CallIsOverError.
    """
    because = given.decision.because

    def decide(scene: Scene) -> Decided:
        name = queue if queue in scene.config.queues else NORMAL_QUEUE
        return Decided(Enqueue(name, because, after="call_back_not_kept"), given.language)

    told = Told(where={"queue": queue, "rule": because.rule, "not_promised": True})
    return take_step(floor, call, "not-promised", given.visit, decide, told, language=given.language)


def _way_on(scene: Scene, found: Waiting | CallState | None, queue: str) -> Decision:
    if not isinstance(found, Waiting):
        because = Because(Rule.STATE_UNREADABLE, scene.caller.identity, scene.config.version)
        return Enqueue(NORMAL_QUEUE, because)
    if found.wants == CALL_BACK:
        rule = found.answer.decision.because.rule
        return keep_place(scene.caller, found.queue, rule, config=scene.config, at=scene.at)
    if found.wants:
        return press_urgent(scene.caller, line=scene.line, config=scene.config, at=scene.at)
    because = found.answer.decision.because
    if is_overdue(scene.config, found):
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


def _why_not_on(config: RoutingConfig, found: Waiting | CallState | None) -> Rule | None:
    """Why somebody who pressed nothing is turned away; None for everybody else."""
    return out_of_service_now(config, found) if isinstance(found, Waiting) and not found.wants else None


def _turned_away(scene: Scene, found: Waiting, why: Rule) -> Decision:
    rule, line_id = found.brought_by
    line = line_of(scene.config, line_id)
    return turned_away(scene.caller, found.queue, why, rule, line=line, config=scene.config, at=scene.at)
