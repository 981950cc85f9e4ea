"""The ladder: upheld offences in episodes, gates, the stage that follows (docs/policy.md 9-14)."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from config.policy_numbers import Conduct
from routing.rules.dossier import Dossier, Offence
from routing.rules.remedies import CLOSED_STAGE, delivered_at


@dataclass(frozen=True, slots=True)
class Episode:
    """Offences that together are at most one. `before`: the episodes that counted at its first verdict."""

    members: tuple[Offence, ...]
    before: tuple[int, ...]

    @property
    def began_at(self) -> datetime:
        return self.members[0].acted_at

    @property
    def decided_at(self) -> datetime:
        return self.members[0].decided_at

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(one.id for one in self.members)

    def holder(self, at: datetime, without: Collection[str] = ()) -> Offence | None:
        """The offence that stands for the episode: the first that was not quashed, a recorded one rather.

        When that one is spent the episode is, whatever came with it.
        """
        left = [one for one in self.members if not one.is_quashed_by(at) and one.id not in without]
        return min(left, key=lambda one: not one.recorded, default=None)

    def counting(self, at: datetime, without: Collection[str] = ()) -> Offence | None:
        """The offence by which it counts at `at`, leaving out those in `without`; None when it does not."""
        holder = self.holder(at, without)
        return holder if holder is not None and at < holder.spent_at else None

    def stands(self, at: datetime) -> bool:
        """Something recorded in it had been upheld and not quashed by then."""
        return any(
            one.recorded and one.decided_at <= at and not one.is_quashed_by(at) for one in self.members
        )


class Ladder:
    """One caller's episodes, and the stages that they give at any moment from the dossier's on."""

    def __init__(self, dossier: Dossier, conduct: Conduct) -> None:
        self._dossier, self._conduct = dossier, conduct
        self._top = CLOSED_STAGE if conduct.closed_allowed else CLOSED_STAGE - 1
        self.episodes: list[Episode] = []
        self.unplaced: list[Offence] = []  # not recorded, and somebody is on a stage already
        for offence in dossier.offences(timedelta(days=conduct.offence_days)):
            self._place(offence)

    def stage(self, at: datetime, without: Collection[str] = ()) -> int:
        """0 to 4, leaving out the offences in `without`. The fourth takes two signatures.

        Stages from 2 on rest on recorded calls alone (docs/policy.md 35).
        """
        counting = [offence for one in self.episodes if (offence := one.counting(at, without))]
        recorded = sum(offence.recorded for offence in counting)
        count = max(recorded, min(1, len(counting)))
        if count < CLOSED_STAGE:
            return count
        return (
            CLOSED_STAGE if any(self.closes(one, at, without) for one in self.episodes) else CLOSED_STAGE - 1
        )

    def rank(self, episode: Episode, at: datetime) -> int:
        """The stage that an episode reached at its verdict; less where what it stood on was quashed since."""
        return min(self._top, 1 + sum(self.episodes[index].stands(at) for index in episode.before))

    def closes(self, episode: Episode, at: datetime, without: Collection[str] = ()) -> bool:
        """A stage 4 with both signatures."""
        offence = episode.counting(at, without)
        signed = offence is not None and offence.signed_at is not None and offence.signed_at <= at
        return signed and self.rank(episode, at) == CLOSED_STAGE

    def delivered_at(self, episode: Episode) -> datetime | None:
        """When the episode's remedy was delivered, and the gate behind it opened."""
        remedied = delivered_at(
            self._dossier, episode.ids, episode.decided_at, lambda at: self.rank(episode, at)
        )
        signed = [one.signed_at for one in episode.members if one.signed_at is not None]
        closed = [at for at in signed if self.rank(episode, at) == CLOSED_STAGE]
        return min([at for at in (remedied, *closed) if at is not None], default=None)

    def last(self, at: datetime) -> Episode | None:
        """The episode that holds the gate: the last one, unless it is quashed or spent."""
        last = self.episodes[-1] if self.episodes else None
        return last if last is not None and last.counting(at) else None

    def _place(self, offence: Offence) -> None:
        if self.episodes and self._joins(self.episodes[-1], offence):
            last = self.episodes[-1]
            self.episodes[-1] = replace(last, members=(*last.members, offence))
            return
        before = tuple(
            index
            for index, one in enumerate(self.episodes)
            if (counting := one.counting(offence.decided_at)) and counting.recorded
        )
        if before and not offence.recorded:
            self.unplaced.append(offence)
            return
        self.episodes.append(Episode((offence,), before))

    def _joins(self, last: Episode, offence: Offence) -> bool:
        """Within the episode's hours, or acted before its remedy was delivered, while it had an effect."""
        if offence.acted_at < last.began_at + timedelta(hours=self._conduct.episode_hours):
            return True
        if last.counting(offence.acted_at) is None:
            return False
        delivered = self.delivered_at(last)
        return delivered is None or offence.acted_at < delivered
