"""A worker: takes jobs from the queue and forks a process for each. It runs only what admission.py lets in.

Forks, not rq's SpawnWorker: that one writes the Redis password into the command line of every job. Python
3.12 warns of forks beside threads; ours are rq's listener and the embedded Valkey's watch, which hold no lock
that a job takes.
"""

import logging
import os
import secrets
import signal
import socket
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, ClassVar

from redis import Redis
from redis.exceptions import RedisError, ResponseError
from rq import Queue, Worker
from rq.exceptions import NoSuchJobError
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.utils import now

from callbacks.admission import JOB_ID, OTHER_SITE, refusal
from callbacks.quarantine import put_away
from callbacks.rq_queues import QUEUE
from config.connections import StoreAway
from config.observe import log
from routing.floor import Floor
from routing.store.heartbeats import WORKER

_RESTART_AFTER_S = 1.0


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds. By rq's defaults what a killed worker had is noticed after 810 s, with these after 70."""

    worker_ttl: int = 20
    maintenance: int = 10
    monitoring: int = 5


@dataclass(frozen=True, slots=True)
class Gate:
    """What is let in here, and what becomes of the rest."""

    site: str
    jobs: Mapping[str, Callable[[str, str], None]]
    floor: Floor

    def refusal(self, fields: Mapping[bytes, bytes]) -> str:
        """Why a job is not ours to run; "" when it is."""
        return refusal(fields, site=self.site, queue=QUEUE, jobs=self.jobs)

    def turn_away(self, redis: Redis, job_id: bytes, why: str, fields: Mapping[bytes, bytes]) -> None:
        """Take the job out of rq's sight."""
        if why == OTHER_SITE:
            # Its own site's index hands it over again; sites should not share a queue (docs/operations.md).
            log.warning("job_of_another_site", job=f"job {job_id.decode()}")
        else:
            put_away(self.floor, job_id, why, fields)
        redis.lrem(Queue(QUEUE, connection=redis).intermediate_queue_key, 1, job_id)  # type: ignore[arg-type]
        if JOB_ID.fullmatch(job_id.decode("latin-1")):
            redis.delete(Job.key_for(job_id.decode()))


class GuardedJob(Job):
    """A job that is ours, or does not exist: rq passes over what does not exist, and quits over what raises.

    rq would otherwise import and call whatever the job names, its callbacks also while it tidies up.
    """

    gate: ClassVar[Gate]
    success_callback = failure_callback = stopped_callback = None

    def restore(self, raw_data: Any) -> Any:
        """As rq's, for jobs of ours; raises NoSuchJobError."""
        if why := self.gate.refusal(raw_data):
            raise NoSuchJobError(why)
        try:
            super().restore(raw_data)
        except Exception as wrong:
            raise NoSuchJobError(type(wrong).__name__) from None

    @classmethod
    def fetch_many(
        cls, job_ids: Iterable[str], connection: Redis, serializer: Any = None
    ) -> list[Job | None]:
        """As rq's, None also for what is not ours."""
        found: list[Job | None] = []
        for job_id in job_ids:
            try:
                found.append(cls.fetch(job_id, connection, serializer))
            except NoSuchJobError:
                found.append(None)
        return found

    @property
    def func(self) -> Callable[[str, str], None]:
        """Looked up in our table; nothing is imported."""
        return self.gate.jobs[self.func_name or ""]

    def perform(self) -> Any:
        """As rq's, and told."""
        began = time.monotonic()
        try:
            return super().perform()
        finally:
            took_ms = round((time.monotonic() - began) * 1000)
            log.info("job_ran", job=self.id, name=self.func_name, took_ms=took_ms)


class GuardedQueue(Queue):
    """The queue whose forged jobs are put away before rq looks at them."""

    @classmethod
    def lmove(cls, connection: Redis, queue_key: str, timeout: int | None) -> Any:
        """As rq's, for ids that are ids."""
        while (found := super().lmove(connection, queue_key, timeout)) is not None:
            if JOB_ID.fullmatch(found[1].decode("latin-1")):
                return found
            GuardedJob.gate.turn_away(connection, found[1], "id", {})
        return None

    @classmethod
    def _fetch_dequeued_job(
        cls, connection: Redis, queue_key: str, job_id: str, *more: Any, **classes: Any
    ) -> Any:
        fields, why = _looked_at(connection, job_id)
        if not why:
            return super()._fetch_dequeued_job(connection, queue_key, job_id, *more, **classes)
        GuardedJob.gate.turn_away(connection, job_id.encode(), why, fields)
        return None


