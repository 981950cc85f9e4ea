"""Which jobs a worker runs: those we hand over, and nothing else that somebody wrote into Redis."""

import json
import pickle
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbacks.admission import OTHER_SITE, refusal
from callbacks.jobs import JOBS, SEND_MAIL


def a_job(call: Any = None, *, data: bytes | None = None, **fields: bytes) -> dict[bytes, bytes]:
    """The fields of a job of ours, with the differences named."""
    packed = zlib.compress(json.dumps(call or [SEND_MAIL, None, ["main", "m1"], {}]).encode())
    ours = {
        "created_at": b"2026-11-23T10:00:00.000000Z",
        "data": packed if data is None else data,
        "origin": b"jobs",
        "status": b"queued",
        "timeout": b"60",
        "result_ttl": b"0",
        "success_callback_name": b"",
    }
    return {name.encode(): value for name, value in (ours | fields).items()}


def why(fields: dict[bytes, bytes]) -> str:
    return refusal(fields, site="main", queue="jobs", jobs=JOBS)


def test_a_job_of_ours_is_let_in() -> None:
    assert why(a_job()) == ""


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        (a_job(["os.system", None, ["main", "id"], {}]), "function"),
        (a_job(["callbacks.jobs.work_in", None, ["main", "m1"], {}]), "function"),
        (a_job([["callbacks.jobs.send_mail"], None, ["main", "m1"], {}]), "function"),
        (a_job([SEND_MAIL, "instance", ["main", "m1"], {}]), "arguments"),
        (a_job([SEND_MAIL, None, ["main", "m1"], {"site": "x"}]), "arguments"),
        (a_job([SEND_MAIL, None, ["main", "m1", "m2"], {}]), "arguments"),
        (a_job([SEND_MAIL, None, ["main", "+14155550142"], {}]), "arguments"),
        (a_job([SEND_MAIL, None, ["main", 5], {}]), "arguments"),
        (a_job([SEND_MAIL, None, ["other", "m1"], {}]), OTHER_SITE),
        (a_job({"not": "a list"}), "malformed"),
        (a_job(data=pickle.dumps((SEND_MAIL, None, ("main", "m1"), {}))), "malformed"),
        (a_job(data=zlib.compress(pickle.dumps((SEND_MAIL, None, ("main", "m1"), {})))), "malformed"),
        (a_job(data=zlib.compress(b"[" * 4000)), "malformed"),
        (a_job(data=zlib.compress(b" " * 50_000_000)), "malformed"),
        (a_job(data=b""), "malformed"),
        ({b"status": b"queued"}, "malformed"),
        (a_job(origin=b"other"), "queue"),
        (a_job(success_callback_name=b"os.system"), "field success_callback_name"),
        (a_job(failure_callback_name=b"os.system"), "field failure_callback_name"),
        (a_job(stopped_callback_name=b"os.system"), "field stopped_callback_name"),
        (a_job(webhooks=b'[{"url": "http://127.0.0.1/"}]'), "field webhooks"),
        (a_job(retries_left=b"9"), "field retries_left"),
        (a_job(repeats_left=b"9"), "field repeats_left"),
        (a_job(dependency_ids=b'["x"]'), "field dependency_ids"),
        (a_job(rate_limit_key=b"k"), "field rate_limit_key"),
        (a_job(meta=b"{}"), "field meta"),
        (a_job(timeout=b"-1"), "field timeout"),
        (a_job(timeout=b"99999999"), "field timeout"),
        (a_job(timeout=b"one"), "malformed"),
        ({**a_job(), b"\xff\xfe": b"1"}, "malformed"),
    ],
)
def test_whatever_else_is_turned_away(fields: dict[bytes, bytes], reason: str) -> None:
    assert why(fields) == reason


@given(st.dictionaries(st.sampled_from(sorted(a_job())), st.binary(max_size=60), min_size=1))
def test_no_field_however_mangled_raises(changed: dict[bytes, bytes]) -> None:
    assert isinstance(why(a_job() | changed), str)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=5)
    )
)
def test_no_call_but_ours_is_let_in(call: Any) -> None:
    assert why(a_job(call or ["nothing"])) != ""
