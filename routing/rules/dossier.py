"""What is known of one caller at a moment: facts once each, in the order in which they were written."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, TypeVar

from routing.rules.conduct_events import (
    AppealDecided,
    Appealed,
    Fact,
    Judged,
    Reported,
    SignedOff,
)
from routing.rules.conduct_words import PEOPLE, Category, Finding, Outcome, SignsAs

FactOf = TypeVar("FactOf", bound=Fact)


@dataclass(frozen=True, slots=True)
class Appeal:
    """An appeal against an offence; `decision` is None while it is open."""

    at: datetime
    decision: AppealDecided | None


@dataclass(frozen=True, slots=True)
class Offence:
    """A report that a reviewer upheld, under the report's id. Whether it counts is the ladder's question."""

    id: str
    acted_at: datetime
    decided_at: datetime
    spent_at: datetime
    category: Category
    recorded: bool
    reported_by: str
    decided_by: str
    appeal: Appeal | None
    signed_at: datetime | None

    def is_quashed_by(self, at: datetime) -> bool:
        """True from the moment of a quashing appeal; what was spent before stays spent."""
        decision = self.appeal.decision if self.appeal else None
        if decision is None or decision.outcome is not Outcome.QUASHED:
            return False
        return decision.at <= at and decision.at < self.spent_at

    def varied_by(self) -> AppealDecided | None:
        """The decision that varied what follows from it."""
        decision = self.appeal.decision if self.appeal else None
        return decision if decision is not None and decision.outcome is Outcome.VARIED else None

    def is_paused(self) -> bool:
        """While an appeal is open, unless it was a threat (docs/policy.md 15)."""
        is_open = self.appeal is not None and self.appeal.decision is None
        return is_open and self.category is not Category.THREAT


class Dossier:
    """One caller's facts as known at `at`: any order, any repetition of what is given is the same dossier."""

    def __init__(self, facts: Iterable[Fact], at: datetime) -> None:
        self.at = at
        once: dict[str, Fact] = {}
        for fact in sorted(facts, key=lambda fact: (fact.at, fact.id, repr(fact))):
            if fact.at <= at:
                once.setdefault(fact.id, fact)
        self.facts = tuple(once.values())
        self._by_kind: dict[type[Fact], list[Any]] = defaultdict(list)
        for fact in self.facts:
            self._by_kind[type(fact)].append(fact)

    def all(self, kind: type[FactOf]) -> list[FactOf]:
        return self._by_kind.get(kind, [])

    @cached_property
    def reports(self) -> dict[str, Reported]:
        return {report.id: report for report in self.all(Reported)}

    @cached_property
    def verdicts(self) -> dict[str, Judged]:
        """By report: the first verdict after it, of somebody other than the reporter."""
        by_id = {fact.id: fact for fact in self.facts}
        first: dict[str, Judged] = {}
        for verdict in self.all(Judged):
            report = by_id.get(verdict.report)
            if report is not None and verdict.by != report.by and verdict.at >= report.at:
                first.setdefault(verdict.report, verdict)
        return first

    def offences(self, lasts: timedelta) -> list[Offence]:
        """Every report that could count, in the order of the verdicts; one call counts once."""
        upheld = [verdict for verdict in self.verdicts.values() if self.why_no_offence(verdict.report) == ""]
        upheld.sort(key=lambda verdict: (verdict.at, verdict.id))
        return [self._offence(self.reports[verdict.report], verdict, lasts) for verdict in upheld]

    def why_no_offence(self, report_id: str) -> str:
        """A code of `routing.rules.conduct.Why`, or "" for a report that is an offence."""
        report, verdict = self.reports.get(report_id), self.verdicts.get(report_id)
        if report is None:
            return "no_report"
        if verdict is None:
            return "report_open"
        if verdict.finding is not Finding.UPHELD:
            return verdict.finding.value
        if report.target not in PEOPLE:
            return "not_aimed_at_a_person"
        if not report.recorded and not verdict.second_listener:
            return "no_second_listener"
        return "same_call" if self.told_before(report_id) else ""

    def told_before(self, report_id: str) -> str:
        """The upheld report of the same call with the earlier verdict, or ""."""
        mine, verdict = self.reports[report_id], self.verdicts[report_id]
        for other in self.verdicts.values():
            about = self.reports.get(other.report)
            is_same = about is not None and about.id != report_id and about.call == mine.call
            if is_same and (other.at, other.id) < (verdict.at, verdict.id) and self._upheld(other):
                return other.report
        return ""

    def appeal_of(self, offence_id: str) -> Appeal | None:
        """The first appeal, with the first decision of somebody who had no part in report or verdict."""
        for asked in self.all(Appealed):
            if asked.offence == offence_id:
                return Appeal(asked.at, self._decision(offence_id, asked.at))
        return None

    def _upheld(self, verdict: Judged) -> bool:
        report = self.reports[verdict.report]
        heard = report.recorded or verdict.second_listener
        return verdict.finding is Finding.UPHELD and heard and report.target in PEOPLE

    def _decision(self, offence_id: str, asked_at: datetime) -> AppealDecided | None:
        involved = {fact.by for fact in self.facts if fact.id == offence_id}
        if offence_id in self.verdicts:
            involved.add(self.verdicts[offence_id].by)
        decided = self.all(AppealDecided)
        valid = (one for one in decided if one.at >= asked_at and one.by not in involved)
        return next((one for one in valid if one.offence == offence_id), None)

    def _offence(self, report: Reported, verdict: Judged, lasts: timedelta) -> Offence:
        return Offence(
            report.id,
            report.acted_at,
            verdict.at,
            report.acted_at + lasts,
            report.category,
            report.recorded,
            report.by,
            verdict.by,
            self.appeal_of(report.id),
            self._signed_at(report.id, verdict.at),
        )

    def _signed_at(self, offence_id: str, decided_at: datetime) -> datetime | None:
        """When the second of two people had signed in the second of the two offices."""
        signed = [one for one in self.signatures(offence_id) if one.at >= decided_at]
        pairs = [
            max(manager.at, legal.at)
            for manager in signed
            for legal in signed
            if manager.signs_as is SignsAs.MANAGER
            and legal.signs_as is SignsAs.LEGAL
            and manager.by != legal.by
        ]
        return min(pairs, default=None)

    def signatures(self, offence_id: str) -> list[SignedOff]:
        """Those that say what a signature has to say."""
        signed = self.all(SignedOff)
        return [one for one in signed if one.offence == offence_id and one.conduct_is_the_reason]
