"""`chaos.md`: what was hurt, how often, and what became of the promised calls."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.chaos.figure_1 import Killed
from benchmarks.chaos.figure_2 import LostReplies
from benchmarks.chaos.figure_3 import Orphans
from benchmarks.chaos.figure_4 import Pauses
from benchmarks.chaos.figure_14 import Flood
from benchmarks.chaos.figure_15 import Deserted
from benchmarks.chaos.floor_report import FloorRun, told_of_floor
from benchmarks.chaos.promises import Verdict

PromiseRun = Killed | LostReplies | Orphans | Pauses | Flood | Deserted
Run = PromiseRun | FloorRun


@dataclass(frozen=True)
class Told:
    """One run in words."""

    figure: str
    fault: str
    outcome: str
    lateness: str
    is_passed: bool

    def row(self) -> str:
        cells = (self.figure, self.fault, self.outcome, self.lateness, "yes" if self.is_passed else "**NO**")
        return "| " + " | ".join(cells) + " |"


def told(run: Run) -> Told:
    """The row of a run."""
    if isinstance(run, FloorRun):
        return Told(*told_of_floor(run), lateness="", is_passed=run.is_passed)
    return _told_of_promises(run)


def _told_of_promises(run: PromiseRun) -> Told:
    found, passed = run.verdict, run.is_passed
    match run:
        case Killed():
            size = run.size
            what = f"seed {run.seed}: {size.calls} calls at {size.per_second:g}/s; {run.kills}"
            return Told("1", what, _outcome(found), found.lateness, passed)
        case LostReplies():
            what = f"seed {run.seed}: {run.posts} POST /Calls, {run.lost_replies} replies lost or 500"
            more = f"; {found.unconfirmed} unconfirmed, {run.unseen} of them not listed"
            return Told("2", what, _outcome(found) + more, found.lateness, passed)
        case Orphans():
            what = f"worker's parent killed, child lives on: {run.orphans} ×, {run.woken} woke and ended"
            return Told("3", what, _outcome(found), found.lateness, passed)
        case Pauses():
            what = f"dispatcher paused {run.done} × {run.seconds:g} s; in hand {dict(run.in_hand)}"
            return Told("4", what, _outcome(found), found.lateness, passed)
        case Flood():
            what = f"{run.calls} due at once, {run.per_second} calls a second"
            more = (
                f"; {run.posts} POSTs, most in 5 s {run.most_in_window}; outside hours {run.outside_hours}, "
                f"put off to their hour {run.put_off}; furthest from its place when handed over "
                f"{run.furthest_handed_over}, when its owner was rung {run.furthest_rung}; an offer waited "
                f"{run.longest_offer_ms:.0f} ms at most ({len(run.offer_waits_ms)} offers)"
            )
            return Told("14", what, _outcome(found) + more, "", passed)
        case Deserted():
            what = f"{run.calls} calls, the owner hung up while it rang {run.hung_up} ×"
            ended = run.ended_after_s
            more = (
                f"; ended after {ended[len(ended) // 2] if ended else 0:.2f} s (median), "
                f"{ended[-1] if ended else 0:.2f} s at most; {run.answered} answered just then, "
                f"{len(run.silent)} heard silence"
            )
            return Told("15", what, _outcome(found) + more, found.lateness, passed)


def write(path: Path, runs: Sequence[Run], facts: Sequence[str]) -> None:
    """The page, also of a part of the runs."""
    head = "| Figure | What was done | What became of it | Due → owner's POST | Passed |"
    lines = [
        "# Chaos, as measured",
        "",
        "Written by `make chaos`; `python -m benchmarks.chaos --help` says how to run a part of it.",
        "Lost: neither kept, nor owed at a later hour, nor shown to a person. Twice: a customer's telephone",
        "that rang more than once. A kill is a hit when a job, an effect or a request was under way.",
        "",
        head,
        "| --- | --- | --- | --- | --- |",
        *(told(run).row() for run in runs),
        "",
        *(f"- {fact}" for fact in facts),
        "",
    ]
    path.write_text("\n".join(lines))


def _outcome(found: Verdict) -> str:
    return f"{found.outcome}; lost {len(found.lost)}, twice {len(found.twice)}"
