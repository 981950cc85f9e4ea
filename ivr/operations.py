"""What operators and their tools ask: alive, ready, metrics."""

import os
from collections.abc import Iterator
from contextlib import suppress

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from config.connections import StoreAway, volatile_because
from config.versions import NoConfigError
from ivr.voice.exchange import exchange
from routing.floor import Floor

operations = Blueprint("operations", __name__)


@operations.get("/healthz")
def healthz() -> ResponseReturnValue:
    """This process answers; nothing else is asked."""
    return jsonify(ok=True)


@operations.get("/readyz")
def readyz() -> ResponseReturnValue:
    """200 when calls are served with the whole policy; else 503 and the reason by part."""
    floor = exchange().floor
    state = {"redis": _redis(floor), "config": _config(floor)}
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


@operations.get("/metrics")
def metrics() -> ResponseReturnValue:
    """Prometheus' text format: the counters of all web processes, and the queues as Redis has them."""
    queues = CollectorRegistry()
    queues.register(Queues(exchange().floor))
    return Response(generate_latest(_counters()) + generate_latest(queues), content_type=CONTENT_TYPE_LATEST)


def _counters() -> CollectorRegistry:
    """Of all web processes together where `calmline serve` started several, else of this one."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


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
