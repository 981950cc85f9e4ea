"""Lengths of time as people type them: 2h, 90m, 45s, 1d, 1h30m."""

import re
from datetime import timedelta

# Eight digits a part: more days than a timedelta holds cannot come out.
_FORM = re.compile(
    r"(?=.)(?:(?P<days>[0-9]{1,8})d)?(?:(?P<hours>[0-9]{1,8})h)?"
    r"(?:(?P<minutes>[0-9]{1,8})m)?(?:(?P<seconds>[0-9]{1,8})s)?"
)


def read_duration(text: str) -> timedelta | None:
    """Days, hours, minutes and seconds in this order, each at most once; None for anything else."""
    found = _FORM.fullmatch(text)
    if found is None:
        return None
    return timedelta(**{unit: int(count) for unit, count in found.groupdict("0").items()})
