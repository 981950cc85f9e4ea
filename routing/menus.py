"""A caller answers a menu, leaves a message by a key, or leaves a message of their own."""

from config.connections import StoreAway
from config.observe import log
from routing.floor import Floor
from routing.rules.answers import Answer
from routing.rules.choices import answer_menu, take_exit
from routing.rules.decisions import Because, Exit, Rule, SayAndHangUp
from routing.rules.speech import Reply
from routing.scene import InboundCall, Scene
from routing.steps import Decided, Told, take_step
from routing.store.records import Recorded


def choose(
    floor: Floor, call: InboundCall, menu: str, reply: Reply, *, language: str, attempt: int, visit: int
) -> Answer:
    """What an answer to a menu, or none, leads to. Raises NoConfigError and CallIsOverError."""

    def decide(scene: Scene) -> Decided:
        decision, chosen = answer_menu(
            scene.caller,
            menu,
            reply,
            line=scene.line,
            config=scene.config,
            at=scene.at,
            attempt=attempt,
        )
        return Decided(decision, chosen or language, chosen=bool(chosen))

    told = Told(reply, where={"menu": menu, "attempt": attempt})
    return take_step(floor, call, f"menu:{menu}", visit, decide, told, language=language)


def leave_message(
    floor: Floor,
    call: InboundCall,
    rule: Rule,
    exits: frozenset[Exit],
    digits: str,
    *,
    language: str,
    visit: int,
) -> Answer:
    """What a key, or none, in a message leads to. Raises NoConfigError and CallIsOverError."""

    def decide(scene: Scene) -> Decided:
        decision = take_exit(
            scene.caller, rule, exits, digits, line=scene.line, config=scene.config, at=scene.at
        )
        return Decided(decision, language)

    told = Told(Reply(digits), where={"rule": rule, "exits": sorted(exits)})
    answer = take_step(floor, call, "message", visit, decide, told, language=language)
    if rule is Rule.EMAIL_ONLY and not digits:
        _heard_where_to_write(floor, call)
    return answer


def _heard_where_to_write(floor: Floor, call: InboundCall) -> None:
    """The storey above tells the conduct ledger, once however often; the call does not wait for that."""
    try:
        floor.deadlines.set_by("writing_offered", call.sid, floor.clock.now(floor.store))
    except StoreAway as away:
        log.error("not_written_down", call=call.sid, what="writing_offered", error=str(away))


def keep_voicemail(
    floor: Floor, call: InboundCall, rule: Rule, recorded: Recorded, *, language: str, visit: int
) -> Answer:
    """A message of the caller's was recorded: written down, and the caller is told so."""

    def decide(scene: Scene) -> Decided:
        because = Because(rule, scene.caller.identity, scene.config.version)
        return Decided(SayAndHangUp("voicemail_kept", because), language)

    return take_step(floor, call, "voicemail", visit, decide, Told(recorded=recorded), language=language)
