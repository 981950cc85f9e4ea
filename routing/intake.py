"""A call comes in: recognised, routed, written down."""

from routing.floor import Floor
from routing.links import VISITS_PER_START
from routing.rules.answers import Answer
from routing.rules.decisions import Decision
from routing.rules.route import route_new_call
from routing.steps import InboundCall, Scene, take_step


def receive_call(floor: Floor, call: InboundCall, *, start: int = 0) -> Answer:
    """What a call that comes in hears first.

    `start` counts how often the call was begun anew after a failure.
    Raises NoConfigError and CallIsOverError.
    """
    return take_step(floor, call, "incoming", start * VISITS_PER_START, _route)


def _route(scene: Scene) -> tuple[Decision, str]:
    decision = route_new_call(
        scene.caller, line=scene.line, config=scene.config, load=scene.load, at=scene.at
    )
    return decision, scene.line.languages[0]
