"""What operators and their tools ask: alive, ready, metrics."""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest, multiprocess
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from callbacks.escalations import COUNT as ESCALATED
from callbacks.ledger import Ledger
from callbacks.quarantine import COUNT as QUARANTINED
from config.connections import StoreAway, volatile_because
from config.versions import NoConfigError
from ivr.voice.exchange import exchange
from routing.floor import Floor
from routing.reports import ESCALATED as REPORTS_ESCALATED
from routing.reports import UNFILED
from routing.store.heartbeats import HEARD_WITHIN_S
from routing.wallboard import look

operations = Blueprint("operations", __name__)

_LATE = timedelta(seconds=60)
# What dispatchers and workers count: metric, meaning, label, by the name under which it is counted.
_COUNTED = {
    "effects_dropped": ("calmline_effects_dropped", "Effects not done by their deadline", "verb"),
    ESCALATED: ("calmline_escalations", "Matters of conduct that were left undone", "state"),
    REPORTS_ESCALATED: ("calmline_reports_escalated", "Reports that were not reviewed in time", "state"),
    UNFILED: ("calmline_reports_unfiled", "Times the ledger did not take a report", ""),
    "ledger_waited": ("calmline_ledger_waited", "Times the conduct ledger was tried again later", "what"),
    QUARANTINED: ("calmline_jobs_quarantined", "Jobs that were not ours and not run", ""),
}


@operations.get("/healthz")
def healthz() -> ResponseReturnValue:
    """This process answers; nothing else is asked."""
    return jsonify(ok=True)


@operations.get("/readyz")
def readyz() -> ResponseReturnValue:
    """200 when calls are served with the whole policy; else 503 and the reason by part.

    A worker or a dispatcher that is missing is told and no 503: this process still serves callers, and to
    take it out of service would help nobody.
    """
    floor = exchange().floor
    state = {"redis": _redis(floor), "config": _config(floor)} | _processes(floor)
    ready = state["redis"] == "ok" and floor.configs.current is not None
    return jsonify(state), 200 if ready else 503


def _redis(floor: Floor) -> str:
    try:
        faults = volatile_because(floor.store)
    except StoreAway as away:
        return f"Redis does not answer: {away}"
    return "ok" if floor.store.may_be_volatile else " ".join(faults) or "ok"


def _config(floor: Floor) -> str:
    with suppress(NoConfigError):
        floor.configs.in_force()
    return floor.configs.fault or "ok"


def _processes(floor: Floor) -> dict[str, str]:
    try:
        return {process: why or "ok" for process, why in floor.heartbeats.missing().items()}
    except StoreAway:
        return dict.fromkeys(HEARD_WITHIN_S, "unknown: Redis does not answer")


@operations.get("/metrics")
def metrics() -> ResponseReturnValue:
    """Prometheus' text format: the counters of all web processes, and the queues as Redis has them."""
    from_redis = CollectorRegistry()
    from_redis.register(Queues(exchange().floor))
    from_redis.register(Work(exchange().floor))
    from_redis.register(Promises(exchange().floor, exchange().ledger))
    from_redis.register(Today(exchange().floor))
    counted = generate_latest(_counters()) + generate_latest(from_redis)
    return Response(counted, content_type=CONTENT_TYPE_LATEST)


def _counters() -> CollectorRegistry:
    """Of all web processes together where `calmline serve` started several, else of this one."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    _forget_ended_processes(Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]))
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


def _forget_ended_processes(folder: Path) -> None:
    """What a process that was killed had open is open no more; what it counted stays."""
    for file in folder.glob("gauge_live*_*.db"):
        pid = int(file.stem.rpartition("_")[2])
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]


class Queues(Collector):
    """How many callers wait in each queue, read from Redis when asked."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor

    def collect(self) -> Iterator[GaugeMetricFamily]:
        waiting = GaugeMetricFamily("calmline_queue_waiting", "Callers waiting in a queue", labels=["queue"])
        config = self._floor.configs.current
        try:
            for queue in config.queues if config else ():
                waiting.add_metric([queue], self._floor.calls.waiting_in(queue))
        except StoreAway:
            return
        yield waiting


class Work(Collector):
    """What dispatchers and workers have to do, and what they counted: they have no /metrics of their own."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor

    def collect(self) -> Iterator[Metric]:
        try:
            waiting = self._floor.effects.waiting()
            counts = self._floor.counts()
        except StoreAway:
            return
        yield GaugeMetricFamily("calmline_effects_waiting", "Effects that are not done yet", value=waiting)
        for kind, (metric, meaning, label) in _COUNTED.items():
            yield _counted(metric, meaning, label, kind, counts)


def _counted(
    metric: str, meaning: str, label: str, kind: str, counts: Mapping[str, int]
) -> CounterMetricFamily:
    """`kind` alone, or `kind:WHAT` for each WHAT that was counted."""
    family = CounterMetricFamily(metric, meaning, labels=[label] if label else [])
    if not label:
        family.add_metric([], counts.get(kind, 0))
    for name, count in counts.items():
        if label and name.startswith(f"{kind}:"):
            family.add_metric([name.partition(":")[2]], count)
    return family


class Promises(Collector):
    """The calls that we owe customers, read from the ledger when asked."""

    def __init__(self, floor: Floor, ledger: Ledger) -> None:
        self._floor, self._ledger = floor, ledger

    def collect(self) -> Iterator[Metric]:
        try:
            counts = self._ledger.counts()
            late = self._ledger.due_before(self._floor.clock.now(self._floor.store) - _LATE)
            unconfirmed = len(self._floor.legs.unconfirmed())
        except StoreAway:
            return
        promised = GaugeMetricFamily("calmline_callbacks", "Promised calls in a state", labels=["state"])
        for state, count in counts.items():
            promised.add_metric([state], count)
        yield promised
        yield GaugeMetricFamily("calmline_callbacks_late", "Promised calls a minute past due", value=late)
        yield GaugeMetricFamily(
            "calmline_callbacks_unconfirmed",
            "Calls that may ring or not: the reply was lost",
            value=unconfirmed,
        )


class Today(Collector):
    """Agents as they are now, and the callers of the default line's day so far."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor

    def collect(self) -> Iterator[Metric]:
        try:
            board = look(self._floor)
        except (StoreAway, NoConfigError):
            return
        agents = GaugeMetricFamily("calmline_agents", "Agents in a state", labels=["state"])
        for state, count in board.agents.items():
            agents.add_metric([state], count)
        answered = GaugeMetricFamily("calmline_answered_today", "Callers answered today", labels=["queue"])
        abandoned = GaugeMetricFamily(
            "calmline_abandoned_today", "Callers who hung up while waiting today", labels=["queue"]
        )
        for row in board.queues:
            answered.add_metric([row.queue], row.answered)
            abandoned.add_metric([row.queue], row.abandoned)
        yield from (agents, answered, abandoned)
