"""Which jobs a worker may run: those that we hand over ourselves, to the letter. Whoever can write to Redis
can write jobs, and rq would import and call whatever they name. Pure: no rq, no Redis."""

import json
import re
import zlib
from collections.abc import Container, Mapping

OTHER_SITE = "site"
JOB_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LARGEST = 4_096
# What rq writes for a job of ours, and what it adds while one runs. Anything else that is not empty
# (callbacks, webhooks, retries, repeats, dependencies, rate limits) is not from us.
_OURS = {
    *("created_at", "data", "origin", "description", "enqueued_at", "status", "timeout"),
    *("result_ttl", "failure_ttl", "started_at", "ended_at", "last_heartbeat", "worker_name"),
    *("exc_info", "result", "number_of_retries"),
}
_NUMBERS = {"timeout": 600, "result_ttl": 86_400, "failure_ttl": 31_536_000}


def refusal(fields: Mapping[bytes, bytes], *, site: str, queue: str, jobs: Container[str]) -> str:
    """Why a job with these fields is not run, a word or two; "" for one of ours.

    OTHER_SITE for one that another site, sharing this Redis, handed over in the same form.
    """
    try:
        given = {name.decode(): value for name, value in fields.items() if value}
        return _strange_field(given, queue) or _strange_call(_opened(given["data"]), site, jobs)
    except (KeyError, ValueError, TypeError, RecursionError, zlib.error):
        return "malformed"


def _strange_field(given: Mapping[str, bytes], queue: str) -> str:
    if strange := sorted(given.keys() - _OURS):
        return f"field {strange[0][:40]}"
    if given["origin"] != queue.encode():
        return "queue"
    numbers = {name: int(given.get(name, b"0")) for name in _NUMBERS}
    wrong = [name for name, number in numbers.items() if not 0 <= number <= _NUMBERS[name]]
    return f"field {wrong[0]}" if wrong else ""


def _opened(data: bytes) -> object:
    """The call as rq packed it; ValueError for more than fits, before it is unpacked."""
    unpacking = zlib.decompressobj()
    text = unpacking.decompress(data, _LARGEST)
    if unpacking.unconsumed_tail or not unpacking.eof:
        raise ValueError("more than a job of ours")
    return json.loads(text)


def _strange_call(call: object, site: str, jobs: Container[str]) -> str:
    if not isinstance(call, list) or len(call) != 4:
        return "malformed"
    function, instance, arguments, named = call
    if not isinstance(function, str) or function not in jobs:
        return "function"
    if instance is not None or named != {} or not isinstance(arguments, list) or len(arguments) != 2:
        return "arguments"
    if not all(isinstance(argument, str) and JOB_ID.fullmatch(argument) for argument in arguments):
        return "arguments"
    return "" if arguments[0] == site else OTHER_SITE
