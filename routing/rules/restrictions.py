"""What follows from each episode for the next call, how long, and its review (docs/policy.md 14)."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from config.policy_numbers import Conduct
from routing.rules.caller import Treatment
from routing.rules.conduct_events import RestrictionReviewed
from routing.rules.dossier import Dossier, Offence
from routing.rules.ladder import Episode, Ladder

# The strongest treatment that a stage can carry.
_AT_MOST = (
    Treatment.NORMAL,
    Treatment.NORMAL,
    Treatment.SPECIALIST,
    Treatment.EMAIL_ONLY,
    Treatment.CLOSED,
)
_RESTRICTED_STAGE = 3
STRENGTH = tuple(Treatment)


@dataclass(frozen=True, slots=True)
class Restriction:
    """E-mail only or closed: from its beginning until it lapses, and the day of its review."""

    offence: str
    treatment: Treatment
    began_at: datetime
    ends_at: datetime
    review_at: datetime

    def runs(self, at: datetime) -> bool:
        return self.began_at <= at < self.ends_at


def strongest(treatments: Collection[Treatment]) -> Treatment:
    """The highest wins (docs/policy.md, Words)."""
    return max(treatments, key=STRENGTH.index, default=Treatment.NORMAL)


def milder(one: Treatment, other: Treatment) -> Treatment:
    return min(one, other, key=STRENGTH.index)


class Restrictions:
    """What one caller's ladder means for calls. Offences under appeal are left out of it, but for threats."""

    def __init__(self, dossier: Dossier, ladder: Ladder, conduct: Conduct) -> None:
        self._dossier, self._ladder, self._conduct = dossier, ladder, conduct
        self.paused = frozenset(
            one.id for episode in ladder.episodes for one in episode.members if one.is_paused()
        )

    def treatment(self, at: datetime) -> Treatment:
        """What the stage carries at `at`; a restriction that lapsed falls back to specialists."""
        carried = [self._follows(episode, at) for episode in self._ladder.episodes]
        most = _AT_MOST[self._ladder.stage(at, self.paused)]
        return milder(strongest(carried), most)

    def running(self, at: datetime) -> Restriction | None:
        """The restriction behind the treatment at `at`; the one that lasts longest."""
        least = STRENGTH.index(self.treatment(at))
        if least < STRENGTH.index(Treatment.EMAIL_ONLY):
            return None
        found = [one for one in self._of_all(at) if STRENGTH.index(one.treatment) >= least and one.runs(at)]
        return max(found, key=lambda one: one.ends_at, default=None)

    def moments(self) -> Iterator[datetime]:
        """Every moment at which something may change without a new fact."""
        for episode in self._ladder.episodes:
            for offence in episode.members:
                yield offence.spent_at
                yield from (one.ends_at for one in self._of(episode, offence))
                varied = offence.varied_by()
                if varied is not None and varied.until is not None:
                    yield varied.until

    def _follows(self, episode: Episode, at: datetime) -> Treatment:
        offence = episode.counting(at, self.paused)
        if offence is None:
            return Treatment.NORMAL
        rank, varied = self._ladder.rank(episode, at), offence.varied_by()
        is_over = varied is not None and varied.until is not None and at >= varied.until
        lasting = rank > 2 or (rank == 2 and not is_over)
        runs = [one.treatment for one in self._of(episode, offence) if one.runs(at)]
        carried = strongest([*runs, Treatment.SPECIALIST] if lasting else runs)
        # An appeal may make it milder or shorter, never harsher.
        return milder(varied.treatment, carried) if varied is not None and varied.treatment else carried

    def _of_all(self, at: datetime) -> Iterator[Restriction]:
        for episode in self._ladder.episodes:
            offence = episode.counting(at, self.paused)
            yield from self._of(episode, offence) if offence else ()

    def _of(self, episode: Episode, offence: Offence) -> Iterator[Restriction]:
        """The restrictions that an offence has ever brought, as it stands now."""
        if self._ladder.rank(episode, self._dossier.at) < _RESTRICTED_STAGE:
            return
        yield self._restriction(offence, Treatment.EMAIL_ONLY, offence.decided_at)
        if offence.signed_at is not None and self._ladder.closes(episode, offence.signed_at):
            yield self._restriction(offence, Treatment.CLOSED, offence.signed_at)

    def _restriction(self, offence: Offence, treatment: Treatment, began_at: datetime) -> Restriction:
        ends_at = began_at + timedelta(days=self._conduct.restriction_days)
        reviews = [
            one
            for one in self._dossier.all(RestrictionReviewed)
            if one.offence == offence.id and one.at >= began_at
        ]
        lifted = [one.at for one in reviews if one.lifted]
        varied = offence.varied_by()
        ends = [ends_at, *lifted, *([varied.until] if varied is not None and varied.until else [])]
        looked = max((one.at for one in reviews), default=began_at)
        review_at = looked + timedelta(days=self._conduct.restriction_review_days)
        return Restriction(offence.id, treatment, began_at, min(ends), review_at)
