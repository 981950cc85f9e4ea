"""`calmline lab …`: what a site of the lab can do and a real line cannot."""

import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import click

from config.now import NotForward
from ivr.cli.durations import read_duration
from ivr.cli.lab_server import serve
from ivr.cli.lab_site import lab_settings
from ivr.cli.numbers import config_of
from ivr.cli.phone import phone
from routing.floor import open_floor


@click.group()
def lab() -> None:
    """Try a line without Twilio, in a time of your own (CALMLINE_LAB=1)."""


# A step back is ours to refuse: `-2h` is no option, and its h does not ask for help.
@lab.command(context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]})
@click.argument("time")
@click.option("--json", "printed_as_json", is_flag=True, help='The new time as {"now": ISO}.')
def advance(time: str, printed_as_json: bool) -> None:
    """Put the site's clock forward by TIME (2h, 90m, 45s, 1d, 1h30m) or to it (2026-11-23T10:00-08:00).

    A time without its offset is one of the default line's zone. The clock never goes back. No server need
    run; those that do follow at once.
    """
    floor = open_floor(lab_settings("`calmline lab advance` moves the time of a simulated line"))
    config = config_of(floor)
    zone = ZoneInfo(config.lines[config.default_line].zone)
    try:
        now = floor.clock.advance(floor.store, _step(time, zone))
    except NotForward as refused:
        raise click.BadParameter(str(refused), param_hint="TIME") from None
    shown = now.astimezone(zone)
    click.echo(
        json.dumps({"now": now.isoformat()})
        if printed_as_json
        else f"It is {shown.isoformat(timespec='seconds')}, a {shown:%A}, in {zone}."
    )


def _step(text: str, zone: ZoneInfo) -> timedelta | datetime:
    if (duration := read_duration(text)) is not None:
        return duration
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(
            f'"{text}" is neither a length of time such as 2h, 90m, 45s, 1d or 1h30m '
            "nor a time such as 2026-11-23T10:00-08:00.",
            param_hint="TIME",
        ) from None
    if at.tzinfo is None:
        # Not on standard output, where --json is read by programs.
        click.echo(f"{text} has no offset: read as a time in {zone}.", err=True)
        at = at.replace(tzinfo=zone)
    return at


lab.add_command(serve)
lab.add_command(phone)
