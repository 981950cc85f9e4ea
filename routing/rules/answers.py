"""What one step of a call was answered with; kept, so that a repeated webhook gets the same answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from routing.rules.caller import Identity
from routing.rules.decisions import (
    KINDS,
    Because,
    Connect,
    Decision,
    Enqueue,
    Exit,
    OfferCallback,
    PlayMenu,
    Rule,
    SayAndHangUp,
    TraceLine,
    Voicemail,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """A decision, the language it is spoken in, the line, and the visit that its links carry on.

    `notice` is the prompt of the line's notice, said before everything else ("" for none). `opens` is when a
    closed line opens next, a wall time with its offset as text ("" when that is not to be said). `consent`:
    before the queue the caller hears that calls are recorded (announce), or is asked (ask).
    """

    decision: Decision
    language: str
    line: str
    visit: int
    notice: str = ""
    opens: str = ""
    consent: str = ""

    def parts(self) -> dict[str, Any]:
        """Everything that the document depends on, and the reason, as plain values."""
        decision, because = self.decision, self.decision.because
        return {
            "do": decision.do,
            "name": decision.name,
            "rule": because.rule,
            "identity": because.identity,
            "config_version": because.config_version,
            "offences": because.offences,
            "hints": because.hints,
            "trace": [(line.rule, line.matched, line.why) for line in because.trace],
            "more": _more(decision),
            "language": self.language,
            "line": self.line,
            "visit": self.visit,
            "notice": self.notice,
            "opens": self.opens,
            "consent": self.consent,
        }

    @classmethod
    def from_parts(cls, kept: Mapping[str, Any]) -> "Answer":
        """The answer again; raises ValueError and KeyError for parts of nothing that was one."""
        because = Because(
            Rule(kept["rule"]),
            Identity(kept["identity"]),
            kept["config_version"],
            tuple(kept["offences"]),
            tuple(kept["hints"]),
            tuple(TraceLine(Rule(rule), matched, why) for rule, matched, why in kept["trace"]),
        )
        decision = _decision(kept, because)
        said = kept["notice"], kept["opens"], kept.get("consent", "")
        return cls(decision, kept["language"], kept["line"], kept["visit"], *said)


def _more(decision: Decision) -> dict[str, Any]:
    """What a kind of decision has beside its name and reason."""
    match decision:
        case PlayMenu():
            return {"attempt": decision.attempt, "after": decision.after, "confirm": decision.confirm}
        case Enqueue():
            return {"after": decision.after}
        case OfferCallback():
            return {
                "exits": sorted(decision.exits),
                "accepted": decision.accepted,
                "keeps_place": decision.keeps_place,
            }
        case SayAndHangUp() | Voicemail():
            return {"exits": sorted(decision.exits)}
        case Connect():
            return {}


def _decision(kept: Mapping[str, Any], because: Because) -> Decision:
    more = dict(kept["more"])
    if "exits" in more:
        more["exits"] = frozenset(map(Exit, more["exits"]))
    return KINDS[kept["do"]](kept["name"], because, **more)
