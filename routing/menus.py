"""A caller answers a menu, or a message that has a way out."""

from routing.floor import Floor
from routing.rules.answers import Answer
from routing.rules.choices import MESSAGES_WITH_A_WAY_OUT, press_in_menu, press_in_message
from routing.rules.decisions import Because, Decision, SayAndHangUp
from routing.steps import InboundCall, Scene, take_step


def choose(
    floor: Floor, call: InboundCall, menu: str, digits: str, *, language: str, attempt: int, visit: int
) -> Answer:
    """What a key (or none: "") in a menu leads to. Raises NoConfigError and CallIsOverError."""

    def decide(scene: Scene) -> tuple[Decision, str]:
        decision, chosen = press_in_menu(
            scene.caller,
            menu,
            digits,
            line=scene.line,
            config=scene.config,
            at=scene.at,
            attempt=attempt,
        )
        return decision, chosen or language

    return take_step(floor, call, f"menu:{menu}", visit, decide)


def leave_message(
    floor: Floor, call: InboundCall, message: str, digits: str, *, language: str, visit: int
) -> Answer:
    """What a key (or none) in a message that has a way out leads to; without one, goodbye."""

    def decide(scene: Scene) -> tuple[Decision, str]:
        decision = press_in_message(
            scene.caller, message, digits, line=scene.line, config=scene.config, at=scene.at
        )
        return decision or _goodbye(scene, message), language

    return take_step(floor, call, f"message:{message}", visit, decide)


def _goodbye(scene: Scene, message: str) -> Decision:
    because = Because(MESSAGES_WITH_A_WAY_OUT[message], scene.caller.identity, scene.config.version)
    return SayAndHangUp("goodbye", because)
