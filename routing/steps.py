"""One step of a call: one read, one decision, one write; and what happens when any of them fails."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from config.connections import StoreAway
from config.observe import decisions, failed_open, log
from config.schema import NORMAL_QUEUE
from routing.call_log import entry_of
from routing.floor import Floor
from routing.rules.answers import Answer
from routing.rules.decisions import Because, Decision, Enqueue, OfferCallback, Rule, SayAndHangUp
from routing.rules.opening_hours import next_opening
from routing.rules.selection import entry_for
from routing.rules.speech import Reply
from routing.scene import InboundCall, Scene, caller_id, read_scene
from routing.store.records import Left, Recorded
from routing.store.step import LineUp, Step, queue_of

INCOMING = "incoming"
_OUT_OF_SERVICE = (Rule.CLOSED_HOURS, Rule.NOBODY_SIGNED_IN)


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision, and the language of the call from here on; `chosen`: the caller asked for that language.

    `turned_away`: decided because the line closed, or everybody left, while the call waited.
    """

    decision: Decision
    language: str
    chosen: bool = False
    turned_away: bool = False


Decide = Callable[[Scene], Decided]


@dataclass(frozen=True, slots=True)
class Told:
    """What the caller gave us in this step: an answer, a recorded message; `where` is what it answers."""

    said: Reply | None = None
    recorded: Recorded | None = None
    where: Mapping[str, object] = field(default_factory=dict)


NOTHING = Told()


def take_step(
    floor: Floor,
    call: InboundCall,
    step: str,
    visit: int,
    decide: Decide,
    told: Told = NOTHING,
    *,
    language: str = "",
) -> Answer:
    """The answer to one step of a call; the same answer again for a repeat. `language` is the call's so far.

    Whatever fails, the caller gets an answer: without Redis or with a fault in a rule it is the normal queue
    (docs/policy.md 32).
    Raises NoConfigError, and CallIsOverError for a step that came too late.
    """
    scene = read_scene(floor, call)
    decided = _decided(scene, decide, step, language)
    answer = _answer(scene, decided, step, visit)
    taken = _step(scene, call, f"{step}:{visit}", decided, answer, told)
    kept = _claimed(floor, taken)
    if kept is answer:
        decisions(answer.decision.because.rule.value).inc()
    log.info(
        "decision",
        call=call.sid,
        step=step,
        visit=visit,
        do=kept.decision.do,
        name=kept.decision.name,
        rule=kept.decision.because.rule.value,
        identity=kept.decision.because.identity.value,
        hints=kept.decision.because.hints,
        repeat=kept is not answer,
    )
    return kept


def _decided(scene: Scene, decide: Decide, step: str, language: str) -> Decided:
    try:
        return decide(scene)
    except Exception as fault:
        failed_open("rule", step=step, error=type(fault).__name__, exc_info=True)
        because = Because(Rule.STATE_UNREADABLE, scene.caller.identity, scene.config.version)
        return Decided(Enqueue(NORMAL_QUEUE, because), language or scene.line.languages[0])


def _answer(scene: Scene, decided: Decided, step: str, visit: int) -> Answer:
    first, rule = step == INCOMING, decided.decision.because.rule
    says_when = (first or decided.turned_away) and rule is Rule.CLOSED_HOURS
    return Answer(
        decided.decision,
        decided.language,
        scene.line_id,
        visit + 1,
        notice=(scene.line.notice or "") if first else "",
        opens=_opens(scene) if says_when else "",
        consent=_consent(scene, decided.decision),
    )


def _consent(scene: Scene, decision: Decision) -> str:
    """Once a call, before the first queue (docs/policy.md 35); "" when nothing is said of recording."""
    consent = scene.config.recordings.consent
    return consent if consent != "off" and queue_of(decision) and not scene.knows_of_recording else ""


def _opens(scene: Scene) -> str:
    opening = next_opening(scene.config.hours[scene.line.hours], scene.line.zone, scene.at)
    return opening.isoformat() if opening else ""


def _step(scene: Scene, call: InboundCall, name: str, decided: Decided, answer: Answer, told: Told) -> Step:
    leaves = told.recorded is not None or _promises(decided.decision)
    known = scene.caller.identity_is_sure and scene.caller.is_readable
    return Step(
        call.sid,
        name,
        answer,
        number=scene.caller.number,
        caller=scene.caller_key,
        touches_standing=known,
        chosen_language=decided.language if decided.chosen and known else "",
        verification=call.verification,
        left=Left(scene.line_id, decided.language, told.recorded).to_json() if leaves else "",
        # Who hangs up after the message ends the call and the recording at once, told in either order.
        after_end=told.recorded is not None,
        entry=entry_of(call, scene, name, answer, told.said, told.where),
        log_days=scene.config.call_log_days,
        line_up=line_up_for(scene, answer),
        out_of_service=decided.turned_away or decided.decision.because.rule in _OUT_OF_SERVICE,
    )


def line_up_for(scene: Scene, answer: Answer) -> LineUp | None:
    """Where the call stands for the agents; None for one that does not wait after this answer."""
    queue = queue_of(answer.decision)
    if not queue:
        return None
    return LineUp(entry_for(queue, answer.language, scene.config), caller_id(scene.line))


def _promises(decision: Decision) -> bool:
    """A wish that is written down here; one that keeps its place is promised by the storey above."""
    return isinstance(decision, OfferCallback) and decision.accepted and not decision.keeps_place


def _claimed(floor: Floor, step: Step) -> Answer:
    try:
        return floor.calls.take_step(step)
    except StoreAway as away:
        failed_open("store_away", call=step.call_sid, error=str(away))
        return _not_kept(step) if step.left else step.answer


def _not_kept(step: Step) -> Answer:
    """A wish or a message that could not be written down must not be promised; the log knows of it."""
    log.error("not_written_down", call=step.call_sid, left=step.left)
    because = step.answer.decision.because
    if _promises(step.answer.decision):
        return replace(step.answer, decision=Enqueue(NORMAL_QUEUE, because))
    return replace(step.answer, decision=SayAndHangUp("fallback_goodbye", because))