def _looked_at(connection: Redis, job_id: str) -> tuple[Mapping[bytes, bytes], str]:
    try:
        fields: dict[bytes, bytes] = connection.hgetall(Job.key_for(job_id))  # type: ignore[assignment]
    except ResponseError:
        return {}, "malformed"
    if not fields:
        return fields, ""  # it does not exist any more: rq passes over it
    if why := GuardedJob.gate.refusal(fields):
        return fields, why
    try:
        GuardedJob(job_id, connection, JSONSerializer).restore(fields)
    except NoSuchJobError:
        return fields, "malformed"
    return fields, ""


class GuardedWorker(Worker):
    """rq's worker: heard of by `/readyz`, and not ended by what it finds in Redis."""

    job_class, queue_class = GuardedJob, GuardedQueue
    max_connection_wait_time = 2.0
    is_asked_to_end = False

    def heartbeat(self, *args: Any, **kwargs: Any) -> None:
        """As rq's: while it waits and while a job runs, every few seconds."""
        super().heartbeat(*args, **kwargs)
        with suppress(StoreAway):
            GuardedJob.gate.floor.heartbeats.beat(WORKER, self.name)

    def run_maintenance_tasks(self) -> None:
        """As rq's; what forged entries of its registries do to it is told, and nothing else."""
        try:
            super().run_maintenance_tasks()  # type: ignore[no-untyped-call]
        except (RedisError, OSError) as away:
            if not isinstance(away, ResponseError):
                raise
            log.warning("maintenance_failed", because=str(away))
        except Exception:
            log.exception("maintenance_failed")
        else:
            return
        # rq's lock would stand for a quarter of an hour, and this would be tried again at once.
        self.last_cleaned_at = now()  # type: ignore[assignment]
        for queue in self.queues:
            queue.release_maintenance_lock()  # type: ignore[no-untyped-call]

    def request_stop(self, signum: Any, frame: Any) -> None:
        """SIGTERM: the job that runs may end."""
        self.is_asked_to_end = True
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]

    def bury(self) -> None:
        """Tell `/readyz` at once."""
        with suppress(StoreAway):
            GuardedJob.gate.floor.heartbeats.end(WORKER, self.name)


def work(gate: Gate, carrier: Redis, pace: Pace | None = None) -> None:
    """Run jobs until SIGTERM or SIGINT; after whatever else ends rq's worker, another one begins."""
    GuardedJob.gate = gate
    _tell_as_we_do()
    while not _worked(gate, carrier, pace or Pace()):
        log.error("worker_begins_again")
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        time.sleep(_RESTART_AFTER_S)


def _worked(gate: Gate, carrier: Redis, pace: Pace) -> bool:
    """True when it was asked to end."""
    try:
        worker = GuardedWorker(
            [QUEUE],
            name=f"{gate.site}.{socket.gethostname()}.{os.getpid()}.{secrets.token_hex(3)}",
            connection=carrier,
            serializer=JSONSerializer,
            worker_ttl=pace.worker_ttl,
            maintenance_interval=pace.maintenance,
            job_monitoring_interval=pace.monitoring,
        )
        log.info("worker_started", name=worker.name)
        worker.work(logging_level="WARNING")
    except RedisError as away:
        log.warning("store_away", loop="worker", because=str(away))
        return False
    worker.bury()
    log.info("worker_ended", name=worker.name, asked=worker.is_asked_to_end)
    return worker.is_asked_to_end


def _tell_as_we_do() -> None:
    library = logging.getLogger("rq")
    library.handlers, library.propagate = [_AsOurs()], False


class _AsOurs(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        log.log(record.levelno, "rq", said=record.getMessage())
