"""The log: one JSON object a line, no telephone number, no secret; a failed-open call is counted."""

import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from prometheus_client import REGISTRY
from pydantic import SecretStr

from config.observe import configure_logging, failed_open, masked

SID = "CA00000000000000000000004155550142"
Logged = Callable[[], list[dict[str, Any]]]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("+14155550142", "…42"),
        ("14155550142", "…42"),
        ("4155550142", "…42"),
        ("+1 415 555 0142", "…42"),
        ("+1 (415) 555-0142", "…42"),
        ("415.555.0142", "…42"),
        ("+442079460018 called +12125550100", "…18 called …00"),
        ("From=%2B14155550142&To=%2B12125550100", "From=…42&To=…00"),
        ("From=%2b14155550142", "From=…42"),
        ("a%3D%2B14155550142%26b", "a%3D…42%26b"),
        ("number=4155550142;", "number=…42;"),
        ("sip:+14155550142@example.com", "sip:…42@example.com"),
        ("main:standing:+14155550142", "main:standing:…42"),
        ("client:agent_14155550142", "client:agent_…42"),
        ("caller+14155550142x", "caller…42x"),
        ("'+14155550142'", "'…42'"),
        ("é+14155550142é", "é…42é"),
    ],
)
def test_a_telephone_number_keeps_its_last_two_digits(text: str, shown: str) -> None:
    assert masked(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        SID,
        f"/voice/menu?call={SID}&visit=3",
        "AC00000000000000000000000000000001",
        "MZ1234567890abcdef1234567890abcdef",
        "2026-11-23T17:00:00.123456Z",
        "2026-11-23T17:00:00+00:00",
        "17:00:00",
        "took 12.345 s",
        "in 1500 ms",
        "port 8000, 65535 at most",
        "press 1, 2 or 0",
        "step 12 of 345",
        "",
        "no digits at all",
    ],
)
def test_what_is_no_telephone_number_stays(text: str) -> None:
    assert masked(text) == text


@pytest.fixture
def logged() -> Iterator[Logged]:
    """What was logged since, at level INFO."""
    before, stream = structlog.get_config(), io.StringIO()
    configure_logging("INFO", stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    structlog.configure(**before)


def test_a_log_line_is_one_json_object_with_event_level_and_time(logged: Logged) -> None:
    structlog.get_logger().info("decision", call=SID, note="two\nlines", seconds=0.1234567890)
    [line] = logged()
    assert line.pop("timestamp").endswith("Z")
    expected = {"event": "decision", "level": "info", "call": SID, "note": "two\nlines"}
    assert line == {**expected, "seconds": 0.1234567890}


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("+14155550142", "…42"),
        (["+14155550142", 7], ["…42", 7]),
        (("+14155550142",), ["…42"]),
        (
            {"from": "+14155550142", "+14155550142": {"x": "+12125550100"}},
            {"from": "…42", "…42": {"x": "…00"}},
        ),
        (ValueError("no +14155550142"), "ValueError('no …42')"),
        (SecretStr("hush-hush"), "SecretStr('**********')"),
        (b"+14155550142", "b'…42'"),
        (1795453200123, 1795453200123),
        (None, None),
        (True, True),
    ],
    ids=lambda it: type(it).__name__,
)
def test_numbers_are_masked_wherever_they_stand_in_a_line(logged: Logged, value: Any, shown: Any) -> None:
    structlog.get_logger().info("something", value=value)
    assert logged()[0]["value"] == shown


def test_an_exception_is_logged_without_the_number_in_its_text(logged: Logged) -> None:
    try:
        {}["+14155550142"]
    except KeyError:
        structlog.get_logger().exception("failed")
    [line] = logged()
    assert "KeyError: '…42'" in line["exception"]
    assert "4155550142" not in json.dumps(line)


@pytest.mark.parametrize(
    ("level", "heard"),
    [
        ("DEBUG", ["debug", "info", "warning", "error"]),
        ("INFO", ["info", "warning", "error"]),
        ("WARNING", ["warning", "error"]),
        ("ERROR", ["error"]),
    ],
)
def test_the_level_says_what_is_heard(logged: Logged, level: str, heard: list[str]) -> None:
    stream = io.StringIO()
    configure_logging(level, stream)
    for name in ("debug", "info", "warning", "error"):
        getattr(structlog.get_logger(), name)("said")
    assert [json.loads(line)["level"] for line in stream.getvalue().splitlines()] == heard


def test_a_call_served_without_the_policy_is_counted_by_its_reason() -> None:
    counted = {"name": "calmline_failed_open_total", "labels": {"reason": "a_test"}}
    before = REGISTRY.get_sample_value(**counted) or 0
    failed_open("a_test", call=SID)
    assert REGISTRY.get_sample_value(**counted) == before + 1
