"""rq's worker as we set it up, without a process: its pace, jobs of other sites, what it never imports."""

import json
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from redis import Redis
from rq.exceptions import NoSuchJobError

from callbacks import worker as module
from callbacks.jobs import JOBS, SEND_MAIL
from callbacks.quarantine import quarantined
from callbacks.rq_queues import Carrier
from callbacks.worker import Gate, GuardedJob, GuardedQueue, GuardedWorker, Pace
from config.connections import open_carrier
from config.settings import Settings
from routing.floor import Floor


@pytest.fixture
def carrier(settings: Settings) -> Iterator[Redis]:
    redis = open_carrier(settings)
    yield redis
    for key in redis.scan_iter("rq:*"):
        redis.delete(key)


@pytest.fixture
def gate(settings: Settings, floor: Floor, monkeypatch: pytest.MonkeyPatch) -> Gate:
    gate = Gate(settings.calmline_site, JOBS, floor)
    monkeypatch.setattr(GuardedJob, "gate", gate, raising=False)
    return gate


def taken(carrier: Redis) -> Any:
    queue = GuardedQueue("jobs", connection=carrier, serializer="json", job_class=GuardedJob)
    return GuardedQueue.dequeue_any([queue], None, carrier, GuardedJob, "json")


def test_a_killed_worker_is_noticed_in_about_a_minute(
    gate: Gate, carrier: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[tuple[int, ...]] = []

    def work(worker: GuardedWorker, **_how: Any) -> bool:
        found.append((worker.worker_ttl, worker.maintenance_interval, worker.job_monitoring_interval))
        worker.is_asked_to_end = True
        return True

    monkeypatch.setattr(GuardedWorker, "work", work)
    module.work(gate, carrier)
    assert found == [(20, 10, 5)] == [(Pace().worker_ttl, Pace().maintenance, Pace().monitoring)]


def test_what_we_hand_over_is_let_in(gate: Gate, carrier: Redis, settings: Settings) -> None:
    Carrier(settings).hand_over(SEND_MAIL, ["m1"])
    job, _ = taken(carrier)
    assert (job.id, job.func, job.args) == ("m1", JOBS[SEND_MAIL], [gate.site, "m1"])
    assert (job.success_callback, job.failure_callback, job.stopped_callback) == (None, None, None)
    assert taken(carrier) is None


def test_a_job_of_another_site_is_dropped_and_told_but_is_no_alarm(
    gate: Gate,
    carrier: Redis,
    settings: Settings,
    floor: Floor,
    logged: Callable[[], list[dict[str, Any]]],
) -> None:
    Carrier(settings.model_copy(update={"calmline_site": "elsewhere"})).hand_over(SEND_MAIL, ["m1"])
    Carrier(settings).hand_over(SEND_MAIL, ["m2"])
    job, _ = taken(carrier)
    assert job.id == "m2"
    assert [line["job"] for line in logged() if line["event"] == "job_of_another_site"] == ["job m1"]
    assert quarantined(floor) == []
    assert carrier.exists("rq:job:m1") == 0


def test_a_forged_job_does_not_exist_for_rq(gate: Gate, carrier: Redis) -> None:
    data = zlib.compress(json.dumps(["os.system", None, ["true"], {}]).encode())
    carrier.hset("rq:job:evil", mapping={"data": data, "origin": "jobs"})
    with pytest.raises(NoSuchJobError):
        GuardedJob.fetch("evil", connection=carrier, serializer="json")


def test_the_list_of_what_was_put_away_is_short(gate: Gate, carrier: Redis, floor: Floor) -> None:
    gate.turn_away(carrier, b"evil" * 100, "function", {b"data": b"\x80\x05" * 5000})
    [one] = quarantined(floor)
    assert (one.job, one.reason) == (("evil" * 100)[:200], "function")
    assert one.fields["data"].startswith("\\x80\x05")
    assert len(one.fields["data"]) < 1000


def test_what_rq_cannot_tidy_up_ends_no_worker_and_locks_nobody_out(
    gate: Gate, carrier: Redis, logged: Callable[[], list[dict[str, Any]]]
) -> None:
    carrier.rpush("rq:queue:jobs:intermediate", b"\xff\xff")
    worker = GuardedWorker(["jobs"], connection=carrier, serializer="json")
    worker.run_maintenance_tasks()
    assert [line["level"] for line in logged() if line["event"] == "maintenance_failed"] == ["error"]
    assert not worker.should_run_maintenance_tasks
    assert worker.queues[0].acquire_maintenance_lock()
