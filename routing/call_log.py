"""What the call log keeps of a step: all that is needed to decide it again under another config."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from config.observe import masked
from routing.rules.answers import Answer
from routing.rules.decisions import as_json
from routing.rules.speech import Reply
from routing.scene import InboundCall, Scene


def entry_of(
    call: InboundCall,
    scene: Scene,
    step: str,
    answer: Answer,
    said: Reply | None,
    where: Mapping[str, object],
) -> dict[str, Any]:
    """One entry: what was dialled, who called (by key), what was said, what was known, what was decided.

    `where` is what the caller answered, such as the menu and its attempt; `at` is the time that was decided
    by. The call's SID is the store's to add. No telephone number of a caller is in it, also none that the
    caller spoke.
    """
    standing = scene.caller.standing
    return {
        "step": step,
        "at": scene.at.isoformat(),
        "dialled": call.dialled,
        "line": scene.line_id,
        "caller": scene.caller_key,
        "identity": scene.caller.identity.value,
        "language": answer.language,
        "where": dict(where),
        "said": _said(said) if said else None,
        "standing": {
            "readable": scene.caller.is_readable,
            "treatment": standing.treatment_at(scene.at).value,
            "protected": standing.is_protected,
            "shared": standing.is_shared,
            "callback_owner": standing.callback_owner,
        },
        "load": {
            "waiting": dict(scene.load.waiting),
            "agents": scene.load.agents,
            "signed_in": scene.load.signed_in,
        },
        "visit": answer.visit,
        "decision": as_json(answer.decision) if said is None else _masked(as_json(answer.decision)),
    }


def _masked(decision: dict[str, Any]) -> dict[str, Any]:
    """The trace says which key was pressed, and that may have been a whole number."""
    trace = [line | {"why": masked(line["why"])} for line in decision["trace"]]
    return decision | {"trace": trace}


def _said(reply: Reply) -> dict[str, Any]:
    return asdict(reply) | {"digits": masked(reply.digits), "words": masked(reply.words)}
