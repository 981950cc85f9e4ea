"""Asking the rules one after the other while noting what each said (docs/policy.md 30)."""

from config.schema import RoutingConfig
from routing.rules.caller import Caller
from routing.rules.decisions import Because, Rule, TraceLine


class Asked:
    """The rules asked so far about one call, each with its answer (docs/policy.md 30)."""

    def __init__(self, caller: Caller, config: RoutingConfig) -> None:
        self._caller, self._version = caller, config.version
        self._lines: list[TraceLine] = []

    def __call__(self, rule: Rule, matched: bool, why: str) -> bool:
        """Note what the rule said and return it, so that a rule reads `if asked(...): return ...`."""
        self._lines.append(TraceLine(rule, matched, why))
        return matched

    def because(self, rule: Rule) -> Because:
        """The reason of a decision that `rule` makes, with all that was asked until then."""
        offences = self._caller.standing.offences if self._caller.identity_is_sure else ()
        return Because(
            rule, self._caller.identity, self._version, offences, self._caller.hints, tuple(self._lines)
        )
