"""What follows when a report was written: it goes into the ledger, and reviewers hear of it."""

from routing import filing
from routing.floor import Floor


def look(floor: Floor, report_id: str) -> None:
    """A deadline of a report has come; safe to repeat. Raises what `filing.file` raises."""
    report = floor.reports.find(report_id)
    if report is not None:
        filing.file(floor, report)
