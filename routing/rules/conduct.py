"""From a caller's facts to stage, treatment and reasons: derived whenever asked, never counted up.

docs/policy.md 9-17 and 30. The same facts in any order, told once or many times, give the same standing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from routing.rules.accounts import Account, Accounts, Gate, Terms
from routing.rules.caller import Phase, Treatment
from routing.rules.conduct_events import (
    Fact,
    NuisanceReported,
    Overridden,
    OverrideLifted,
    Protected,
    ProtectionEnded,
)
from routing.rules.conduct_words import Finding, Outcome, SignsAs
from routing.rules.dossier import Dossier
from routing.rules.ladder import Ladder
from routing.rules.restrictions import Restriction, Restrictions, strongest

# A protected marker is looked at again after this (docs/policy.md 16); it does not end by itself.
PROTECTION_REVIEW = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class ConductStanding:
    """What the policy makes of a caller at a moment, and why (docs/policy.md 30).

    `until`: when the treatment changes if nothing more happens. `unsigned`: who has still to sign before a
    fourth offence closes the line to the caller. Protection is evaluated before any treatment.
    """

    stage: int
    treatment: Treatment
    offences: tuple[str, ...]
    accounts: tuple[Account, ...]
    gate: Gate | None
    until: datetime | None
    restriction: Restriction | None
    unsigned: tuple[SignsAs, ...]
    open_reports: tuple[str, ...]
    nuisance_until: datetime | None
    override: Overridden | None
    is_protected: bool
    support_need: str
    protection_review_at: datetime | None


def standing_at(facts: Iterable[Fact], terms: Terms, at: datetime) -> ConductStanding:
    """What is known at `at` makes of the caller; facts written later are not looked at."""
    return _Derivation(Dossier(facts, at), terms).standing()


def course(facts: Iterable[Fact], terms: Terms) -> tuple[Phase, ...]:
    """The treatment from the last fact on, phase by phase, if nothing more happens; () without facts.

    It depends on facts and terms alone, so that it can be written down and compared whenever.
    """
    known = tuple(facts)
    if not known:
        return ()
    return _Derivation(Dossier(known, max(fact.at for fact in known)), terms).phases()


class _Derivation:
    """One dossier looked at from all sides."""

    def __init__(self, dossier: Dossier, terms: Terms) -> None:
        self._dossier, self._terms, self._at = dossier, terms, dossier.at
        self._ladder = Ladder(dossier, terms.conduct)
        self._restrictions = Restrictions(dossier, self._ladder, terms.conduct)
        self._accounts = Accounts(dossier, self._ladder, terms)

    def standing(self) -> ConductStanding:
        protected = self._protected()
        nuisance_until, override = self._nuisance_until(), self._override(self._at)
        return ConductStanding(
            stage=self._ladder.stage(self._at),
            treatment=self._treatment(self._at),
            offences=self._counting(self._at),
            accounts=tuple(self._accounts.of(report) for report in self._dossier.reports),
            gate=self._accounts.gate(),
            until=next((phase.since for phase in self.phases()[1:]), None),
            restriction=self._restrictions.running(self._at),
            unsigned=self._accounts.unsigned(),
            open_reports=self._open(),
            nuisance_until=nuisance_until if nuisance_until and self._at < nuisance_until else None,
            override=override,
            is_protected=protected is not None,
            support_need=protected.need if protected else "",
            protection_review_at=protected.at + PROTECTION_REVIEW if protected else None,
        )

    def phases(self) -> tuple[Phase, ...]:
        found = [self._phase(self._at)]
        for moment in sorted({moment for moment in self._moments() if moment > self._at}):
            phase = self._phase(moment)
            if (phase.treatment, phase.offences) != (found[-1].treatment, found[-1].offences):
                found.append(phase)
        return tuple(found)

    def _phase(self, at: datetime) -> Phase:
        return Phase(at, self._treatment(at), self._counting(at))

    def _treatment(self, at: datetime) -> Treatment:
        if override := self._override(at):
            return override.treatment
        found = [self._restrictions.treatment(at)]
        if any(at < self._owned_until(report) for report in self._open()):
            found.append(Treatment.TEAM_LEADER)
        if (nuisance_until := self._nuisance_until()) and at < nuisance_until:
            found.append(Treatment.SLOW_QUEUE)
        return strongest(found)

    def _counting(self, at: datetime) -> tuple[str, ...]:
        return tuple(one.id for episode in self._ladder.episodes if (one := episode.counting(at)))

    def _moments(self) -> Iterable[datetime]:
        yield from self._restrictions.moments()
        yield from map(self._owned_until, self._open())
        if nuisance_until := self._nuisance_until():
            yield nuisance_until
        if override := self._override(self._at):
            yield override.until

    def _open(self) -> tuple[str, ...]:
        return tuple(report for report in self._dossier.reports if report not in self._dossier.verdicts)

    def _owned_until(self, report: str) -> datetime:
        """The team leader owns the next call for so long at most (docs/policy.md 7)."""
        written = self._dossier.reports[report].at
        return self._terms.business_days_after(written, self._terms.conduct.team_leader_business_days)

    def _nuisance_until(self) -> datetime | None:
        """The end of the latest mark by a verified report; an appeal may undo one (docs/policy.md 17)."""
        ends = []
        for report in self._dossier.all(NuisanceReported):
            verdict, appeal = self._dossier.verdicts.get(report.id), self._dossier.appeal_of(report.id)
            decision = appeal.decision if appeal else None
            is_quashed = decision is not None and decision.outcome is Outcome.QUASHED
            if verdict is not None and verdict.finding is Finding.UPHELD and not is_quashed:
                ends.append(verdict.at + timedelta(days=self._terms.conduct.nuisance_days))
        return max(ends, default=None)

    def _override(self, at: datetime) -> Overridden | None:
        """The last treatment by hand, until it ends or is lifted."""
        last = [fact for fact in self._dossier.facts if isinstance(fact, Overridden | OverrideLifted)][-1:]
        return next((one for one in last if isinstance(one, Overridden) and at < one.until), None)

    def _protected(self) -> Protected | None:
        last = [fact for fact in self._dossier.facts if isinstance(fact, Protected | ProtectionEnded)][-1:]
        return next((one for one in last if isinstance(one, Protected)), None)
