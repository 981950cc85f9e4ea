"""Handing work over to the workers by rq. It only carries: what is owed stands in our own index, which hands
over again what got lost, so a job may come late, twice or never."""

from collections.abc import Iterable

from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer

from config.connections import StoreAway, open_carrier
from config.settings import Settings

QUEUE = "jobs"
# A job is short; one that hangs is ended, and handed over again by whoever owes it.
JOB_S = 60
_KEEP_FAILED_S = 7 * 24 * 3600


class Carrier:
    """The queue `jobs`, as those who hand over see it."""

    def __init__(self, settings: Settings) -> None:
        self._site = settings.calmline_site
        self._queue = Queue(QUEUE, connection=open_carrier(settings), serializer=JSONSerializer)

    def hand_over(self, job: str, ids: Iterable[str]) -> None:
        """One job each, its rq id the id that it is about ([A-Za-z0-9_-]). `job` is a name of jobs.py.

        An id that is on its way already is handed over twice: jobs look at the state first. No retry of
        rq's, which knows nothing of customers who must not be called twice. Raises StoreAway.
        """
        calls = [
            self._queue.prepare_data(
                job,
                args=(self._site, id_),
                timeout=JOB_S,
                result_ttl=0,
                failure_ttl=_KEEP_FAILED_S,
                job_id=id_,
                description=job,
            )
            for id_ in dict.fromkeys(ids)
        ]
        try:
            self._queue.enqueue_many(calls)
        except RedisError as away:
            raise StoreAway(str(away) or type(away).__name__) from away

    def waiting(self) -> int:
        """How many jobs wait or run, of whatever site shares the queue. Raises StoreAway."""
        queue = self._queue
        try:
            with queue.connection.pipeline(transaction=False) as steps:
                steps.llen(queue.key)
                steps.llen(queue.intermediate_queue_key)
                steps.zcard(queue.started_job_registry.key)
                return sum(steps.execute())
        except RedisError as away:
            raise StoreAway(str(away) or type(away).__name__) from away
