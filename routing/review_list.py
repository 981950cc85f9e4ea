"""The list that reviewers work through: open reports first, the gravest first, of those the oldest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from config.now import milliseconds
from routing.floor import Floor
from routing.rules.reports import Report
from routing.rules.review import promise_of, severity

_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


class ReportState(StrEnum):
    """Whether a report has its verdict."""

    OPEN = "open"
    DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class Listed:
    """A report as a list shows it. `due_at`: by when it should be decided."""

    report: Report
    state: ReportState
    age_s: int
    due_at: datetime
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the list, and where the next page begins; "" for no next."""

    items: tuple[Listed, ...]
    next: str


class UnknownPlace(ValueError):
    """Not the `next` of a page."""


def listed(floor: Floor, state: ReportState | None, since: datetime | None, after: str, limit: int) -> Page:
    """Those written from `since` on, beyond the page whose `next` is `after`.

    Raises StoreAway, NoConfigError, UnknownPlace.
    """
    place, now = _place_in(after), floor.clock.now(floor.store)
    open_ones = [one for one in floor.reports.open() if since is None or one.at >= since]
    found = (
        []
        if state is ReportState.DECIDED
        else [_listed(floor, one, ReportState.OPEN, now) for one in open_ones]
    )
    if state is not ReportState.OPEN:
        ids = {one.id for one in open_ones}
        written = floor.reports.between(since or _BEGINNING, now + timedelta(seconds=1))
        found += [_listed(floor, one, ReportState.DECIDED, now) for one in written if one.id not in ids]
    left = [one for one in sorted(found, key=_place_of) if _place_of(one) > place]
    return Page(tuple(left[:limit]), _written(left[:limit]) if len(left) > limit else "")


def _listed(floor: Floor, report: Report, state: ReportState, now: datetime) -> Listed:
    due_at = promise_of(report, floor.terms()).due_at
    is_open = state is ReportState.OPEN
    return Listed(report, state, int((now - report.at).total_seconds()), due_at, is_open and now >= due_at)


_Place = tuple[int, int, int, str]


def _place_of(one: Listed) -> _Place:
    """What is decided is not urgent any more: the latest first."""
    is_decided, at = one.state is ReportState.DECIDED, milliseconds(one.report.at)
    if is_decided:
        return 1, 0, -at, one.report.id
    return 0, severity(one.report.statement), at, one.report.id


def _written(items: Sequence[Listed]) -> str:
    return "_".join(map(str, _place_of(items[-1])))


def _place_in(text: str) -> _Place:
    if not text:
        return -1, 0, 0, ""
    try:
        is_decided, rank, at, report_id = text.split("_")
        return int(is_decided), int(rank), int(at), report_id
    except ValueError:
        raise UnknownPlace("none") from None
