"""Telephone numbers and dates as people type them."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import click

from config.schema import RoutingConfig
from config.settings import SettingsError
from config.versions import NoConfigError
from routing.floor import Floor
from routing.rules.phone_numbers import NumberKind, read_number


def config_of(floor: Floor) -> RoutingConfig:
    """The routing config; raises SettingsError with its faults."""
    try:
        return floor.configs.in_force()
    except NoConfigError as missing:
        raise SettingsError(f"The routing config cannot be used:\n{missing}") from None


def a_number(floor: Floor, text: str) -> str:
    """A caller's number in E.164; raises click.BadParameter."""
    config = config_of(floor)
    number = read_number(text, config.lines[config.default_line].region)
    if number.kind is not NumberKind.E164:
        raise click.BadParameter(
            f'"{text}" is no telephone number that can be looked up; write it such as +12125550142.',
            param_hint="NUMBER",
        )
    return number.e164


def a_moment(text: str, *, hint: str) -> datetime:
    """An ISO time with its zone; raises click.BadParameter."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise click.BadParameter(
            f'"{text}" is no time with its zone; write it such as 2026-11-23T10:00-05:00.', param_hint=hint
        )
    return at.astimezone(UTC)


def end_of(text: str, zone: str, *, hint: str) -> datetime:
    """A date (to its end on the clock of `zone`) or a time with zone; raises click.BadParameter."""
    try:
        day = datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a date has no zone
    except ValueError:
        return a_moment(text, hint=hint)
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)
