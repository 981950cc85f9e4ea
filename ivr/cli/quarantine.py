"""`calmline quarantine`: jobs that no worker ran, because they were not ours."""

import json
from dataclasses import asdict

import click

from callbacks.quarantine import quarantined
from config.settings import load_settings
from routing.floor import open_floor


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def quarantine(as_json: bool) -> None:
    """Jobs that somebody left in Redis and no worker ran, newest first."""
    found = quarantined(open_floor(load_settings()))
    if as_json:
        items = [asdict(one) | {"at": one.at.isoformat()} for one in found]
        click.echo(json.dumps({"items": items, "next": None}))
        return
    for one in found:
        click.echo(f"{one.at:%Y-%m-%d %H:%M} UTC  {one.job}  {one.reason}")
    if not found:
        click.echo("No job was put away.")
