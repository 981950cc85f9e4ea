"""A promised call as text and back. Fields that were added later come back with their defaults."""

from collections.abc import Iterator
from datetime import datetime

import orjson
from pydantic import TypeAdapter

from callbacks.records import Callback
from callbacks.rules.clocks import instant

_CALLBACK = TypeAdapter(Callback)


def as_text(callback: Callback) -> str:
    """JSON. Raises ValueError for a moment without a zone."""
    for moment in _moments(callback):
        instant(moment)
    return orjson.dumps(callback).decode()


def from_text(text: str) -> Callback:
    """What `as_text` was given. Raises ValueError for anything else."""
    return _CALLBACK.validate_json(text)


def _moments(callback: Callback) -> Iterator[datetime]:
    yield callback.booked_at
    if callback.due_at:
        yield callback.due_at
    if callback.outcome:
        yield callback.outcome.at
    for attempt in callback.attempts:
        yield attempt.began
        if attempt.posted:
            yield attempt.posted
