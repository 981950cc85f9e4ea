"""`calmline callbacks …`: who waits for a call from us."""

import json

import click

from callbacks.wishes import wishes
from config.settings import load_settings
from routing.floor import open_floor


@click.group()
def callbacks() -> None:
    """Customers who asked to be called back."""


@callbacks.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def list_wishes(as_json: bool) -> None:
    """Callers who asked the menu to be called back, newest first."""
    found = wishes(open_floor(load_settings()))
    if as_json:
        items = [
            {"call": wish.call_sid, "number": wish.number, "line": wish.line, "at": wish.at.isoformat()}
            for wish in found
        ]
        click.echo(json.dumps({"items": items, "next": None}))
        return
    for wish in found:
        click.echo(f"{wish.at:%Y-%m-%d %H:%M} UTC  {wish.number}  line {wish.line}")
    if not found:
        click.echo("Nobody asked to be called back.")
