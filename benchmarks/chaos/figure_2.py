"""Figure 2: Twilio places calls and does not say so, for one request in five."""

import tempfile
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from benchmarks.chaos.figure_1 import OWNERS, until_all_is_done
from benchmarks.chaos.promises import Verdict, at_a_rate, hire, promise, verdict
from benchmarks.chaos.site import Site, a_site
from benchmarks.chaos.town import PACIFIC, hangs_up_after_a_moment, numbers_in
from ivr.lab.faults import Faults
from ivr.lab.phone import Ringing

RATES = {"500_after": 0.1, "lost_reply": 0.1}
MAY_STAY_UNCONFIRMED = 0.005


@dataclass
class LostReplies:
    """One run: `posts` calls were placed, `lost_replies` of them without Calmline learning it."""

    seed: int
    posts: int
    lost_replies: int
    unseen: int
    verdict: Verdict

    @property
    def is_passed(self) -> bool:
        found = self.verdict
        few = found.unconfirmed <= MAY_STAY_UNCONFIRMED * self.posts
        return not found.lost and not found.twice and few and not self.unseen and self.lost_replies > 0


def run(seed: int, calls: int, per_second: float) -> LostReplies:
    """Each promise is two POSTs: its owner's and its customer's."""
    with (
        tempfile.TemporaryDirectory(prefix="ch", dir="/tmp", ignore_cleanup_errors=True) as folder,
        a_site(Path(folder), calls_per_second=50, faults=Faults(seed, RATES)) as site,
    ):
        owners, numbers = hire(site, OWNERS), numbers_in(PACIFIC, calls)
        site.town.customers(numbers, Ringing("answer", 0.3), hangs_up_after_a_moment)
        with site.running():
            begin = site.now() + timedelta(seconds=2 + calls / 100)
            promises = promise(site, numbers, at_a_rate(begin, calls, per_second), owners)
            time.sleep(max((begin - site.now()).total_seconds(), 0))
            until_all_is_done(site, calls / per_second + 120)
            lost = sum('"event":"call_unconfirmed"' in line for line in site.here.lines())
            posts = len([one for one in site.lab.network.calls.values() if one.direction == "outbound-api"])
            return LostReplies(seed, posts, lost, _unseen(site), verdict(site, promises))


def _unseen(site: Site) -> int:
    """Legs that may or may not ring, and of which no list tells."""
    listed = {leg.id for leg in site.floor.legs.unconfirmed()}
    return sum(leg.is_given_up and leg.id not in listed for leg in site.floor.legs.without_call())
