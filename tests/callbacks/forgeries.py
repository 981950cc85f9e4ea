"""Jobs that somebody who can write to Redis might leave for our workers. Run, each makes a file."""

import json
import pickle
import random
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from redis import Redis
from rq.job import Job

from callbacks.jobs import SEND_MAIL

Fields = dict[str, Any]


class _Evil:
    """Runs a command when it is unpickled."""

    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self) -> Any:
        import os

        return os.system, (self.command,)


def _job(call: Any, **more: Any) -> Fields:
    data = zlib.compress(json.dumps(call).encode())
    return {
        "created_at": "2026-11-22T10:00:00.000000Z",
        "data": data,
        "origin": "jobs",
        "status": "queued",
        "timeout": 60,
        "result_ttl": 0,
    } | more


def _genuine() -> list[Any]:
    return [SEND_MAIL, None, ["main", "m-of-nobody"], {}]


def kinds(mark: Path, webhook: str) -> list[Callable[[random.Random], Fields]]:
    """Each makes the fields of one forged job."""
    command = f"touch {mark}"
    evil = pickle.dumps(_Evil(command))
    hook = json.dumps([{"url": webhook, "job_status": status} for status in ("finished", "failed")])
    callbacks = ("success_callback_name", "failure_callback_name", "stopped_callback_name")
    return [
        lambda chance: _job([], data=evil),
        lambda chance: _job([], data=zlib.compress(evil)),
        lambda chance: _job(["os.system", None, [command], {}]),
        lambda chance: _job(["subprocess.call", None, [["touch", str(mark)]], {}]),
        lambda chance: _job(["pathlib.Path.touch", None, [str(mark)], {}]),
        lambda chance: _job([SEND_MAIL, None, ["main", command], {}]),
        lambda chance: _job([SEND_MAIL, {"py/object": "os"}, ["main", "m1"], {}]),
        lambda chance: _job(_genuine(), **{chance.choice(callbacks): "os.system"}),
        lambda chance: _job(_genuine(), webhooks=hook),
        lambda chance: _job(_genuine(), meta=evil, result=evil),
        lambda chance: _job(_genuine(), repeats_left=5, repeat_intervals="[0]"),
        lambda chance: _job(_genuine(), retries_left=5, retry_intervals="[0]"),
        lambda chance: _job(_genuine(), rate_limit_key="a", rate_limit_concurrency=1),
        lambda chance: _job(_genuine(), created_at="yesterday"),
        lambda chance: _job(_genuine(), status="odd", enqueued_at=b"\xff"),
        lambda chance: _job(_genuine(), timeout="never", data=chance.randbytes(30)),
        lambda chance: _job([], data=zlib.compress(b"[" * 100_000)),
        lambda chance: {chance.randbytes(4): chance.randbytes(8)},
    ]


def forge(redis: "Redis", mark: Path, webhook: str, count: int) -> int:
    """Leave `count` forged jobs in the queue and where rq tidies up; how many the queue got."""
    chance = random.Random(10)
    makers = kinds(mark, webhook)
    for n in range(count):
        job_id = f"forged-{n}"
        redis.hset(Job.key_for(job_id), mapping=makers[n % len(makers)](chance))
        redis.rpush("rq:queue:jobs", job_id)
    redis.set("rq:job:no-hash", "text")
    strange: list[str | bytes] = ["no-hash", b"\xff\xfe\x00", "../../etc", "+14155550142", ""]
    redis.rpush("rq:queue:jobs", *strange)
    _where_rq_tidies_up(redis)
    return count + len(strange)


def _where_rq_tidies_up(redis: "Redis") -> None:
    """Abandoned jobs with a failure callback are called by rq's own maintenance."""
    for n, callback in enumerate(["os.system", "callbacks.jobs.send_mail", "", "no.such"]):
        abandoned = _job(_genuine(), status="started", failure_callback_name=callback, retries_left=1)
        redis.hset(Job.key_for(f"abandoned-{n}"), mapping=abandoned)
        for registry in ("wip", "finished", "failed", "deferred", "ready", "scheduled", "canceled"):
            redis.zadd(f"rq:{registry}:jobs", {f"abandoned-{n}:x": 1, f"abandoned-{n}": 1})
    redis.rpush("rq:queue:jobs:intermediate", "abandoned-0")
