"""What a caller has to be told in writing, and by when (docs/policy.md 13). Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from routing.rules.accounts import Account, Terms, Why
from routing.rules.caller import Treatment
from routing.rules.conduct import ConductStanding
from routing.rules.conduct_events import AppealDecided, Fact, Judged, NuisanceReported
from routing.rules.conduct_words import Finding, NoticeOf
from routing.rules.dossier import Dossier

_OFFENCES = (Why.COUNTS, Why.SAME_EPISODE)


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell: what was decided about which report, when, and by when it has to be out.

    `account` is None for a nuisance call, `decision` is of an appeal.
    """

    id: str
    report: str
    of: NoticeOf
    decided_at: datetime
    due_at: datetime
    account: Account | None = None
    decision: AppealDecided | None = None


def notices(
    facts: tuple[Fact, ...], standing: ConductStanding, terms: Terms, at: datetime
) -> Iterator[Notice]:
    """All that the caller has to know by now, written or not; ids are the same whenever it is asked."""
    dossier, accounts = Dossier(facts, at), {one.report: one for one in standing.accounts}
    days = terms.conduct.notice_business_days
    nuisance = {one.id for one in dossier.all(NuisanceReported)}
    for verdict in dossier.verdicts.values():
        due, account = terms.business_days_after(verdict.at, days), accounts.get(verdict.report)
        if not _follows_something(verdict, account, nuisance, standing, dossier):
            continue
        yield Notice(f"notice-{verdict.id}", verdict.report, NoticeOf.VERDICT, verdict.at, due, account)
    for report in dossier.verdicts:
        appeal = dossier.appeal_of(report)
        if appeal is not None and appeal.decision is not None:
            decision, due = appeal.decision, terms.business_days_after(appeal.decision.at, days)
            id_ = f"notice-{decision.id}"
            yield Notice(id_, report, NoticeOf.APPEAL, decision.at, due, accounts.get(report), decision)
    restriction = standing.restriction
    if restriction is not None and restriction.treatment is Treatment.CLOSED:
        due, account = terms.business_days_after(restriction.began_at, days), accounts[restriction.offence]
        id_ = f"notice-closed-{restriction.offence}"
        yield Notice(id_, restriction.offence, NoticeOf.CLOSED, restriction.began_at, due, account)


def _follows_something(
    verdict: Judged,
    account: Account | None,
    nuisance: set[str],
    standing: ConductStanding,
    dossier: Dossier,
) -> bool:
    """Of what was quashed before it was told, the outcome of the appeal is told."""
    if verdict.finding is not Finding.UPHELD:
        return False
    if verdict.report in nuisance:
        appeal = dossier.appeal_of(verdict.report)
        return standing.nuisance_until is not None and (appeal is None or appeal.decision is None)
    return account is not None and account.why in _OFFENCES
