"""Figure 14: everything is due at once after two hours down, while live callers wait for agents."""

import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.chaos.figure_1 import until_all_is_done
from benchmarks.chaos.promises import Promise, Verdict, hire, owners_posts, promise, verdict
from benchmarks.chaos.site import Site, a_site
from benchmarks.chaos.town import EASTERN, PACIFIC, hangs_up_after_a_moment, numbers_in
from callbacks.dispatcher import AT_A_TIME
from callbacks.rules.states import State
from ivr.lab.phone import Ringing
from routing.pacer import Pacer, Priority

# 19:20 in New York: whoever was due there until 21:00 may not be rung two hours later.
EVENING = "2036-11-17T16:20:00-08:00"
DOWN = timedelta(hours=2)
MANY_OWNERS = 40
WINDOW_S = 5


@dataclass
class Flood:
    """One run. `offer_waits_ms`: how long an offer to an agent waited for its turn."""

    calls: int
    per_second: int
    most_in_window: int = 0
    posts: int = 0
    furthest_handed_over: int = 0
    furthest_rung: int = 0
    outside_hours: int = 0
    put_off: int = 0
    offer_waits_ms: list[float] = field(default_factory=list)
    verdict: Verdict = field(default_factory=Verdict)

    @property
    def longest_offer_ms(self) -> float:
        return max(self.offer_waits_ms, default=0.0)

    @property
    def is_passed(self) -> bool:
        return (
            not self.verdict.twice
            and not self.outside_hours
            and self.most_in_window <= self.per_second * WINDOW_S + 2
            and not self.verdict.lost
            and not self.furthest_handed_over
            and self.furthest_rung <= AT_A_TIME
            # Its own interval, that of the call that was just let go, and the trips to Redis.
            and self.longest_offer_ms <= 2 * 1000 / self.per_second + 150
        )


def run(calls: int, per_second: int, owners: int = MANY_OWNERS) -> Flood:
    """A quarter of the customers live where the hour has passed when the site comes back."""
    found = Flood(calls, per_second)
    with (
        tempfile.TemporaryDirectory(prefix="ch", dir="/tmp", ignore_cleanup_errors=True) as folder,
        a_site(Path(folder), calls_per_second=per_second, at=EVENING) as site,
    ):
        names = hire(site, owners)
        eastern, pacific = numbers_in(EASTERN, calls // 4), numbers_in(PACIFIC, calls - calls // 4)
        numbers = [number for four in _fours(eastern, pacific) for number in four]
        first = site.now() + timedelta(seconds=30)
        dues = [first + timedelta(minutes=95) * index / calls for index in range(calls)]
        promises = promise(site, numbers, dues, names)
        site.moves_on(DOWN)
        # Only now: to look at telephones ten times a second for two hours would take the lab some seconds.
        site.town.customers(numbers, Ringing("answer", 0.3), hangs_up_after_a_moment)
        with site.running():
            is_over = threading.Event()
            asking = threading.Thread(target=_offers, args=(site, found, is_over), daemon=True)
            asking.start()
            # Each call that is made is two: its owner's and its customer's.
            until_all_is_done(site, 4 * calls / min(per_second, 8) + 120)
            is_over.set()
            asking.join()
            _judge(site, promises, set(eastern), found)
    return found


def _fours(eastern: Sequence[str], pacific: Sequence[str]) -> list[list[str]]:
    left = list(pacific)
    found = [[one, *[left.pop() for _ in range(3) if left]] for one in eastern]
    return [*found, left]


def _offers(site: Site, found: Flood, is_over: threading.Event) -> None:
    """An offer to an agent every half second, as the live floor will ask: its turn is all we want."""
    pacer, number = Pacer(site.floor), 0
    while not is_over.wait(0.5):
        number, began = number + 1, time.monotonic()
        while wait_ms := pacer.take(f"offer{number}", Priority.AGENT_OFFER):
            time.sleep(wait_ms / 1000)
        found.offer_waits_ms.append((time.monotonic() - began) * 1000)


def _judge(site: Site, promises: Sequence[Promise], eastern: set[str], found: Flood) -> None:
    posts = sorted(one.created for one in site.lab.network.calls.values() if one.direction == "outbound-api")
    found.posts = len(posts)
    found.most_in_window = max(
        sum(at <= other < at + WINDOW_S for other in posts[index : index + 1000])
        for index, at in enumerate(posts)
    )
    found.outside_hours = len(site.town.rang(eastern))
    found.verdict = verdict(site, promises)
    by_id = {one.id: one.due for one in promises}
    handed = dict.fromkeys(found["callback"] for found in site.logged("callback_due"))
    rung = owners_posts(site)
    found.furthest_handed_over = _furthest([by_id[one] for one in handed])
    found.furthest_rung = _furthest([by_id[one] for one in sorted(rung, key=rung.__getitem__)])
    for one in promises:
        callback = site.ledger.find(one.id)
        if callback and callback.state is State.BOOKED and not callback.attempts:
            found.put_off += 1


def _furthest(order: list[datetime]) -> int:
    """How many places the furthest of them is from where its age would have it."""
    rank = {due: place for place, due in enumerate(sorted(order))}
    return max((abs(rank[due] - at) for at, due in enumerate(order)), default=0)
