"""Figure 15: the owner hangs up while the customer's telephone rings."""

import random
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.chaos.figure_1 import until_all_is_done
from benchmarks.chaos.promises import OWNER_NUMBERS, Verdict, at_a_rate, hire, promise, verdict
from benchmarks.chaos.site import Site, a_site
from benchmarks.chaos.town import PACIFIC, numbers_in
from ivr.lab.phone import Ringing
from ivr.lab.records import Call

ENDS_WITHIN_S = 2.0
# Some customers answer just when the owner hangs up, others ring on.
ANSWERS_AFTER_S = (0.5, 20.0, 20.0, 20.0)
# Words begin as soon as the document has come; a second without any is silence on the telephone.
SILENCE_S = 1.5


@dataclass
class Deserted:
    """One run. `ended_after_s`: from the owner's hanging up to the end of the customer's ringing."""

    calls: int
    hung_up: int = 0
    ended_after_s: list[float] = field(default_factory=list)
    answered: int = 0
    silent: list[str] = field(default_factory=list)
    verdict: Verdict = field(default_factory=Verdict)

    @property
    def is_passed(self) -> bool:
        late = [one for one in self.ended_after_s if one > ENDS_WITHIN_S]
        return self.hung_up > 0 and not late and not self.silent and not self.verdict.twice


def run(seed: int, calls: int, per_second: float, owners: int = 40) -> Deserted:
    """Every customer has an owner of his own at that moment, who hangs up up to a second into the ringing."""
    found, chance = Deserted(calls), random.Random(seed)
    with (
        tempfile.TemporaryDirectory(prefix="ch", dir="/tmp", ignore_cleanup_errors=True) as folder,
        a_site(Path(folder), calls_per_second=50) as site,
    ):
        names = hire(site, owners, for_each_other=False)
        numbers = numbers_in(PACIFIC, calls)
        owner_of = {number: OWNER_NUMBERS[index % owners] for index, number in enumerate(numbers)}
        gone: dict[str, float] = {}
        site.town.customers(numbers, Ringing("answer", 20), _deserting(owner_of, gone, chance))
        for number in numbers:
            site.lab.phone(number, Ringing("answer", chance.choice(ANSWERS_AFTER_S)))
        with site.running():
            begin = site.now() + timedelta(seconds=2 + calls / 100)
            promises = promise(site, numbers, at_a_rate(begin, calls, per_second), names)
            time.sleep(max((begin - site.now()).total_seconds(), 0))
            until_all_is_done(site, calls / per_second + 90)
            found.verdict = verdict(site, promises)
        _judge(site, gone, found)
    return found


def _deserting(
    owner_of: dict[str, str], gone: dict[str, float], chance: random.Random
) -> Callable[..., None]:
    """The owner hangs up at a random moment of the ringing; a customer who was joined hangs up soon."""
    patience: dict[str, float] = {}

    def habit(network: Any, call: Call) -> None:
        if call.sid not in patience and call.status == "ringing":
            patience[call.sid] = network.now + chance.uniform(0, 1)
        if call.status == "ringing" and call.sid not in gone and network.now >= patience[call.sid]:
            gone[call.sid] = network.now
            network.switchboard.hang_up(network.phones[owner_of[call.to]].legs[-1], "hangs up")
        if call.answered is not None and network.now - call.answered > 3 * SILENCE_S:
            network.switchboard.hang_up(network.legs[call.sid], "hangs up")

    return habit


def _judge(site: Site, gone: dict[str, float], found: Deserted) -> None:
    found.hung_up = len(gone)
    for sid, left_at in gone.items():
        leg = site.lab.network.legs[sid]
        call = leg.call
        ended = call.ended or site.lab.network.now
        if call.answered is None:
            found.ended_after_s.append(ended - left_at)
            continue
        found.answered += 1
        words = [one.at for one in leg.phone.heard if one.verb in ("Say", "Play", "voice")]
        first = min(
            [one - call.answered for one in words if one >= call.answered], default=ended - call.answered
        )
        if first > SILENCE_S:
            found.silent.append(f"{call.to} heard nothing for {first:.1f} s")
    found.ended_after_s.sort()
