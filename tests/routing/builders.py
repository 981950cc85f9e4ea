"""Builders for tests of the rules: a table's row names what is special about a caller or a config."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

from config.load import load_config
from config.schema import Line, RoutingConfig
from config.settings import PACKAGED_CONFIG
from routing.rules.caller import Caller, Override, Standing, Treatment, recognise
from routing.rules.decisions import Decision
from routing.rules.phone_numbers import read_number

# 23 and 22 November 2026, noon in New York: the default config's line `office` is open on the Monday only.
MONDAY_NOON = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
SUNDAY_NOON = MONDAY_NOON - timedelta(days=1)


def a_caller(
    treatment: str = "normal",
    *,
    number: str = "+14155550142",
    withheld: bool = False,
    placeholder: bool = False,
    not_a_number: bool = False,
    shared: bool = False,
    spoofed: bool = False,
    lapsed: bool = False,
    protected: bool = False,
    unreadable: bool = False,
    override: str = "",
    override_ends: datetime = MONDAY_NOON + timedelta(days=1),
    offences: Sequence[str] = (),
    owner: str = "",
    at: datetime = MONDAY_NOON,
) -> Caller:
    """A caller as `recognise` makes one; `owner` owes them a callback."""
    shown = "anonymous" if withheld else "unknown" if placeholder else "911" if not_a_number else number
    standing = Standing(
        treatment=Treatment(treatment),
        override=Override(Treatment(override), override_ends, "a test", "ops") if override else None,
        offences=tuple(offences),
        is_protected=protected,
        is_shared=shared,
        last_contact=at - timedelta(days=91 if lapsed else 1),
        callback_owner=owner,
    )
    caller = recognise(
        read_number(shown, "US"),
        standing,
        verification="TN-Validation-Failed-C" if spoofed else "TN-Validation-Passed-A",
        at=at,
        link_days=90,
    )
    return replace(caller, is_readable=not unreadable)


def a_config(*, closed_allowed: bool = True, slow_calls: int | None = 5) -> RoutingConfig:
    """The default config with the differences named; `slow_calls`: how many the slow queue takes."""
    config = _packaged()
    conduct = config.conduct.model_copy(update={"closed_allowed": closed_allowed})
    slow = config.queues["slow"].model_copy(update={"max_calls": slow_calls})
    return config.model_copy(update={"conduct": conduct, "queues": config.queues | {"slow": slow}})


def a_line(name: str = "support") -> Line:
    """`support` is always open, `office` on weekdays from nine to five."""
    return _packaged().lines[name]


def told(decision: Decision) -> str:
    """A decision and its rule in a line: "enqueue slow, by slow_queue"."""
    return f"{decision.do} {decision.name}, by {decision.because.rule}"


@cache
def _packaged() -> RoutingConfig:
    return load_config(PACKAGED_CONFIG)
