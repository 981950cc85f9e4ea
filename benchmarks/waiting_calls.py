"""A full waiting room: calls brought in through the front door, and their next documents as raw requests."""

import re
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.known_callers import first_numbers
from benchmarks.load import LoadError, Prepared
from benchmarks.one_call import OneByOne, one_by_one
from benchmarks.product import SITE
from benchmarks.servers import Server
from benchmarks.signed_calls import fields_of, new_call_sid, signature
from benchmarks.valkey import client
from routing.store.keys import Keys

_WAIT_URL = re.compile(r'waitUrl="([^"]+)"')
ANSWER_HOLDS = "Thank you for waiting"


def fill_waiting_room(server: Server, count: int) -> Prepared:
    """That many calls wait for a specialist; returns the request for the next document of each."""
    assert server.valkey_socket is not None
    floor, keys = client(server.valkey_socket), Keys(SITE)
    callers = first_numbers(count)
    for number in callers:
        floor.hset(keys.standing(number), mapping={"treatment": "specialist"})
    path = server.folder / "waiting"
    with one_by_one(server) as line, path.open("wb") as file:
        requests = [_next_document(server, line, number) for number in callers]
        file.writelines(requests)
    return _prepared(path, requests)


def _prepared(path: Path, requests: list[bytes]) -> Prepared:
    lengths = {len(request) for request in requests}
    if len(lengths) != 1:
        raise LoadError(f"the prepared requests differ in length: {sorted(lengths)}")
    return Prepared(path, lengths.pop(), ANSWER_HOLDS, again=True)


def _next_document(server: Server, line: OneByOne, number: str) -> bytes:
    sid = new_call_sid()
    status, body = line.call(number, sid)
    found = _WAIT_URL.search(body)
    if status != 200 or found is None:
        raise LoadError(f"the call was not queued: {status} {body[:300]}")
    url = unescape(found[1])
    fields = fields_of(sid, number) | {
        "CallStatus": "in-progress",
        "QueueSid": "QU" + "0" * 32,
        "QueuePosition": "1",
        "QueueTime": "20",
        "AvgQueueTime": "20",
        "CurrentQueueSize": "1",
        "MaxQueueSize": "1000",
    }
    body = urlencode(fields)
    head = {
        "Host": f"127.0.0.1:{server.port}",
        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
        "Content-Length": str(len(body)),
        "X-Twilio-Signature": signature(url, fields),
    }
    path = url.partition(f":{server.port}")[2]
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items())]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()
