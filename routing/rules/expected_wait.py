"""How long a caller at a place will wait, from the pace at which the queue was answered of late."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

# Fewer intervals than this say nothing; more than that are of another hour.
_FEWEST, _MOST = 3, 20
_RECENT = timedelta(hours=2)
# An interval this many times the usual one was a time when nobody waited.
_IDLE_FROM = 4.0


def expected_wait(
    place: int,
    answered: Sequence[datetime],
    now: datetime,
    *,
    busy_since: datetime | None = None,
    free: int = 0,
    at_most_s: float,
) -> float | None:
    """Seconds until the caller at `place` (1 is next) is answered; None: say nothing.

    `answered`: when callers of the queue were answered, the latest first; `busy_since`: when the one who
    waits longest began; `free`: agents who could take a call at once; `at_most_s`: the longest wait that
    the queue has.

    (place - free) x pace, where the pace is the mean time between answers *while somebody waited*:
    - Since `busy_since` somebody waited all the time, so with three answers or more since then the pace is
      that time, up to now, by their number. It follows at once when agents come or go.
    - Else it is the mean of the last 20 intervals of the last two hours, none counted as more than four times
      the median one, because in a longer one most likely nobody waited (one in sixteen if calls end at
      random). The time since the last answer counts too where somebody waited all through it and it is
      longer than that mean: nobody is answering.
    """
    ahead = place - free
    if ahead <= 0:
        return 0.0
    recent = [moment for moment in answered[: _MOST + 1] if timedelta(0) <= now - moment <= _RECENT]
    pace = _pace_while_busy(recent, now, busy_since) or _usual_pace(recent, now, busy_since)
    return None if pace is None else min(ahead * pace, at_most_s)


def _pace_while_busy(recent: Sequence[datetime], now: datetime, busy_since: datetime | None) -> float | None:
    if busy_since is None:
        return None
    count = sum(moment > busy_since for moment in recent)
    if count < _FEWEST:
        return None
    if count > _MOST:
        # There were more than were kept: the time between those that were.
        return (now - recent[-1]).total_seconds() / (count - 1)
    return (now - max(busy_since, now - _RECENT)).total_seconds() / count


def _usual_pace(recent: Sequence[datetime], now: datetime, busy_since: datetime | None) -> float | None:
    gaps = [(later - earlier).total_seconds() for later, earlier in pairwise(recent)]
    if len(gaps) < _FEWEST:
        return None
    longest = _IDLE_FROM * median(gaps)
    pace = sum(min(gap, longest) for gap in gaps) / len(gaps)
    since_last = (now - recent[0]).total_seconds()
    if busy_since is not None and busy_since <= recent[0] and since_last > pace:
        pace = (pace * len(gaps) + since_last) / len(gaps)
    return pace or None
