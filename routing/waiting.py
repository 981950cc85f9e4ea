"""The waiting room: what a waiting caller hears next, the keys, and the way out (docs/policy.md 7, 17)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from config.connections import StoreAway
from config.now import milliseconds
from config.observe import failed_open
from config.schema import CALL_ME_BACK_KEY, URGENT_KEY, Line, RoutingConfig
from routing.call_log import entry_of
from routing.floor import Floor
from routing.rules.answers import Answer
from routing.rules.call_states import CallState
from routing.rules.decisions import Because, Enqueue, Rule
from routing.rules.expected_wait import expected_wait
from routing.rules.while_waiting import (
    may_keep_place,
    minutes_said,
    out_of_service,
)
from routing.scene import InboundCall, read_scene
from routing.steps import line_up_for
from routing.store.calls import Waiting
from routing.store.step import Step

URGENT, CALL_BACK = "urgent", "call_me_back"  # what a key pressed while waiting asks for
CanDial = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Hold:
    """What a waiting caller hears now. `place` counts from 1; 0 says nothing of the place.

    `leave`: nobody was free in time, or the caller pressed a key; the way on is asked for at once.
    `is_answered`: an agent has taken the call, and hears who is coming. `wait_min`: about how long it will
    take, 0 says nothing of that. `call_back`: he may ask to be called back at his place.
    """

    queue: str
    place: int = 0
    leave: bool = False
    is_answered: bool = False
    wait_min: int = 0
    call_back: bool = False


def hold(floor: Floor, call: InboundCall, queue: str, *, waited_s: int, can_dial: CanDial) -> Hold:
    """The next document of the waiting room; a read, asked again and again at the same URL.

    `waited_s` is Twilio's QueueTime, `can_dial` says whether we dial the caller's number. Without Redis the
    caller keeps waiting in Twilio's queue, the place unsaid; a call that Redis does not know (it was away)
    gets its record back, and its place by its wait.
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
    return Hold(
        found.queue,
        found.place + 1,
        leave=_leaves(config, found),
        wait_min=minutes_said(expected_wait_s(config, found)),
        call_back=_may_be_called_back(config, found, can_dial),
    )


def expected_wait_s(config: RoutingConfig, found: Waiting) -> float | None:
    """How long the caller will wait from now, by the pace of his queue; None where that says nothing."""
    layout = config.queues.get(found.queue)
    if layout is None or not found.pace:
        return None
    place, longest_s = found.place + 1, layout.max_wait_s
    return expected_wait(place, found.pace, found.now, busy_since=found.busy_since, at_most_s=longest_s)


def press(floor: Floor, call: InboundCall, queue: str, digits: str, *, visit: int, can_dial: CanDial) -> str:
    """A key in the waiting room: what it asks for (URGENT, CALL_BACK) when it leads out of it, else "".

    The same for a repeat.
    """
    try:
        if digits == URGENT_KEY and queue != "urgent":
            return URGENT if floor.calls.want(call.sid, URGENT, visit=visit) else ""
        if digits == CALL_ME_BACK_KEY and _is_offered_call_back(floor, call, can_dial):
            return CALL_BACK if floor.calls.want(call.sid, CALL_BACK, visit=visit) else ""
    except StoreAway as away:
        failed_open("store_away", call=call.sid, error=str(away))
    return ""


def rejoin(floor: Floor, call: InboundCall) -> Answer | None:
    """The waiting room again, for a call that waits or is about to be connected; None for any other.

    What is said once is not said again. Changes nothing. Raises StoreAway.
    """
    answer = floor.calls.waits_by(call.sid)
    return replace(answer, notice="", consent="") if answer else None


def is_overdue(config: RoutingConfig, found: Waiting) -> bool:
    """A queue that the config no longer has lets its callers go on."""
    queue = config.queues.get(found.queue)
    return queue is None or found.now - found.entered >= timedelta(seconds=queue.max_wait_s)


def out_of_service_now(config: RoutingConfig, found: Waiting) -> Rule | None:
    """Why somebody who waits does not wait on, should nobody be rung for him; None: he does."""
    if found.stays:
        return None
    rule, line = found.brought_by
    return out_of_service(
        found.queue,
        rule,
        line=line_of(config, line),
        config=config,
        at=found.now,
        nobody_since=found.nobody_since,
    )


def line_of(config: RoutingConfig, line: str) -> Line:
    """The line that a call came in by; the default one if the config has it no more."""
    return config.lines.get(line) or config.lines[config.default_line]


def _leaves(config: RoutingConfig, found: Waiting) -> bool:
    """Whom somebody is being rung for is not sent away in that moment."""
    if found.wants or found.is_offered:
        return bool(found.wants)
    return is_overdue(config, found) or out_of_service_now(config, found) is not None


def _may_be_called_back(config: RoutingConfig, found: Waiting, can_dial: CanDial) -> bool:
    """Not whom an agent is being rung for: he is served sooner than we could call him."""
    layout, in_it = config.queues.get(found.queue), found.now - found.entered
    # Most rounds are over with this: the rest looks at more.
    if found.is_offered or layout is None or in_it < timedelta(seconds=layout.callback_after_s):
        return False
    return may_keep_place(found.queue, found.answer.decision.because, in_it, config) and can_dial()


def _is_offered_call_back(floor: Floor, call: InboundCall, can_dial: CanDial) -> bool:
    found = floor.calls.look_at_wait(call.sid)
    if not isinstance(found, Waiting):
        return False
    return found.wants == CALL_BACK or _may_be_called_back(floor.configs.in_force(), found, can_dial)


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
