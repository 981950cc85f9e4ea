"""What goes wrong on demand: by rate and seed, or exactly once."""

from collections import Counter
from collections.abc import Mapping
from random import Random
from typing import Literal, get_args

RestFault = Literal["429", "500_before", "500_after", "lost_reply", "slow"]
EventFault = Literal["duplicate", "delay", "lose"]
Fault = RestFault | EventFault | Literal["drop_leg"]

REST_FAULTS: tuple[RestFault, ...] = get_args(RestFault)
KNOWN: frozenset[str] = frozenset({*REST_FAULTS, *get_args(EventFault), "drop_leg"})
_NOTHING: Mapping[Fault, float] = {}


class Faults:
    """The same seed and the same order of chances give the same faults.

    `rates` are probabilities, 0 to 1: of a REST request 429 (nothing was done), 500_before (nothing was
    done), 500_after and lost_reply (it was done, and the client does not learn it), slow (`slow_s` real
    seconds late); of an event duplicate, delay (up to `delay_s` seconds of the network's time, so that
    events overtake one another) and lose; of an answered leg drop_leg.
    Raises ValueError for a fault or a rate that there is not.
    """

    def __init__(
        self,
        seed: int = 0,
        rates: Mapping[Fault, float] = _NOTHING,
        *,
        slow_s: float = 4,
        delay_s: float = 20,
    ) -> None:
        for kind, rate in rates.items():
            _check(kind)
            if not 0 <= rate <= 1:
                raise ValueError(f"the rate of {kind} is a probability from 0 to 1, not {rate}")
        self.rates = dict(rates)
        self.slow_s, self.delay_s = slow_s, delay_s
        self._seed = seed
        self._chances: dict[str, Random] = {}
        self._ordered: Counter[str] = Counter()

    def next(self, kind: Fault, times: int = 1) -> None:
        """The next `times` chances of this fault happen, whatever its rate."""
        _check(kind)
        self._ordered[kind] += times

    def happens(self, kind: Fault) -> bool:
        """One chance of a fault."""
        if self._ordered[kind]:
            self._ordered[kind] -= 1
            return True
        rate = self.rates.get(kind, 0.0)
        return rate > 0 and self.chance(kind).random() < rate

    def rest(self) -> RestFault | None:
        """What happens to one REST request; at most one fault."""
        return next((kind for kind in REST_FAULTS if self.happens(kind)), None)

    def chance(self, kind: str) -> Random:
        """The seeded numbers of one kind of chance, apart from the others'."""
        return self._chances.setdefault(kind, Random(f"{self._seed}:{kind}"))


def _check(kind: str) -> None:
    if kind not in KNOWN:
        raise ValueError(f"there is no fault {kind}; there are {', '.join(sorted(KNOWN))}")
