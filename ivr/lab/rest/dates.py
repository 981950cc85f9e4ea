"""Twilio's dates: RFC 2822 in answers, ISO 8601 in filters."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from ivr.lab.rest.errors import invalid
from ivr.lab.rest.form import Form

_SHAPES = {"%Y-%m-%d": timedelta(days=1), "%Y-%m-%dT%H:%M:%SZ": timedelta(seconds=1)}


def rfc2822(moment: float | None) -> str | None:
    """Seconds since 1970 as "Tue, 31 Aug 2010 20:36:28 +0000"."""
    return None if moment is None else format_datetime(datetime.fromtimestamp(moment, UTC))


def date_names(name: str) -> tuple[str, str, str]:
    """The parameters of one date: on it, `<=` and `>=` it (the sign's first half is part of the name)."""
    return name, f"{name}<", f"{name}>"


def date_filter(form: Form, name: str) -> Callable[[float | None], bool]:
    """Whether a moment passes the filters of this name; without a moment it passes only where there is none.

    Source: https://www.twilio.com/docs/voice/api/call-resource#read-multiple-call-resources
    """
    on, before, since = (_period(form, each) for each in date_names(name))

    def passes(moment: float | None) -> bool:
        if moment is None:
            return not (on or before or since)
        second = float(int(moment))
        return (
            (on is None or on[0] <= second < on[1])
            and (before is None or second <= before[0])
            and (since is None or second >= since[0])
        )

    return passes


def _period(form: Form, name: str) -> tuple[float, float] | None:
    """The first second of a date or moment, and the first one after it."""
    if name not in form:
        return None
    value = form.text(name)
    for shape, length in _SHAPES.items():
        try:
            start = datetime.strptime(value, shape).replace(tzinfo=UTC)
        except ValueError:
            continue
        return start.timestamp(), (start + length).timestamp()
    raise invalid(name, value)
