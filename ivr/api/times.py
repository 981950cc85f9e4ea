"""Times as programs write them: ISO 8601 with a zone."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import BeforeValidator

# Opening hours and holidays are known for years about ours.
_YEARS = range(2000, 2100)


def _moment(text: object) -> datetime:
    try:
        at = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or at.year not in _YEARS:
        raise ValueError("should be a time with its zone, such as 2026-11-23T10:00-05:00")
    return at.astimezone(UTC)


def _in_a_query(text: object) -> object:
    """A plus sign that was not escaped arrives as a blank."""
    return text.replace(" ", "+") if isinstance(text, str) else text


Moment = Annotated[datetime, BeforeValidator(_moment, json_schema_input_type=str)]
MomentInQuery = Annotated[Moment, BeforeValidator(_in_a_query, json_schema_input_type=str)]
