"""A call comes in: recognised, routed, written down."""

from datetime import datetime

from routing.floor import Floor
from routing.links import VISITS_PER_START
from routing.rules.answers import Answer
from routing.rules.decisions import Decision
from routing.rules.route import route_new_call
from routing.scene import InboundCall, Scene, read_scene
from routing.steps import INCOMING, Decided, take_step


def receive_call(floor: Floor, call: InboundCall, *, start: int = 0) -> Answer:
    """What a call that comes in hears first.

    `start` counts how often the call was begun anew after a failure.
    Raises NoConfigError and CallIsOverError.
    """
    return take_step(floor, call, INCOMING, start * VISITS_PER_START, _route)


def foresee(floor: Floor, call: InboundCall, *, at: datetime | None = None) -> tuple[Scene, Decision]:
    """What would be decided about a call that came in at `at` (else now), and from what; nothing is changed.

    Raises NoConfigError.
    """
    scene = read_scene(floor, call, at=at)
    return scene, _route(scene).decision


def _route(scene: Scene) -> Decided:
    decision = route_new_call(
        scene.caller, line=scene.line, config=scene.config, load=scene.load, at=scene.at
    )
    return Decided(decision, _language(scene))


def _language(scene: Scene) -> str:
    """The language that the caller chose on an earlier call, if the line speaks it; else the line's first."""
    chosen = scene.caller.standing.language
    languages = scene.line.languages
    return chosen if chosen in languages and scene.caller.identity_is_sure else languages[0]
