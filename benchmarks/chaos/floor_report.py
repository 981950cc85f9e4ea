"""The rows of `chaos.md` that tell of the live floor."""

from collections.abc import Sequence

from benchmarks.chaos.figure_5 import Away
from benchmarks.chaos.figure_6 import Histories
from benchmarks.chaos.figure_7 import DeadAgents
from benchmarks.chaos.figure_8 import Abandoned
from benchmarks.chaos.figure_9 import Raced
from benchmarks.chaos.figure_10 import AgentsGone
from benchmarks.chaos.theory import Queueing

FloorRun = Away | Histories | DeadAgents | Abandoned | Raced | AgentsGone | Queueing


def told_of_floor(run: FloorRun) -> tuple[str, str, str]:
    """The figure, what was done, and what became of it."""
    match run:
        case Away():
            faults = ", ".join(map(str, run.faults))
            more = (
                f"{run.answers} answers, not valid {len(run.not_valid)}, p99 {run.p99_ms:.0f} ms, slowest "
                f"{run.slowest_ms:.0f} ms; dropped {run.dropped}, out of order {run.out_of_order}, "
                f"served in order afterwards {run.served}"
            )
            return "5", f"{run.callers} callers wait; Redis {faults}", more
        case Histories():
            what = f"seed {run.seed}: {run.done} histories of {run.messages} messages, {run.repeats} of them "
            what += f"repeats, {run.late} late"
            return "6", what, f"{len(run.wrong)} ended otherwise than in order"
        case DeadAgents():
            held = f"held at most {_most(run.held_by_phone)} s by a telephone, "
            held += f"{_most(run.held_by_softphone)} s by a softphone"
            lost = f"not served {run.not_served}, out of place {len(run.out_of_place)}"
            more = f"{run.missed} missed; {held}; {lost}"
            return "7", f"{run.offers} offers to agents, three in ten with a dead telephone", more
        case Abandoned():
            more = (
                f"ringing ended after {_most(run.ended_after_s)} s at most, the agent free after "
                f"{_most(run.free_after_s)} s; {run.answered} answered then, {len(run.silent)} in silence"
            )
            return "8", f"{run.rang} callers hung up while it rang", more
        case Raced():
            more = f"{dict(run.won)} won; {len(run.wrong)} times not exactly one"
            return "9", f"two agents accept at once, {run.calls} ×", more
        case AgentsGone():
            more = (
                f"the caller heard us after {_most(run.heard_after_s)} s at most; not connected again "
                f"{len(run.not_reconnected)}, put through to a second agent {len(run.rung_through)}"
            )
            return "10", f"the agent's call ended first: {run.lost} × lost, {run.done} × all was said", more
        case Queueing():
            what = f"Poisson calls, exponential talk, {len(run.seeds)} seeds, {run.calls} calls"
            more = (
                f"mean wait {run.mean_wait_s} s; share waiting {run.share_waiting}; "
                f"{run.out_of_order} first offers out of order"
            )
            return "theory", what, more


def _most(seconds: Sequence[float]) -> str:
    return f"{max(seconds, default=0):.2f}"
