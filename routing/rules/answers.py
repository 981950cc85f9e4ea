"""What one step of a call was answered with; kept, so that a repeated webhook gets the same answer."""

import json
from dataclasses import dataclass

from routing.rules.caller import Identity
from routing.rules.decisions import KINDS, Because, Decision, Enqueue, PlayMenu, Rule, TraceLine


@dataclass(frozen=True, slots=True)
class Answer:
    """A decision, the language it is spoken in, the line, and the visit that its links carry on."""

    decision: Decision
    language: str
    line: str
    visit: int

    def to_json(self) -> str:
        decision, because = self.decision, self.decision.because
        kept = {
            "do": decision.do,
            "name": decision.name,
            "rule": because.rule,
            "identity": because.identity,
            "config_version": because.config_version,
            "offences": because.offences,
            "trace": [(line.rule, line.matched, line.why) for line in because.trace],
            "attempt": decision.attempt if isinstance(decision, PlayMenu) else 1,
            "after": decision.after if isinstance(decision, PlayMenu | Enqueue) else "",
            "language": self.language,
            "line": self.line,
            "visit": self.visit,
        }
        return json.dumps(kept, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Answer":
        kept = json.loads(text)
        because = Because(
            Rule(kept["rule"]),
            Identity(kept["identity"]),
            kept["config_version"],
            tuple(kept["offences"]),
            tuple(TraceLine(Rule(rule), matched, why) for rule, matched, why in kept["trace"]),
        )
        return cls(_decision(kept, because), kept["language"], kept["line"], kept["visit"])


def _decision(kept: dict[str, str], because: Because) -> Decision:
    kind = KINDS[kept["do"]]
    if kind is PlayMenu:
        return PlayMenu(kept["name"], because, int(kept["attempt"]), kept["after"])
    if kind is Enqueue:
        return Enqueue(kept["name"], because, kept["after"])
    return kind(kept["name"], because)
