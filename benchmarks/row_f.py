"""Row F: offers, each with its state, effect and events: few waiting and many, with the same agents."""

import time
from dataclasses import dataclass, field
from functools import partial

from benchmarks.chaos.floor_site import a_floor
from benchmarks.product import Product
from benchmarks.report import Figure
from benchmarks.rounds import Spread, ratios, spread
from benchmarks.sizes import Sizes
from config.schema import Queue, RoutingConfig, Skill
from routing.rules.agent_states import AgentState
from tests.routing.crowded_floor import LiveFloor, packaged

PER_SECOND, RATIO, P99_MS = 500, 1.5, 5.0
QUEUES, LANGUAGES = 25, ("en", "es")  # 50 skill sets
SKILLS_EACH = 3
FEW = QUEUES * len(LANGUAGES)
WARM_UP = 20


@dataclass
class Crowd:
    """A floor where somebody waits in every skill set, and no agent is free."""

    live: LiveFloor
    agents: list[str]
    took_ms: list[float] = field(default_factory=list)
    ping_ms: list[float] = field(default_factory=list)

    def ping(self) -> None:
        """What a trip takes now, with nothing to do at its end."""
        began = time.perf_counter()
        self.live.floor.store.client.ping()
        self.ping_ms.append((time.perf_counter() - began) * 1000)

    def commands(self) -> float:
        """How many commands an offer and its end run inside Redis."""
        before = self._commands()
        for number in range(WARM_UP):
            self.offer(number)
        return (self._commands() - before - 1) / WARM_UP

    def _commands(self) -> int:
        told = self.live.floor.store.client.info("commandstats")
        return sum(int(one["calls"]) for one in told.values())

    def offer(self, number: int) -> float:
        """Milliseconds until an agent who comes free is offered the first caller; all is then as before."""
        name = self.agents[number % len(self.agents)]
        began = time.perf_counter()
        now = self.live.floor.agents.set_status(name, AgentState.AVAILABLE)
        took_ms = (time.perf_counter() - began) * 1000
        assert now.offer, "nobody was offered"
        self.live.floor.agents.set_status(name, AgentState.BREAK)
        self.live.floor.offers.end(now.offer, "declined", missed=False)
        return took_ms


def measure(product: Product, sizes: Sizes) -> list[Figure]:
    """By a process's own way to Redis, one offer after the other, A B A B."""
    if product.is_control:
        return []
    with a_floor() as few_floor, a_floor() as many_floor:
        few = crowd(LiveFloor(few_floor, many_queues()), FEW, sizes.agents)
        many = crowd(LiveFloor(many_floor, many_queues()), sizes.waiting, sizes.agents)
        for number in range(WARM_UP):
            few.offer(number), many.offer(number)
        for number in range(sizes.offers):
            few.took_ms.append(few.offer(number))
            many.took_ms.append(many.offer(number))
            many.ping()
        commands = few.commands(), many.commands()
        coming = _coming(many, sizes.offers)
    return [*_figures(few, many, coming, sizes), _no_scan(*commands)]


def many_queues() -> RoutingConfig:
    """The packaged config with as many queues as the row wants, each with a skill of its own."""
    config = packaged()
    names = [f"queue{number:02d}" for number in range(QUEUES)]
    return config.model_copy(
        update={
            "queues": config.queues | {name: Queue(skill=name) for name in names},
            "skills": config.skills | {name: Skill(queues=(name,)) for name in names},
        }
    )


def crowd(live: LiveFloor, waiting: int, agents: int) -> Crowd:
    """So many wait, spread over all skill sets; the agents serve a few skills each and are on a break."""
    names = []
    for number in range(agents):
        skills = {
            f"queue{(number * SKILLS_EACH + more) % QUEUES:02d}": 1 + more for more in range(SKILLS_EACH)
        }
        names.append(live.agent(f"agent{number:03d}", skills=skills, is_on_duty=False))
        live.chooses(names[-1], AgentState.BREAK)
    for number in range(waiting):
        live.comes(f"queue{number % QUEUES:02d}", LANGUAGES[number // QUEUES % 2])
    return Crowd(live, names)


def _coming(many: Crowd, count: int) -> list[float]:
    """Milliseconds of a caller's step that makes him wait while an agent is free for him, and rings him."""
    live = many.live
    for key in live.floor.store.client.scan_iter(f"{live.floor.keys.line_up('')}*"):
        live.floor.store.client.delete(key)
    for name in many.agents:
        live.floor.agents.set_status(name, AgentState.AVAILABLE)
    took: list[float] = []
    for number in range(count):
        began = time.perf_counter()
        sid = live.comes(f"queue{number % QUEUES:02d}", LANGUAGES[number // QUEUES % 2])
        took.append((time.perf_counter() - began) * 1000)
        assert live.rung_for(sid), "nobody was rung"
        live.hangs_up(sid)
    return took


def p99(times: list[float]) -> float:
    return sorted(times)[min(int(len(times) * 0.99), len(times) - 1)]


def _no_scan(few: float, many: float) -> Figure:
    return Figure(
        "F",
        "commands inside Redis of an offer and its end",
        f"{many:.0f}",
        f"with {FEW} waiting {few:.0f}",
        "no scan: as many",
        abs(many - few) <= 1,
    )


def _figures(few_waiting: Crowd, many_waiting: Crowd, coming: list[float], sizes: Sizes) -> list[Figure]:
    few, many, ping = few_waiting.took_ms, many_waiting.took_ms, many_waiting.ping_ms
    place = f"{sizes.waiting:,} waiting × {sizes.agents} agents × {FEW} skill sets"
    rate, ratio = 1000 * len(many) / sum(many), ratios(many, few)
    text = partial(Spread.text, digits=2)
    return [
        Figure(
            "F",
            f"offers a second, one after the other, {place} ({sizes.offers} offers)",
            f"{rate:,.0f}",
            f"with {FEW} waiting {1000 * len(few) / sum(few):,.0f}",
            f"≥ {PER_SECOND}",
            rate >= PER_SECOND,
        ),
        Figure(
            "F",
            "an offer: an agent comes free and the first caller is offered to him",
            f"{text(spread(many))} ms",
            f"with {FEW} waiting {text(spread(few))} ms: {text(ratio)} ×",
            f"≤ {RATIO} ×",
            ratio.median <= RATIO,
        ),
        Figure(
            "F",
            "the same, p99",
            f"{p99(many):.2f} ms",
            f"a PING beside each: p99 {p99(ping):.2f} ms",
            f"≤ {P99_MS:.0f} ms",
            p99(many) <= P99_MS,
        ),
        Figure(
            "F",
            f"an offer: a caller comes and the best of {sizes.agents} free agents is rung, p99",
            f"{p99(coming):.2f} ms, median {text(spread(coming))} ms",
            "",
            f"≤ {P99_MS:.0f} ms",
            p99(coming) <= P99_MS,
        ),
    ]
