"""What the house tells about itself: log lines without numbers or secrets, and Prometheus metrics."""

import json
import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from functools import cache
from typing import Any, TextIO

import orjson
import structlog
from prometheus_client import Counter, Gauge, Histogram

_DIGITS = r"(?:[0-9][ ().-]{0,2}){5,}(?=[0-9]{2}"
# A run of digits as long as a telephone number: after a plus wherever it stands, else only where it is no
# part of an id (a CallSid holds such runs).
_NUMBER = re.compile(
    rf"(?:\+|%2B){_DIGITS}(?![0-9]))|(?<![0-9A-Za-z]){_DIGITS}(?![0-9A-Za-z]))", re.IGNORECASE
)

FAILED_OPEN = Counter(
    "calmline_failed_open_total",
    "Calls served without the conduct policy, because something failed",
    ["reason"],
)
_DECISIONS = Counter("calmline_decisions_total", "Decisions about calls by the rule that made them", ["rule"])
LIVE_PAGES = Gauge("calmline_live_pages", "Live pages that are open", multiprocess_mode="livesum")
REFUSED = Counter("calmline_webhooks_refused_total", "Webhooks answered 403 or 413", ["reason"])
_ANSWER_TIME = Histogram(
    "calmline_webhook_seconds",
    "Time to answer a webhook",
    ["step"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15),
)

log: structlog.stdlib.BoundLogger = structlog.get_logger()


def configure_logging(level: str, stream: TextIO = sys.stdout) -> None:
    """One JSON object a line; everything that looks like a telephone number is masked."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            mask_numbers,
            structlog.processors.JSONRenderer(serializer=_json),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.WriteLoggerFactory(file=stream),
        cache_logger_on_first_use=True,
    )


def _json(event: object, **_options: object) -> str:
    try:
        return orjson.dumps(event, default=str).decode()
    except TypeError:
        # Halves of letters and keys that are no text: a line must not fail for what it tells of.
        return json.dumps(event, default=str)


def mask_numbers(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: in every text of the event a number keeps its last two digits."""
    for name, value in event.items():
        if name != "timestamp":
            event[name] = _without_numbers(value)
    return event


def _without_numbers(value: object) -> object:
    """Also within lists and mappings; an object becomes the text that it would be written as."""
    match value:
        case str():
            return masked(value)
        case None | bool() | int() | float():
            return value
        case Mapping():
            return {masked(str(name)): _without_numbers(inner) for name, inner in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_without_numbers(inner) for inner in value]
        case _:
            return masked(repr(value))


def masked(text: str) -> str:
    """The text with every telephone number cut down to its last two digits: +12125550142 -> …42."""
    return _NUMBER.sub("…", text)


@cache
def answer_time(step: str) -> Histogram:
    """The time series of one webhook; looking it up costs more than counting."""
    return _ANSWER_TIME.labels(step)


@cache
def decisions(rule: str) -> Counter:
    """The count of one rule's decisions, kept for the same reason."""
    return _DECISIONS.labels(rule)


def failed_open(reason: str, **fields: object) -> None:
    """An alarm: a call is served without the conduct policy (docs/policy.md 32)."""
    FAILED_OPEN.labels(reason).inc()
    log.error("failed_open", reason=reason, **fields)
