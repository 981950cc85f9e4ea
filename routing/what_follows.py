"""What the conduct policy makes of a caller now, told to whoever has just decided something."""

from dataclasses import dataclass

from routing.floor import Floor
from routing.rules.accounts import Why
from routing.rules.caller import Treatment
from routing.rules.conduct import ConductStanding, standing_at
from routing.rules.conduct_events import Fact
from routing.rules.conduct_refusals import UnknownReport

# An upheld report that is none of these is an offence, whether it counts by itself or not.
_NO_OFFENCE = frozenset(
    {
        Why.REPORT_OPEN,
        Why.NOT_UPHELD,
        Why.INCONCLUSIVE,
        Why.NOT_AIMED_AT_A_PERSON,
        Why.NO_SECOND_LISTENER,
        Why.SAME_CALL,
    }
)


@dataclass(frozen=True, slots=True)
class Follows:
    """`offence_id` is "" for no offence: nothing upheld, a prank call, a call that counts already."""

    offence_id: str
    stage: int
    treatment: Treatment


def caller_of(floor: Floor, report_id: str) -> str:
    """The caller whom the ledger has a report under. Raises StoreAway, UnknownReport."""
    if caller := floor.offences.dossiers.caller_with(report_id):
        return caller
    raise UnknownReport(f"There is no report {report_id}.")


def facts_of(floor: Floor, caller: str) -> tuple[Fact, ...]:
    """All that the ledger knows. Raises StoreAway, LedgerBroken."""
    return floor.offences.dossiers.known(caller).facts


def standing_of(floor: Floor, caller: str) -> ConductStanding:
    """As of now. Raises StoreAway, LedgerBroken, NoConfigError."""
    facts = facts_of(floor, caller)
    # The ledger's clock may be a little ahead of ours: what was just written counts.
    at = max([floor.clock.now(floor.store), *(fact.at for fact in facts)])
    return standing_at(facts, floor.terms(), at)


def what_follows(floor: Floor, caller: str, report_id: str) -> Follows:
    """Raises what `standing_of` raises."""
    standing = standing_of(floor, caller)
    is_offence = any(one.report == report_id and one.why not in _NO_OFFENCE for one in standing.accounts)
    return Follows(report_id if is_offence else "", standing.stage, standing.treatment)
