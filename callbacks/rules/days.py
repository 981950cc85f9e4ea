"""On which days a promised call is made (docs/policy.md 22)."""

from typing import assert_never

from callbacks.rules.states import Kind
from config.hours import OpenHours
from config.schema import Line
from routing.rules.business_days import LineDays, business_days, open_days


def days_for(kind: Kind, line: Line, hours: OpenHours) -> LineDays:
    """What the company calls about comes on business days; what the customer waits for, on any open day."""
    match kind:
        case Kind.FOLLOW_UP | Kind.CORRECTION:
            return business_days(line, hours)
        case Kind.REQUESTED | Kind.PROMISED:
            return open_days(line, hours)
        case other:
            assert_never(other)
