"""What the call log keeps of a step: all that is needed to decide it again under another config."""

from dataclasses import asdict
from typing import Any

from routing.rules.answers import Answer
from routing.rules.decisions import as_json
from routing.rules.speech import Reply
from routing.scene import InboundCall, Scene


def entry_of(
    call: InboundCall, scene: Scene, step: str, answer: Answer, said: Reply | None
) -> dict[str, Any]:
    """One entry: what was dialled, who called (by key), what was said, what was known, what was decided.

    Times and the call's SID are the store's to add. No telephone number of a caller is in it.
    """
    standing = scene.caller.standing
    return {
        "step": step,
        "dialled": call.dialled,
        "line": scene.line_id,
        "caller": scene.caller_key,
        "identity": scene.caller.identity.value,
        "language": answer.language,
        "said": asdict(said) if said else None,
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
        "decision": as_json(answer.decision),
    }
