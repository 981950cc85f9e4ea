"""Why each report counts or does not, what is still owed, what holds the next stage (docs/policy.md 30)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from config.policy_numbers import Conduct
from routing.rules.conduct_words import FOR_LEGAL, LegalWish, SignsAs
from routing.rules.dossier import Dossier, Offence
from routing.rules.ladder import Episode, Ladder
from routing.rules.remedies import CLOSED_STAGE, Remedy, owed_at, waived


@dataclass(frozen=True, slots=True)
class Terms:
    """The numbers of the policy, and when a count of business days after a moment is over."""

    conduct: Conduct
    business_days_after: Callable[[datetime, int], datetime]


class Why(StrEnum):
    """Why a report counts, or why it does not."""

    COUNTS = "counts"
    REPORT_OPEN = "report_open"
    NOT_UPHELD = "not_upheld"
    INCONCLUSIVE = "inconclusive"
    NOT_AIMED_AT_A_PERSON = "not_aimed_at_a_person"
    NO_SECOND_LISTENER = "no_second_listener"
    NOT_RECORDED = "not_recorded"
    SAME_CALL = "same_call"
    SAME_EPISODE = "same_episode"
    QUASHED = "quashed"
    SPENT = "spent"


@dataclass(frozen=True, slots=True)
class Account:
    """One report, whether it counts and why; `with_` is the offence that stands for it, if another does.

    The rest is of upheld reports only. `remedy` is what the one that counts owes, `overdue_at` when a
    remedy that is neither delivered nor waived escalates.
    """

    report: str
    why: Why
    with_: str = ""
    stage_at_verdict: int = 0
    spent_at: datetime | None = None
    is_paused: bool = False
    may_go_to_legal: bool = False
    legal_wish: LegalWish = LegalWish.UNDECIDED
    reported_by: str = ""
    remedy: Remedy | None = None
    delivered_at: datetime | None = None
    is_waived: bool = False
    overdue_at: datetime | None = None

    @property
    def counts(self) -> bool:
        return self.why is Why.COUNTS


@dataclass(frozen=True, slots=True)
class Gate:
    """What the next offence has to wait for before it can count: the remedy that `offence` still owes."""

    offence: str
    remedy: Remedy


class Accounts:
    """What there is to say about each report in one dossier."""

    def __init__(self, dossier: Dossier, ladder: Ladder, terms: Terms) -> None:
        self._dossier, self._ladder, self._terms, self._at = dossier, ladder, terms, dossier.at

    def gate(self) -> Gate | None:
        """What the next offence waits for; None when it would count."""
        last = self._ladder.last(self._at)
        offence = last.counting(self._at) if last else None
        if last is None or offence is None or self._ladder.delivered_at(last) is not None:
            return None
        return Gate(offence.id, self._remedy(last))

    def _remedy(self, episode: Episode) -> Remedy:
        return owed_at(self._ladder.rank(episode, self._at))

    def unsigned(self) -> tuple[SignsAs, ...]:
        """Nothing to sign below a fourth offence that counts, and nothing once one was signed by both."""
        waiting = [
            offence
            for episode in self._ladder.episodes
            if self._ladder.rank(episode, self._at) == CLOSED_STAGE
            and (offence := episode.counting(self._at))
        ]
        if not waiting or any(one.signed_at is not None for one in waiting):
            return ()
        signed = {one.signs_as for one in self._dossier.signatures(waiting[-1].id)}
        # Both by one person: the second of the two does not count, and has still to be given by another.
        return tuple(office for office in SignsAs if office not in signed) or (SignsAs.LEGAL,)

    def of(self, report_id: str) -> Account:
        """Whether a report counts, and why."""
        why = self._dossier.why_no_offence(report_id)
        if why:
            is_same = why == Why.SAME_CALL
            return Account(report_id, Why(why), self._dossier.told_before(report_id) if is_same else "")
        for episode in self._ladder.episodes:
            for offence in episode.members:
                if offence.id == report_id:
                    return self._of_member(offence, episode)
        [offence] = [one for one in self._ladder.unplaced if one.id == report_id]
        return Account(report_id, Why.NOT_RECORDED, spent_at=offence.spent_at)

    def _of_member(self, offence: Offence, episode: Episode) -> Account:
        holder = episode.holder(self._at)
        account = Account(
            offence.id,
            _why(offence, holder, self._at),
            with_=holder.id if holder is not None and holder is not offence else "",
            stage_at_verdict=self._ladder.rank(episode, offence.decided_at),
            spent_at=offence.spent_at,
            is_paused=offence.is_paused(),
            may_go_to_legal=offence.category in FOR_LEGAL or self._ladder.closes(episode, self._at),
            legal_wish=self._dossier.reports[offence.id].legal_wish,
            reported_by=offence.reported_by,
        )
        return self._with_remedy(account, episode, offence) if account.counts else account

    def _with_remedy(self, account: Account, episode: Episode, offence: Offence) -> Account:
        delivered, is_waived = self._ladder.delivered_at(episode), waived(self._dossier, episode.ids)
        due = self._terms.conduct.remedy_due_business_days
        is_owed = delivered is None and not is_waived
        return replace(
            account,
            remedy=self._remedy(episode),
            delivered_at=delivered,
            is_waived=is_waived,
            overdue_at=self._terms.business_days_after(offence.decided_at, due) if is_owed else None,
        )


def _why(offence: Offence, holder: Offence | None, at: datetime) -> Why:
    if offence.is_quashed_by(at):
        return Why.QUASHED
    if at >= offence.spent_at:
        return Why.SPENT
    if holder is not offence:
        return Why.SAME_EPISODE
    return Why.COUNTS
