"""Figure 5: Redis is away, or hangs, while callers wait; then one agent serves them in their order."""

import signal
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.chaos.hall import AgentsPhone, CallersPhone
from benchmarks.chaos.site import Site, a_site
from ivr.lab.phone import Ringing
from routing import shifts
from routing.rules.agent_states import AgentState
from routing.rules.people import Person, Role
from tests.twilio import LINE

ANSWERED_WITHIN_MS = 2000.0
# A caller asks every 20 s or so: all have asked again by then.
_ROUND_S = 25.0
_SERVED, _AGENT = 4, "+16465560000"


@dataclass(frozen=True)
class Fault:
    """Redis is stopped and started again, or hangs, for so many seconds."""

    seconds: float
    hangs: bool = False

    def __str__(self) -> str:
        return f"{'hung' if self.hangs else 'away'} {self.seconds:g} s"


FULL = (Fault(1), Fault(5), Fault(20), Fault(60), Fault(30, hangs=True))


@dataclass
class Away:
    """One run. `dropped`: calls that ended though nobody hung up; `out_of_order`: places that changed, in the
    queue after the fault, or among those whom an agent served then."""

    callers: int
    faults: Sequence[Fault]
    answers: int = 0
    not_valid: list[str] = field(default_factory=list)
    p99_ms: float = 0.0
    slowest_ms: float = 0.0
    dropped: int = 0
    out_of_order: int = 0
    served: int = 0

    @property
    def is_passed(self) -> bool:
        sound = not self.not_valid and not self.dropped and not self.out_of_order
        return sound and self.served > 0 and self.p99_ms <= ANSWERED_WITHIN_MS


def run(callers: int, faults: Sequence[Fault]) -> Away:
    """All wait in the normal queue; the faults come one after the other."""
    found = Away(callers, faults)
    with (
        tempfile.TemporaryDirectory(prefix="ch", dir="/tmp", ignore_cleanup_errors=True) as folder,
        a_site(Path(folder), calls_per_second=20, wrap_up_s=1) as site,
        site.running(),
    ):
        phones = _callers(site, callers)
        order = _queue(site)
        for fault in faults:
            with _faulty(site, fault):
                time.sleep(fault.seconds)
            time.sleep(_ROUND_S)
            now = _queue(site)
            found.out_of_order += sum(one != other for one, other in zip(order, now, strict=False))
            found.out_of_order += abs(len(order) - len(now))
        found.dropped = sum(phone.legs[-1].call.is_over for phone in phones)
        found.out_of_order += _serve(site, phones, order, found)
        _judge(site, found)
    return found


def _callers(site: Site, count: int) -> list[CallersPhone]:
    phones = []
    for index in range(count):
        phone = CallersPhone(f"+1415556{index:04d}", talks_s=0.5)
        phones.append(phone)
        with site.lab.exchange as network:
            network.phones[phone.number] = phone
            network.switchboard.dial_in(phone, LINE)
        time.sleep(0.04)
    until = time.monotonic() + 30 + count / 20
    while len(_queue(site)) < count and time.monotonic() < until:
        time.sleep(0.2)
    return phones


def _queue(site: Site) -> list[str]:
    found: list[str] = site.floor.store.client.zrange(site.floor.keys.queue("general"), 0, -1)
    return found


@contextmanager
def _faulty(site: Site, fault: Fault) -> Iterator[None]:
    if fault.hangs:
        site.valkey.send(signal.SIGSTOP)
        yield
        site.valkey.send(signal.SIGCONT)
    else:
        site.valkey.send(signal.SIGTERM)
        yield
        site.valkey.start()


def _serve(site: Site, phones: list[CallersPhone], order: list[str], found: Away) -> int:
    """An agent comes: how many of the first callers he met in another order than theirs."""
    person = Person("ana", Role.AGENT, site.now(), phone=_AGENT, skills={"general": 1})
    site.floor.people.add(person, by="chaos")
    with site.lab.exchange as network:
        network.phones[_AGENT] = AgentsPhone(_AGENT, Ringing("answer", 0.2))
    shifts.choose(site.floor, person, AgentState.AVAILABLE)
    wanted, until = min(_SERVED, len(phones)), time.monotonic() + 10 * _SERVED
    while sum(bool(phone.joined) for phone in phones) < wanted and time.monotonic() < until:
        time.sleep(0.2)
    met = sorted((phone.joined[0], phone.legs[-1].call.sid) for phone in phones if phone.joined)
    found.served = len(met)
    return sum(sid != order[index] for index, (_, sid) in enumerate(met))


def _judge(site: Site, found: Away) -> None:
    asked = [one for one in site.lab.story.requests if one.path.startswith("/voice/") and one.call_sid]
    found.answers = len(asked)
    found.not_valid = [f"{one.path} {one.status}" for one in asked if one.status not in (200, 204)]
    found.not_valid += [str(alert) for alert in site.lab.story.alerts]
    waits = sorted(one.milliseconds for one in asked)
    found.p99_ms, found.slowest_ms = waits[int(len(waits) * 0.99)], waits[-1]
