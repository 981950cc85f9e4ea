"""`calmline callers export|erase`: everything that is kept of a caller, handed out or gone."""

import getpass
import json

import click

from callbacks import erasure
from callbacks.ledger import open_ledger
from config.settings import load_settings
from ivr.cli.caller_export import everything, pages
from ivr.cli.found_callers import a_caller, refusals
from ivr.cli.numbers import config_of, end_of
from routing.floor import open_floor


@click.command()
@click.argument("number")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def export(number: str, as_json: bool) -> None:
    """Everything that is kept of the caller of NUMBER, readable, to hand out."""
    floor, by = open_floor(load_settings()), getpass.getuser()
    with refusals():
        seen = a_caller(floor, number)
        floor.callers.note("export", seen.id, by=by, at=seen.at)
        found = everything(floor, open_ledger(floor), seen)
    click.echo(json.dumps(found) if as_json else "\n".join(pages(found)))


@click.command()
@click.argument("number")
@click.option("--why", required=True, help="Why; kept for ever, so name nobody.")
@click.option("--hold-until", help="Not before the end of this day (2026-12-01), or a time with zone.")
def erase(number: str, why: str, hold_until: str | None) -> None:
    """Erase everything that is kept of the caller of NUMBER; that it was there, and who erased it, stays."""
    floor, by = open_floor(load_settings()), getpass.getuser()
    with refusals():
        seen = a_caller(floor, number)
        if hold_until is not None:
            config = config_of(floor)
            until = end_of(hold_until, config.lines[config.default_line].zone, hint="--hold-until")
            if until <= seen.at:
                raise click.BadParameter(f"{hold_until} is over.", param_hint="--hold-until")
            erasure.hold(floor, seen, until=until, by=by, why=why)
            click.echo(f"{seen.address}: kept until {until:%Y-%m-%d %H:%M} UTC, then erased.")
            return
        gone = erasure.erase(floor, open_ledger(floor), seen, by=by, why=why)
    click.echo(
        f"{seen.address}: erased. {gone.parts} parts of the ledger, {gone.reports} reports,"
        f" {gone.left} messages, wishes and notes. That they were there stays."
    )
