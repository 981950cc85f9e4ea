"""Row B: 100 calls a second on one worker beside 200 live pages, to which every call is told."""

import itertools
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.request import urlopen

from benchmarks.known_callers import first_numbers
from benchmarks.load import LoadError
from benchmarks.paced_calls import paced
from benchmarks.processor_time import ProcessTree
from benchmarks.product import SITE, Product
from benchmarks.report import Figure
from benchmarks.rounds import spread
from benchmarks.servers import ROOT, Server
from benchmarks.signed_calls import ACCOUNT_SID, AUTH_TOKEN
from benchmarks.sizes import Sizes
from config.settings import load_settings
from routing.floor import Floor, open_floor
from routing.rules.people import Person, Role

CALLS_PER_SECOND = 100
P99_MS = 25
# Of twenty pages so many are agents' and supervisors'; the last one is of operations.
AGENTS, SUPERVISORS = 16, 3


def measure(product: Product, sizes: Sizes) -> list[Figure]:
    """In turn with the pages open and with none, on the same worker."""
    if product.is_control:
        return []
    numbers = first_numbers(sizes.callers)
    beside, alone = [], []
    with product.running() as server:
        floor = _floor(server)
        keys = [_hired(floor, number) for number in range(sizes.pages)]
        told = _Told(floor, keys)
        paced(server, numbers, rate=CALLS_PER_SECOND, seconds=2)
        for _ in range(sizes.paced_rounds):
            with open_pages(server, keys) as pages:
                beside.append(_round(server, numbers, sizes, told.of_a_call))
            _until_closed(server, told)
            alone.append(_round(server, numbers, sizes, lambda: None))
    return list(_figures(beside, alone, events=sum(pages), sizes=sizes))


@dataclass(frozen=True)
class Round:
    """Waits in ms, and the server's share of one processor."""

    p50_ms: float
    p99_ms: float
    processor: float


def _round(server: Server, numbers: Sequence[str], sizes: Sizes, after_each: Callable[[], None]) -> Round:
    tree = ProcessTree(server.process.pid, without=server.valkey_pid())
    before = tree.seconds()
    waits = paced(server, numbers, rate=CALLS_PER_SECOND, seconds=sizes.paced_s, after_each=after_each)
    used = (tree.seconds() - before) / sizes.paced_s
    return Round(_share(waits, 0.5), _share(waits, 0.99), used)


def _until_closed(server: Server, told: "_Told") -> None:
    """The server finds out that nobody reads a page when it has something to write."""
    give_up_at = time.monotonic() + 30
    while b"calmline_live_pages 0.0" not in urlopen(f"http://127.0.0.1:{server.port}/metrics").read():
        if time.monotonic() > give_up_at:
            raise LoadError("the pages do not close")
        told.of_a_call()
        time.sleep(0.3)


class _Told:
    """What one call makes the floor tell its pages: its own state, its queue, somebody's status."""

    def __init__(self, floor: Floor, keys: list[str]) -> None:
        self._floor, self._people = floor, itertools.cycle(range(len(keys)))

    def of_a_call(self) -> None:
        agent = _name(next(self._people))
        self._floor.events.add(
            "call", {"call": "CA" + "0" * 32, "state": "talking", "queue": "general", "agent": agent}
        )
        self._floor.events.add("queue", {"queue": "general", "waiting": 7})
        self._floor.events.add(
            "agent", {"id": agent, "status": "on_call", "reason": "", "since_ms": 1795398900000}
        )


def _floor(server: Server) -> Floor:
    settings = load_settings(
        twilio_account_sid=ACCOUNT_SID,
        twilio_auth_token=AUTH_TOKEN,
        calmline_data=server.folder / "var",
        calmline_site=SITE,
        calmline_config=ROOT / "config" / "support-line.yaml",
    )
    return open_floor(settings)


def _name(number: int) -> str:
    return f"person{number}"


def _hired(floor: Floor, number: int) -> str:
    place = number % 20
    role = Role.AGENT if place < AGENTS else Role.SUPERVISOR if place < AGENTS + SUPERVISORS else Role.OPS
    person = Person(_name(number), role, datetime.now(UTC), phone=f"+1415555{number:04d}")
    return floor.people.add(person, with_api_key=True, by="benchmarks")


@contextmanager
def open_pages(server: Server, keys: list[str]) -> Iterator[list[int]]:
    """Open meanwhile; the list has the number of events they got, at the end."""
    command = [sys.executable, "-m", "benchmarks.open_pages", str(server.port)]
    got: list[int] = []
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as pages:
        assert pages.stdin
        assert pages.stdout
        try:
            pages.stdin.write("\n".join([*keys, "", ""]))
            pages.stdin.flush()
            if pages.stdout.readline().strip() != "open":
                raise LoadError(f"the pages did not open: {server.log_tail()}")
            yield got
            pages.stdin.close()
            got.append(int(pages.stdout.readline()))
        finally:
            pages.kill()


def _figures(beside: list[Round], alone: list[Round], *, events: int, sizes: Sizes) -> Iterator[Figure]:
    p99 = spread([one.p99_ms for one in beside])
    yield Figure(
        "B",
        f"wait of a call at {CALLS_PER_SECOND} a second on one worker beside {sizes.pages} live pages, p99 "
        f"({sizes.paced_rounds} × {sizes.paced_s:.0f} s)",
        f"{p99.text(1)} ms",
        f"no pages {spread([one.p99_ms for one in alone]).text(1)} ms",
        f"≤ {P99_MS} ms",
        p99.median <= P99_MS,
    )
    yield Figure(
        "B",
        "the same, p50",
        f"{spread([one.p50_ms for one in beside]).text(1)} ms",
        f"no pages {spread([one.p50_ms for one in alone]).text(1)} ms; "
        f"a round told the pages {events:,} events",
    )
    yield Figure(
        "B",
        "the server's share of one processor meanwhile",
        f"{spread([one.processor for one in beside]).text(2)}",
        f"no pages {spread([one.processor for one in alone]).text(2)}",
    )


def _share(waits: list[float], share: float) -> float:
    return waits[min(int(len(waits) * share), len(waits) - 1)]
